"""Who and what stays outside, and what a press is worth that no present card can have made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fake_connector import RosterMember
from tests.scenarios.office import TENANT, buttons, open_office, words

CARLA = RosterMember(
    "29:carla", "00000000-0000-0000-0000-0000000000d9", "Carla Dias", tenant_id=TENANT
)
GUEST = replace(CARLA, sign_in_name="carla_gmail.com#EXT#@empresa.onmicrosoft.com")
BY_CARLA = {"from": {"id": CARLA.mri, "name": CARLA.name, "aadObjectId": CARLA.object_id}}
CHAT = "a:chat-carla"
ELSEWHERE = {"id": "19:other@thread.tacv2;messageid=1", "conversationType": "channel"}


@pytest.fixture
async def office(sqlite_url, teams):
    async with open_office(sqlite_url, teams) as running:
        yield running


def audited(office):
    return office.rows("SELECT action, why FROM audit ORDER BY id")


async def say_as_carla(office, text="/cancelamento", *, mention=True, **over):
    """Write in the channel as somebody the people file does not list; returns the thread."""
    activity = office.message("Ana Souza", text, mention=mention) | BY_CARLA | over
    assert await office.deliver(activity) == (200, None)
    return activity["conversation"]["id"]


async def say_as_ana_elsewhere(office):
    activity = office.message("Ana Souza", "/cancelamento") | {"conversation": ELSEWHERE}
    assert await office.deliver(activity) == (200, None)


async def whisper_as_carla(office, text="/casos"):
    personal = {"id": CHAT, "conversationType": "personal", "tenantId": TENANT}
    channel_data = {"tenant": {"id": TENANT}}
    await say_as_carla(office, text, conversation=personal, channelData=channel_data)


async def press_as_carla(office, thread, title):
    button = buttons(office.card(thread))[title]
    pressed = office.invoke("Ana Souza", thread, button["verb"], button["data"]) | BY_CARLA
    _, answer = await office.deliver(pressed)
    return answer["value"]


class TestPeople:
    async def test_a_member_of_the_team_needs_no_line_in_the_people_file(self, office, teams):
        teams.roster.append(CARLA)

        thread = await say_as_carla(office)

        assert "Continuar" in buttons(office.card(thread))
        assert len(teams.of_kind("member")) == 1

    async def test_whoever_is_listed_is_never_asked_about(self, office, teams):
        await office.say("Ana Souza", "/cancelamento")

        assert teams.of_kind("member") == []

    async def test_somebody_of_the_company_but_not_of_the_team_is_shown_the_way(self, office):
        await whisper_as_carla(office)

        [said] = office.texts(CHAT)
        assert "RC + BACKOFFICE & RETENÇÃO" in said
        assert "Peça a um proprietário" in said
        assert audited(office) == [("enter", "stranger")]

    async def test_they_note_nothing_on_a_case_in_private(self, office):
        await office.register()

        await whisper_as_carla(office, "/anotar RET-0001 Liguei")

        assert "RC + BACKOFFICE & RETENÇÃO" in office.texts(CHAT)[0]
        assert office.rows("SELECT 1 FROM case_events WHERE type = 'NoteAdded'") == []

    async def test_a_guest_is_refused_in_the_channel_itself(self, office, teams):
        teams.roster.append(GUEST)

        thread = await say_as_carla(office)

        assert "Convidados" in office.texts(thread)[0]
        assert audited(office) == [("enter", "guest")]

    async def test_a_guest_s_press_changes_nothing(self, office, teams):
        teams.roster.append(GUEST)
        thread = await office.register()
        before = office.card(thread)

        answer = await press_as_carla(office, thread, "Assumir")
        await office.settle()

        assert "Convidados" in answer
        assert office.card(thread) == before

    async def test_who_cannot_be_checked_now_is_asked_to_come_back(self, office, teams):
        teams.roster.append(CARLA)
        teams.inject(path="/members/", status=500)

        await whisper_as_carla(office)
        await whisper_as_carla(office)

        assert "tente de novo" in office.texts(CHAT)[0]
        assert len(teams.thread(CHAT)[-1].cards) == 1
        assert audited(office) == []

    async def test_talk_that_is_no_command_is_nobody_s_business(self, office, teams):
        await say_as_carla(office, "bom dia", mention=False)

        assert teams.calls == []

    @pytest.mark.parametrize(
        "sender",
        [
            {"id": "28:another-bot", "aadObjectId": CARLA.object_id},
            {"id": "29:bot", "role": "bot", "aadObjectId": CARLA.object_id},
            {"id": "29:skill", "role": "skill", "aadObjectId": CARLA.object_id},
            {"id": "8:teamsvisitor:1", "name": "Visitante"},
        ],
    )
    async def test_bots_and_visitors_are_not_answered(self, office, teams, sender):
        teams.roster.append(CARLA)

        await say_as_carla(office, **{"from": sender})

        assert teams.calls == []

    @pytest.mark.parametrize(
        "sender",
        [
            {"id": "28:another-bot", "name": "Outro bot"},
            {"id": "8:teamsvisitor:1", "name": "Visitante"},
        ],
    )
    async def test_bots_and_visitors_are_not_answered_in_another_channel_either(
        self, office, teams, sender
    ):
        await say_as_carla(office, conversation=ELSEWHERE, **{"from": sender})

        assert teams.calls == []

    async def test_a_guest_is_refused_in_another_channel_too(self, office, teams):
        teams.roster.append(GUEST)

        await say_as_carla(office, conversation=ELSEWHERE)

        assert "Convidados" in office.texts(ELSEWHERE["id"])[0]
        assert audited(office) == [("enter", "guest")]

    async def test_who_floods_another_channel_hears_the_polite_word(self, no_refill, office):
        for _ in range(30):
            await say_as_ana_elsewhere(office)

        assert "Espere um instante" in office.texts(ELSEWHERE["id"])[-1]


class TestPlaces:
    @pytest.mark.parametrize(
        ("why", "over"),
        [
            ("team", {"channelData": {"tenant": {"id": TENANT}, "team": {"id": "19:other"}}}),
            ("tenant", {"channelData": {"tenant": {"id": "other"}}}),
            ("recipient", {"recipient": {"id": "28:other"}}),
            ("shape", {"channelData": []}),
        ],
    )
    async def test_what_is_not_ours_is_dropped_in_silence_and_counted(
        self, office, teams, why, over
    ):
        status, _ = await office.deliver(office.message("Ana Souza", "/cancelamento") | over)

        async with office.client.get("/metrics") as response:
            counted = await response.text()
        assert status == 200
        assert teams.calls == []
        assert f'retencao_dropped_total{{why="{why}"}} 1.0' in counted


class TestPresses:
    """Forged, of another case, replayed, of an older card: no effect, a kind word, an audit row."""

    @pytest.mark.parametrize(
        ("verb", "data", "row"),
        [
            ("case.claim", {"case": ["RET-0001"]}, ("case.claim", "UnknownAction")),
            ("case.claim", {"case": "RET-9999"}, ("case.claim", "CaseNotFound")),
            ("form.register", {"draft": "none", "v": 1}, ("form.register", "DraftNotFound")),
            ("Zé Macedo", {}, ("unknown", "UnknownAction")),
        ],
    )
    async def test_forged(self, office, verb, data, row):
        thread = await office.register()
        before = office.card(thread)

        answer = await office.execute("Fernanda Lima", thread, verb, data)
        await office.settle()

        assert any(node.get("id") == "notice" for node in answer.card["body"])
        assert "Aguardando Adm/Fin" in words(answer.card)
        assert office.card(thread) == before
        assert audited(office) == [row]
        assert office.rows("SELECT number FROM audit") == [(1,)]

    async def test_of_another_case(self, office):
        thread = await office.register()
        other = await office.register(**{"Nº do Caso": "00099999"})
        claim = buttons(office.card(thread))["Assumir"]

        answer = await office.execute("Fernanda Lima", other, claim["verb"], claim["data"])
        await office.settle()

        assert "Não encontrei RET-0001" in words(answer.card)
        assert "Aguardando Adm/Fin" in words(office.card(thread))
        assert "Aguardando Adm/Fin" in words(office.card(other))
        assert audited(office) == [("case.claim", "CaseNotFound")]

    async def test_of_another_channel(self, office):
        thread = await office.register()
        claim = buttons(office.card(thread))["Assumir"]
        pressed = office.invoke("Fernanda Lima", thread, claim["verb"], claim["data"])
        pressed["conversation"]["id"] = "19:other@thread.tacv2;messageid=1"

        _, answer = await office.deliver(pressed)

        assert "não vale mais" in answer["value"]
        assert audited(office) == [("case.claim", "WrongChannel")]

    async def test_replayed(self, office):
        thread = await office.register()
        claim = buttons(office.card(thread))["Assumir"]
        pressed = office.invoke("Fernanda Lima", thread, claim["verb"], claim["data"])

        answers = [await office.deliver(pressed) for _ in range(3)]
        await office.settle()

        assert all("Em tratativa no Adm/Fin" in words(body["value"]) for _, body in answers)
        assert len([text for text in office.texts(thread) if "assumiu" in text]) == 1
        assert audited(office) == [("case.claim", "Redelivered"), ("claim", "Repeated")] * 2

    async def test_pressed_anew_without_any_effect(self, office):
        thread = await office.register()
        claim = buttons(office.card(thread))["Assumir"]

        for _ in range(2):
            await office.execute("Fernanda Lima", thread, claim["verb"], claim["data"])

        assert audited(office) == [("claim", "Repeated")]

    async def test_of_a_card_of_an_older_version(self, office):
        thread = await office.register()
        old = office.card(thread)
        await office.press("Fernanda Lima", thread, "Assumir")
        await office.settle()

        answer = await office.press("Gustavo Rocha", thread, "Assumir", on=old)
        await office.settle()

        assert "Já feito por Fernanda Lima" in words(answer.card)
        assert "Em tratativa no Adm/Fin" in words(answer.card)
        assert "Assumir" not in buttons(answer.card)
        assert len([text for text in office.texts(thread) if "assumiu" in text]) == 1
        assert audited(office) == [("claim", "AlreadyDone")]
