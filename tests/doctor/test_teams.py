"""What the doctor says about Teams, whatever the Connector, Entra and Graph answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.connector import Connector
from bot.connector_transport import ConnectorLimits
from bot.room import Room
from bot.tokens import ClientCredentialsToken, TokenUnavailable
from config.people import read_people
from doctor import people
from doctor.teams import TeamsPatient, local
from tests.doctor.telling import code_of
from tests.fake_connector import FakeConnector, RosterMember, TeamRoom
from tests.fake_graph import APP_ID, CHANNEL, TEAM, TOKEN, FakeGraph
from tests.fake_identity import FakeIdentity

TEAM_ID = "19:team@thread.tacv2"
NAME = "RC + BACKOFFICE & RETENÇÃO"
OFFICE = TeamRoom(
    id=TEAM_ID,
    name="Retenção",
    group_id=TEAM,
    channels=((TEAM_ID, None, "standard"), (CHANNEL, NAME, "standard")),
)
ROOM = Room(
    bot_id=f"28:{APP_ID}",
    tenant_id="7f3a1c52-8d0e-4b6f-9a41-2c5e8b7d9013",
    team_id=TEAM_ID,
    team_group_id=TEAM,
    channel_id=CHANNEL,
    channel_name=NAME,
)
PEOPLE = """
[[people]]
id = "A1"
name = "Ana Souza"
email = "ana@empresa.example"
roles = ["agent"]

