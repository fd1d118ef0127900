"""Reading the channel back: which messages are recognised as ours, and what a failed look costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from pydantic import ValidationError
from structlog.testing import capture_logs

from bot.assembly import _reader
from bot.connector import Connector
from bot.connector_transport import ConnectorLimits
from bot.graph import ChannelReader
from bot.members import Members
from bot.messages import card_message
from bot.room import Room
from bot.service_url import ServiceUrl
from bot.threads import TeamsThreads
from bot.tokens import NoToken, TokenUnavailable
from cards.actions.closing import OpenResultForm
from cards.elements import action_set, card
from config.settings import Settings
from retention.domain.draft import Place
from retention.domain.people import Role
from retention.services.mentions import people_called
from retention.services.ports.cases import CaseThread
from tests.bot.fake_clock import FakeClock
from tests.cards.drawn import drawn
from tests.fake_connector import FakeConnector, RosterMember
from tests.fake_graph import APP_ID, CHANNEL, TEAM, TOKEN, FakeGraph
from tests.samples import ANA, BIA, FERNANDA, GUSTAVO, RENATO, WITH_RC, case, directory

KNOWN = RosterMember("29:fernanda", FERNANDA.id, FERNANDA.name)
"""Whom Teams knows; Renato it does not, so he is named in plain text."""


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def teams():
    async with FakeConnector([KNOWN]) as fake:
        yield fake


@pytest.fixture
async def graph(teams):
    async with FakeGraph(teams) as fake:
        yield fake


class Bearer:
    """A token; an exception given is raised instead."""

    def __init__(self, token=TOKEN):
        self._token = token

    async def token(self):
        if isinstance(self._token, Exception):
            raise self._token
        return self._token


@pytest.fixture
def make(session, graph, clock):
    def make_reader(*, tokens=None, look_seconds=3.0):
        return ChannelReader(
            session=session,
            tokens=tokens or Bearer(),
            app_id=APP_ID,
            team_group_id=TEAM,
            channel_id=CHANNEL,
            base_url=graph.base_url,
            look_seconds=look_seconds,
            clock=clock,
            sleep=clock.sleep,
        )

    return make_reader


class Desk:
    """Cases of this very moment and what is said about them in Teams."""

    def __init__(self, session, teams, reader):
        connector = Connector(
            session=session, tokens=NoToken(), limits=ConnectorLimits(), allowed_hosts=None
        )
        self.threads = TeamsThreads(
            connector=connector,
            members=Members(connector),
            room=Room(f"28:{APP_ID}", "t", "19:team", TEAM, CHANNEL, "Canal"),
            draw=drawn,
            service_url=ServiceUrl(None),
            reader=reader,
        )
        self.place = Place(teams.service_url, f"{CHANNEL};messageid=1", is_channel=True)

    def case(self, number=1, **facts):
        return case(number, at=datetime.now(UTC), **facts)

    def note(self, case, text="Liguei", *, by=ANA, ago=timedelta(0)):
        request = f"r{case.version}"
        case.add_note(by=by, at=datetime.now(UTC) - ago, text=text, request_id=request)
        return case.history[-1]

    async def say(self, case, event):
        return await self.threads.reply(self.place, case, event, _called(event))

    async def find(self, case, event):
        return await self.threads.find_reply(self.place, case, event, _called(event))


@pytest.fixture
def desk(session, teams, make):
    return Desk(session, teams, make())


def _called(event):
    return people_called(event, directory())


class TestReply:
    async def test_what_was_said_is_found_and_what_was_not_is_not(self, desk):
        known = desk.case()
        event = desk.note(known)

        before = await desk.find(known, event)
        sent = await desk.say(known, event)

        assert before is None
        assert await desk.find(known, event) == sent

    async def test_people_mentioned_or_merely_named_do_not_matter(self, desk, teams):
        known = desk.case()
        (event,) = known.history
        sent = await desk.say(known, event)

        (reply,) = teams.thread(desk.place.conversation)
        assert reply.mentions == ["29:fernanda"]
        assert RENATO.name in reply.text
        assert await desk.find(known, event) == sent

    async def test_who_is_on_duty_by_now_does_not_matter(self, desk):
        known = desk.case()
        event = desk.note(known)
        sent = await desk.threads.reply(desk.place, known, event, [FERNANDA])

        found = await desk.threads.find_reply(desk.place, known, event, [GUSTAVO])

        assert found == sent

    async def test_whom_it_addresses_does_not_matter(self, desk):
        known = desk.case(judgement=WITH_RC)
        known.call_help(by=ANA, at=datetime.now(UTC), role=Role.RC_LEAD, person=RENATO.ref)
        renato, sent = known.history[-1], await desk.say(known, known.history[-1])
        known.call_help(by=ANA, at=datetime.now(UTC), role=Role.N2, person=FERNANDA.ref)
        fernanda = known.history[-1]

        before = await desk.find(known, fernanda)
        later = await desk.say(known, fernanda)

        assert before is None
        assert await desk.find(known, renato) == sent
        assert await desk.find(known, fernanda) == later

    @pytest.mark.parametrize(
        "text",
        [
            "1. <b>*Não*</b> & sim\n\n- [a](https://x.example) \\o/ &amp; `c`\n# d_e ~f~ | g",
            "😀 Ação\u200b às 10h\u00a0já",
            "<at>Fernanda</at> <at id='0'>viu</at>",
            "👍",
        ],
    )
    async def test_what_teams_makes_of_the_words_does_not_matter(self, desk, text):
        known = desk.case(customer="Padaria “São João” & Cia. <SP>")
        event = desk.note(known, text)
        sent = await desk.say(known, event)

        assert await desk.find(known, event) == sent

    async def test_the_same_words_of_somebody_else_are_not_taken_for_ours(self, desk, graph):
        known = desk.case()
        event = desk.note(known)
        html = f"<p>📝 {ANA.name} anotou:</p><p>Liguei</p>"
        graph.say(desk.place.conversation, html)
        graph.say(desk.place.conversation, html, application="another")

        assert await desk.find(known, event) is None

    async def test_other_words_of_ours_are_not_taken_for_these(self, desk):
        known = desk.case()
        said, unsaid = desk.note(known, by=ANA), desk.note(known, by=BIA)
        await desk.say(known, said)

        assert await desk.find(known, unsaid) is None

    async def test_of_two_equal_notes_one_copy_may_be_either(self, desk):
        known = desk.case()
        first = desk.note(known, ago=timedelta(hours=1))
        second = desk.note(known)
        await desk.say(known, first)

        assert await desk.find(known, second) is None

    async def test_of_two_equal_notes_two_copies_are_both(self, desk):
        known = desk.case()
        first, second = desk.note(known, ago=timedelta(hours=1)), desk.note(known)
        copies = {await desk.say(known, first), await desk.say(known, second)}

        assert await desk.find(known, second) in copies

    async def test_copies_older_than_the_event_are_of_another_one(self, desk, teams):
        known = desk.case()
        first, second = desk.note(known, ago=timedelta(hours=1)), desk.note(known)
        for _ in range(2):
            await desk.say(known, first)
        for message in teams.thread(desk.place.conversation):
            message.at -= 1800

        assert await desk.find(known, second) is None

    async def test_a_clock_a_little_ahead_of_teams_does_not_matter(self, desk):
        known = desk.case()
        event = desk.note(known, ago=timedelta(seconds=-30))
        sent = await desk.say(known, event)

        assert await desk.find(known, event) == sent

    async def test_what_somebody_deleted_is_not_found(self, desk, graph):
        known = desk.case()
        event = desk.note(known)
        graph.delete(await desk.say(known, event))

        assert await desk.find(known, event) is None

    async def test_in_a_personal_chat_nothing_is_asked(self, desk, graph):
        known = desk.case()
        event = desk.note(known)
        chat = Place(desk.place.service_url, "a:chat", is_channel=False)

        assert await desk.threads.find_reply(chat, known, event, ()) is None
        assert graph.requests == []


class TestRoot:
    @pytest.fixture
    def thread(self, desk):
        def thread_of(known):
            return CaseThread(known.number, desk.place.service_url, place=None)

        return thread_of

    async def test_the_thread_of_a_case_is_found_whatever_its_card_shows_now(self, desk, thread):
        known = desk.case()
        before = await desk.threads.find_root(thread(known), known)
        place = await desk.threads.post_root(thread(known), known)
        desk.note(known)
        await desk.threads.update_card(place, known)

        assert before is None
        assert await desk.threads.find_root(thread(known), known) == place

    async def test_the_thread_of_another_case_is_not_taken_for_it(self, desk, thread):
        other, known = desk.case(1), desk.case(2)
        desk.note(other, f"Igual ao {known.code}")
        await desk.threads.post_root(thread(other), other)

        assert await desk.threads.find_root(thread(known), known) is None

    async def test_a_list_that_offers_the_case_is_not_taken_for_its_card(
        self, desk, teams, thread, session
    ):
        known = desk.case()
        offer = OpenResultForm.button("Abrir", case=known.code, v=1)
        listed = card_message(card(action_set(offer), fallback_text="Casos"))
        url = f"{teams.service_url}v3/conversations"
        place = {"channelData": {"channel": {"id": CHANNEL}}, "activity": listed}
        async with session.post(url, json=place) as posted:
            assert posted.status == 201

        assert await desk.threads.find_root(thread(known), known) is None

    async def test_a_card_in_a_thread_is_no_thread(self, desk, thread):
        known = desk.case()
        await desk.threads.post_card(desk.place, known)

        assert await desk.threads.find_root(thread(known), known) is None


class TestReading:
    @pytest.fixture
    def known(self, desk):
        return desk.case()

    async def test_it_reads_on_until_it_is_found(self, desk, graph, known):
        event = desk.note(known)
        sent = await desk.say(known, event)
        for _ in range(30):
            graph.say(desk.place.conversation, "<p>Oi</p>")
        graph.page = 10

        assert await desk.find(known, event) == sent
        assert len(graph.requests) == 4

    async def test_it_reads_four_pages_of_fifty_at_most(self, desk, graph, known):
        event = desk.note(known)
        for _ in range(60):
            graph.say(desk.place.conversation, "<p>Oi</p>")
        graph.page = 10

        assert await desk.find(known, event) is None
        assert len(graph.requests) == 2 * 4
        assert all("$top=50" in asked for asked in graph.requests)

    async def test_what_shows_a_moment_later_is_found(self, desk, graph, clock, known):
        event = desk.note(known)
        sent = await desk.say(known, event)
        graph.lag = 1

        assert await desk.find(known, event) == sent
        assert clock.slept == [2.0]

    @pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
    async def test_what_cannot_be_read_is_left_and_logged_once(self, desk, graph, known, status):
        event = desk.note(known, "O cliente é Fulano")
        await desk.say(known, event)
        graph.faults = [status]

        with capture_logs() as logs:
            found = await desk.find(known, event)

        assert found is None
        assert len(graph.requests) == 1
        assert logs == [{"event": "thread.not_read", "log_level": "warning", "why": str(status)}]

    async def test_a_missing_permission_is_believed_for_an_hour(self, desk, graph, clock, known):
        event = desk.note(known)
        sent = await desk.say(known, event)
        graph.permitted = False

        with capture_logs() as logs:
            refused = [await desk.find(known, event) for _ in range(3)]
        graph.permitted = True
        clock.now += 3600.0

        assert refused == [None] * 3
        assert [(line["event"], line["why"]) for line in logs] == [("thread.not_read", "403")]
        assert await desk.find(known, event) == sent

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "[]",
            "{}",
            '{"value": [{"id": "1"}]}',
            '{"value": [], "@odata.nextLink": "http://[x/"}',
        ],
    )
    async def test_an_answer_of_another_shape_is_not_read(self, desk, graph, known, body):
        graph.faults = [lambda _request: web.Response(text=body)]

        with capture_logs() as logs:
            found = await desk.find(known, desk.note(known))

        assert found is None
        assert [line["event"] for line in logs] == ["thread.not_read"]

    async def test_the_token_goes_to_no_other_host(self, desk, graph, known):
        event = desk.note(known)
        elsewhere = f"{graph.base_url.replace('127.0.0.1', 'localhost')}/v1.0/stolen"
        page = {"value": [], "@odata.nextLink": elsewhere}
        graph.faults = [lambda _request: web.json_response(page)] * 2

        assert await desk.find(known, event) is None
        assert len(graph.requests) == 2

    async def test_a_redirect_is_not_followed(self, desk, graph, known):
        event = desk.note(known)
        await desk.say(known, event)
        again = {"Location": f"{graph.base_url}/v1.0/teams/{TEAM}/channels/{CHANNEL}/messages"}
        graph.faults = [lambda _request: web.Response(status=307, headers=again)]

        assert await desk.find(known, event) is None
        assert len(graph.requests) == 1

    @pytest.mark.parametrize("tokens", [Bearer("wrong"), Bearer(TokenUnavailable("503"))])
    async def test_without_a_good_token_nothing_is_read(self, session, teams, make, tokens):
        desk = Desk(session, teams, make(tokens=tokens))
        known = desk.case()

        assert await desk.find(known, desk.note(known)) is None

    async def test_a_silent_graph_is_given_up(self, session, teams, graph, make):
        desk = Desk(session, teams, make(look_seconds=0.05))
        graph.is_silent = True
        known = desk.case()

        with capture_logs() as logs:
            found = await desk.find(known, desk.note(known))

        assert found is None
        assert [line["why"] for line in logs] == ["TimeoutError"]

    async def test_what_was_found_is_logged_without_its_words(self, desk, known):
        event = desk.note(known)
        await desk.say(known, event)

        with capture_logs() as logs:
            await desk.find(known, event)

        assert logs == [{"event": "thread.read_back", "log_level": "info", "found": True}]


class TestSetting:
    @pytest.fixture
    def production(self, monkeypatch):
        for name in Settings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)
        return {
            "mode": "production",
            "public_url": "https://retencao.example",
            "app_id": APP_ID,
            "app_password": "not-a-secret",
            "tenant_id": TEAM,
            "team_id": "19:team@thread.tacv2",
            "channel_id": CHANNEL,
        }

    @pytest.mark.parametrize("reads_back", [True, False])
    async def test_the_channel_is_read_only_when_asked_for(self, production, session, reads_back):
        settings = Settings(
            _env_file=None, **production, team_group_id=TEAM, thread_read_back=reads_back
        )

        assert (_reader(settings, session) is not None) == reads_back

    async def test_local_mode_has_no_channel_to_read(self, session, production):
        settings = Settings(_env_file=None, thread_read_back=True)

        assert _reader(settings, session) is None

    def test_reading_needs_to_know_the_team(self, production):
        with pytest.raises(ValidationError, match="TEAM_GROUP_ID"):
            Settings(_env_file=None, **production, thread_read_back=True)


class TestOff:
    async def test_nothing_is_ever_found(self, session, teams):
        desk = Desk(session, teams, None)
        known = desk.case()
        event = desk.note(known)
        await desk.say(known, event)
        thread = CaseThread(known.number, teams.service_url, place=None)

        assert await desk.find(known, event) is None
        assert await desk.threads.find_root(thread, known) is None