[[people]]
id = "b1"
name = "Fernanda Lima"
email = "fernanda@empresa.example"
roles = ["admfin_lead", "rc_lead"]
"""
ANA = RosterMember("29:ana", "a1", "Ana Souza")
FERNANDA = RosterMember("29:fernanda", "b1", "Fernanda Lima")


class Bearer:
    """A token; an exception given is raised instead."""

    def __init__(self, token=TOKEN):
        self._token = token

    async def token(self):
        if isinstance(self._token, Exception):
            raise self._token
        return self._token


NO_TOKEN = Bearer(TokenUnavailable("503"))


@pytest.fixture
async def teams():
    async with FakeConnector([ANA, FERNANDA], team=OFFICE) as fake:
        yield fake


@pytest.fixture
async def graph(teams):
    async with FakeGraph(teams) as fake:
        yield fake


async def at_once(_seconds):
    await asyncio.sleep(0)


@pytest.fixture
def patient(teams, graph, session):
    tokens = Bearer()
    connector = Connector(
        session=session,
        tokens=tokens,
        limits=ConnectorLimits(),
        allowed_hosts=None,
        sleep=at_once,
    )
    return TeamsPatient(
        connector=connector,
        tokens=tokens,
        graph_tokens=tokens,
        session=session,
        room=ROOM,
        service_url=teams.service_url,
        graph_url=graph.base_url,
    )


def with_room(patient, **changes):
    return replace(patient, room=replace(ROOM, **changes))


class TestToken:
    @pytest.fixture
    async def identity(self):
        async with FakeIdentity() as fake:
            yield fake

    @pytest.fixture
    def asking(self, patient, session, identity):
        def make(secret=identity.secret):
            tokens = ClientCredentialsToken(
                session=session,
                tenant_id=identity.tenant_id,
                app_id=identity.app_id,
                secret=SecretStr(secret),
                url=identity.token_url,
            )
            return replace(patient, tokens=tokens)

        return make

    async def test_with_the_right_secret_there_is_one(self, asking):
        finding = await asking().token()

        assert code_of(finding) == ("OK", "ok")
        assert finding.values == {"app": APP_ID}

    async def test_a_wrong_secret_is_refused_and_not_told(self, asking):
        finding = await asking(secret="expired").token()

        assert code_of(finding) == ("FALHA", "refused")
        assert finding.values == {"why": "401 invalid_client"}

    async def test_entra_may_be_out_of_reach(self, asking, identity):
        identity.failing["token"] = 503

        assert code_of(await asking().token()) == ("FALHA", "unreachable")

    async def test_in_local_mode_nobody_is_asked(self):
        assert code_of(await local()) == ("AVISO", "local")


class TestTeam:
    async def test_where_the_bot_is_installed_all_is_well(self, patient):
        assert code_of(await patient.team()) == ("OK", "ok")

    async def test_elsewhere_it_is_not_installed(self, patient):
        finding = await with_room(patient, team_id="19:other@thread.tacv2").team()

        assert code_of(finding) == ("FALHA", "not_installed")

    async def test_a_team_of_another_group_is_a_wrong_setting(self, patient):
        finding = await with_room(patient, team_group_id="0" * 8).team()

        assert code_of(finding) == ("AVISO", "other_group")

    @pytest.mark.parametrize(
        ("status", "code"), [(404, "not_found"), (401, "refused"), (503, "unreachable")]
    )
    async def test_teams_may_refuse(self, patient, teams, status, code):
        teams.inject(path="/v3/teams/", status=status, times=None)

        assert code_of(await patient.team()) == ("FALHA", code)

    async def test_without_a_token_it_is_not_asked(self, patient, teams):
        finding = await replace(patient, tokens=NO_TOKEN).team()

        assert code_of(finding) == ("AVISO", "unasked")
        assert teams.calls == []


class TestChannel:
    def has(self, teams, *channels):
        teams.team = replace(OFFICE, channels=channels)

    async def test_a_standard_channel_of_the_team_is_well(self, patient):
        assert code_of(await patient.channel()) == ("OK", "ok")

    async def test_the_general_channel_has_no_name_and_is_well(self, patient):
        assert code_of(await with_room(patient, channel_id=TEAM_ID).channel()) == ("OK", "ok")

    @pytest.mark.parametrize("kind", ["private", "shared", "Private"])
    async def test_a_channel_of_another_kind_is_a_failure(self, patient, teams, kind):
        self.has(teams, (CHANNEL, NAME, kind))

        assert code_of(await patient.channel()) == ("FALHA", "not_standard")

    async def test_teams_may_not_tell_the_kind(self, patient, teams):
        self.has(teams, (CHANNEL, NAME, None))

        assert code_of(await patient.channel()) == ("AVISO", "kind_untold")

    async def test_another_name_than_the_configured_one_is_told(self, patient, teams):
        self.has(teams, (CHANNEL, "Retenção", "standard"))

        finding = await patient.channel()

        assert code_of(finding) == ("AVISO", "renamed")
        assert finding.values == {"channel": "Retenção", "expected": NAME}

    async def test_a_channel_that_is_not_there_is_told_with_those_that_are(self, patient, teams):
        self.has(teams, (TEAM_ID, None, "standard"), ("19:x@thread.tacv2", "Vendas", "standard"))

        finding = await patient.channel()

        assert code_of(finding) == ("FALHA", "not_found")
        assert finding.values == {"known": ["General", "Vendas"]}

    @pytest.mark.parametrize(("status", "code"), [(400, "refused"), (502, "unreachable")])
    async def test_teams_may_refuse(self, patient, teams, status, code):
        teams.inject(path="/conversations", status=status, times=None)

        assert code_of(await patient.channel()) == ("FALHA", code)


class TestReading:
    async def test_with_the_consent_of_the_team_the_channel_can_be_read(self, patient, graph):
        assert code_of(await patient.reading()) == ("OK", "ok")
        assert len(graph.requests) == 1

    async def test_without_it_the_warning_says_what_stops(self, patient, graph):
        graph.permitted = False

        assert code_of(await patient.reading()) == ("AVISO", "denied")

    async def test_a_wrong_channel_is_not_found(self, patient):
        finding = await with_room(patient, channel_id="19:x@thread.tacv2").reading()

        assert code_of(finding) == ("AVISO", "not_found")

    async def test_without_the_group_nobody_can_be_asked(self, patient):
        finding = await with_room(patient, team_group_id="").reading()

        assert code_of(finding) == ("AVISO", "no_group")

    async def test_graph_may_refuse_for_other_reasons(self, patient, graph):
        graph.faults.append(429)

        assert code_of(await patient.reading()) == ("AVISO", "refused")

    async def test_graph_may_be_out_of_reach(self, patient):
        finding = await replace(patient, graph_url="http://127.0.0.1:9").reading()

        assert code_of(finding) == ("AVISO", "unreachable")

    async def test_without_a_token_it_is_not_asked(self, patient):
        finding = await replace(patient, graph_tokens=NO_TOKEN).reading()

        assert code_of(finding) == ("AVISO", "unasked")


class TestRoster:
    @pytest.fixture
    def directory(self, tmp_path):
        path = tmp_path / "people.toml"
        path.write_text(PEOPLE, encoding="utf-8")
        return read_people(path)

    async def test_everybody_of_the_team_can_be_mentioned(self, patient, directory):
        finding = await people.roster(patient, directory)

        assert code_of(finding) == ("OK", "ok")
        assert finding.values == {"count": 2}

    async def test_whom_the_team_does_not_know_is_named(self, patient, directory, teams):
        teams.roster = [FERNANDA]

        finding = await people.roster(patient, directory)

        assert code_of(finding) == ("AVISO", "missing")
        assert finding.values == {"people": ["Ana Souza"]}

    async def test_a_lead_whom_the_team_does_not_know_is_a_failure(self, patient, directory, teams):
        teams.roster = []

        finding = await people.roster(patient, directory)

        assert code_of(finding) == ("FALHA", "leads_missing")
        assert finding.values["leads"] == ["Fernanda Lima"]

    @pytest.mark.parametrize(("status", "code"), [(403, "refused"), (503, "unreachable")])
    async def test_teams_may_refuse(self, patient, directory, teams, status, code):
        teams.inject(path="/pagedmembers", status=status, times=None)

        assert code_of(await people.roster(patient, directory)) == ("FALHA", code)

    async def test_without_people_or_token_nobody_is_asked(self, patient, directory, teams):
        without_token = replace(patient, tokens=NO_TOKEN)

        findings = [
            await people.roster(patient, None),
            await people.roster(without_token, directory),
        ]

        assert [code_of(each) for each in findings] == [("AVISO", "unasked")] * 2
        assert teams.calls == []
