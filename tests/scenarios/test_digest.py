"""The leaders' morning: once a business day each, never twice; and `/resumo` whenever one asks."""

import asyncio
import json
from datetime import timedelta

import pytest

from tests.scenarios.command import command
from tests.scenarios.office import at, open_office, walk, words

MONDAY_EVENING = at(17) - timedelta(days=1)
MORNING = at(8, 31)
KEPT = {
    "Desfecho": "Retido: o cliente fica",
    "Tentativa de feedback": "Telefone",
    "O que o cliente respondeu": "Agora alguém me ouviu",
    "Lição": "Chamar o N2 na segunda queixa",
}
LEADERS = {"Helena Martins": "29:lead-helena", "Igor Alves": "29:lead-igor"}


async def end(office, thread, why="", **outcome):
    """Record an outcome, by exception where a reason is given."""
    claimed = (await office.press("Fernanda Lima", thread, "Assumir")).card
    title = "Registrar resultado"
    form = (await office.press("Fernanda Lima", thread, title, on=claimed)).card
    answer = await office.press("Fernanda Lima", thread, title, KEPT | outcome, on=form)
    if why:
        typed = KEPT | outcome | {"Encerrar mesmo assim: por quê": why}
        await office.press("Fernanda Lima", thread, title, typed, on=answer.card)
    await office.settle()


@pytest.fixture
async def monday(database_url, teams):
    """One waits for an owner, one was lost by exception, one was kept."""
    async with open_office(database_url, teams, clock=lambda: MONDAY_EVENING) as office:
        await office.register(**{"Nº do Caso": "10000001", "Cliente": "Padaria Sol"})
        lost = {
            "Nº do Caso": "10000002",
            "Cliente": "Bar do Porto",
            "Valor mensal (R$)": "1.190,00",
        }
        thread = await office.register(**lost)
        ending = {"Desfecho": "Cancelado: o cliente sai", "Lição": ""}
        await end(office, thread, why="O cliente não atende mais", **ending)
        kept = {"Nº do Caso": "10000003", "Cliente": "Café Aurora", "Valor mensal (R$)": "420,00"}
        await end(office, await office.register(**kept))
    return database_url


def digests(teams):
    """The summaries that reached somebody alone, by conversation."""
    chats = [each for each in teams.conversations() if not each.startswith("19:")]
    cards = {chat: [m.cards[0] for m in teams.thread(chat) if m.cards] for chat in chats}
    return {
        chat: [card for card in found if "Desde ontem" in words(card)]
        for chat, found in cards.items()
    }


async def open_and_wait(url, teams, now, *, rows=2):
    """Serve for as long as it takes to send what is due."""
    async with open_office(url, teams, clock=lambda: now) as office:
        await begun(office, rows)
        await office.settle()
        return office


async def begun(office, rows=2):
    """The first look comes with the start."""
    async with asyncio.timeout(10):
        while len(office.rows("SELECT 1 FROM digests")) < rows:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


def states(office):
    return sorted(state for (state,) in office.rows("SELECT state FROM digests"))


class TestMorning:
    async def test_each_leader_gets_one_in_their_own_chat(self, monday, teams):
        office = await open_and_wait(monday, teams, MORNING)

        opened = [call.body["members"][0]["id"] for call in teams.of_kind("create")][-2:]
        assert sorted(opened) == sorted(LEADERS.values())
        assert [len(found) for found in digests(teams).values()] == [1, 1]
        assert states(office) == ["sent", "sent"]
        first = next(card for found in digests(teams).values() for card in found)
        said = words(first)
        assert "Bom dia, " in said
        assert "Ter, 24/11 · 2 decisões esperam você" in said
        assert "Padaria Sol" in said
        assert "Encerrado por exceção por Fernanda em seg, 23/11, às 17:00" in said
        assert "“O cliente não atende mais”" in said
        assert "3\npedidos" in said
        assert "1\nretido\nR$ 420" in said
        assert "1\ncancelado\nR$ 1.190" in said
        assert "Mais antigo sem dono" not in said
        [chart] = [node for node in walk(first) if node.get("type", "").startswith("Chart.")]
        assert chart["fallback"]["type"] == "FactSet"

    async def test_a_restart_sends_no_second_one(self, monday, teams):
        await open_and_wait(monday, teams, MORNING)

        await open_and_wait(monday, teams, MORNING + timedelta(minutes=40))

        assert [len(found) for found in digests(teams).values()] == [1, 1]

    @pytest.mark.parametrize(("now", "sent"), [(at(11, 59), 2), (at(12), 0), (at(8, 29), 0)])
    async def test_a_late_start_catches_up_until_noon(self, monday, teams, now, sent):
        async with open_office(monday, teams, clock=lambda: now) as office:
            if sent:
                await begun(office)
            await office.settle()

        assert sum(len(found) for found in digests(teams).values()) == sent

    async def test_a_day_without_anything_to_say_is_silent(self, database_url, teams):
        office = await open_and_wait(database_url, teams, MORNING)

        assert states(office) == ["empty", "empty"]
        assert digests(teams) == {}

    async def test_a_saturday_is_silent(self, monday, teams):
        async with open_office(monday, teams, clock=lambda: MORNING + timedelta(days=4)) as office:
            await office.settle()

            assert office.rows("SELECT 1 FROM digests") == []


class TestReach:
    async def test_who_blocked_the_bot_is_marked_and_left_alone_until_they_speak(
        self, monday, teams
    ):
        blocked = {"error": {"code": "ConversationBlockedByUser"}}
        teams.inject(method="POST", path="a:", status=403, json=blocked, times=None)

        office = await open_and_wait(monday, teams, MORNING)

        assert states(office) == ["unreachable", "unreachable"]
        tried = len(teams.calls)
        async with open_office(monday, teams, clock=lambda: MORNING + timedelta(days=1)) as office:
            await office.settle()
            assert len(teams.calls) == tried
            teams.clear_faults()
            await office.whisper("Helena Martins", "/ajuda")
        office = await open_and_wait(monday, teams, MORNING + timedelta(days=1, minutes=5), rows=3)
        assert states(office) == ["sent", "unreachable", "unreachable"]

    async def test_what_teams_failed_to_take_is_tried_again(self, monday, teams):
        teams.inject(method="POST", path="a:", status=502, times=1)

        office = await open_and_wait(monday, teams, MORNING)

        assert states(office) == ["sent", "sent"]

    async def test_who_muted_it_gets_none_and_may_begin_again(self, monday, teams):
        async with open_office(
            monday, teams, clock=lambda: MORNING - timedelta(minutes=20)
        ) as office:
            chat = await office.whisper("Helena Martins", "/avisos")
            await office.whisper("Igor Alves", "/ajuda")
            muted = (await office.press("Helena Martins", chat, "Não receber o resumo")).card
            assert "Desligado" in words(muted)
        async with open_office(monday, teams, clock=lambda: MORNING) as office:
            await teams.until(lambda: sum(map(len, digests(teams).values())) == 1)
            await office.settle()
            assert digests(teams)["a:chat-Helena Martins"] == []
            again = await office.press(
                "Helena Martins", chat, "Voltar a receber o resumo", on=muted
            )
            assert "chega em dias úteis, às 08:30" in words(again.card)


class TestResumo:
    async def test_a_leader_sees_it_at_any_hour_and_acts_in_place(self, monday, teams):
        async with open_office(monday, teams, clock=lambda: at(15)) as office:
            chat = await office.whisper("Helena Martins", "/resumo")
            card = office.card(chat)
            assert "Boa tarde, Helena" in words(card)

            seen = await office.press("Helena Martins", chat, "Estou ciente")
            await office.settle()

            assert "👀 Anotado: você viu como Bar do Porto foi encerrado" in words(seen.card)
            assert words(seen.card).count("Bar do Porto") == 1
            assert office.card(chat) == seen.card
            listed = await office.press("Helena Martins", chat, "Ver casos sem dono")
            assert "Padaria Sol" in words(listed.card)
            month = await office.press("Helena Martins", chat, "Ver relatório do mês", on=seen.card)
            assert "Relatório de novembro" in words(month.card)
            [(kind,)] = office.rows("SELECT type FROM case_events WHERE type = 'ExceptionSeen'")
            assert kind == "ExceptionSeen"

    async def test_a_leader_says_who_takes_a_case_and_stays_on_the_summary(self, monday, teams):
        async with open_office(monday, teams, clock=lambda: at(15)) as office:
            chat = await office.whisper("Helena Martins", "/resumo")
            form = (await office.press("Helena Martins", chat, "Atribuir a…")).card
            unsaid = await office.press("Helena Martins", chat, "Atribuir", on=form)
            back = await office.press("Helena Martins", chat, "Voltar ao resumo", on=form)
            shown = await office.press(
                "Helena Martins", chat, "Atribuir", {"Quem cuida do caso": "Gustavo Rocha"}, on=form
            )
            again = await office.press(
                "Helena Martins", chat, "Atribuir", {"Quem cuida do caso": "Fernanda Lima"}, on=form
            )
            await office.settle()

            assert "Escolha alguém do Adm/Fin." in words(unsaid.card)
            assert "Sem dono desde" in words(back.card)
            assert "🤝 Padaria Sol está com Gustavo Rocha" in words(shown.card)
            assert "Sem dono desde" not in words(shown.card)
            assert "Padaria Sol já não espera um dono" in words(again.card)
            assert "Está com Gustavo Rocha desde ter, 24/11, às 15:00." in words(again.card)
            assert office.card(chat) == again.card
            [owner] = office.rows("SELECT owner_name FROM cases WHERE customer = 'Padaria Sol'")
            assert owner == ("Gustavo Rocha",)

    @pytest.mark.parametrize("who", ["Ana Souza", "Fernanda Lima"])
    async def test_others_are_refused_kindly(self, office, who):
        chat = await office.whisper(who, "/resumo")
        forged = await office.execute(who, chat, "digest.seen", {"case": "RET-0001", "v": 0})

        assert "quem lidera" in office.texts(chat)[-1]
        assert forged.status == 200
        assert ("digest", "ForLeadersAlone") in office.rows("SELECT action, why FROM audit")

    async def test_in_the_channel_it_is_said_where_it_is(self, office):
        thread = await office.say("Helena Martins", "/resumo")

        assert "em particular" in office.texts(thread)[-1]


class TestCommand:
    async def test_it_prints_the_card_of_a_day(self, monday):
        code, told, error = await command(monday, "digest", "--date", "2026-11-24")
        _, text, _ = await command(
            monday, "digest", "--date", "2026-11-24", "--leader", "Igor Alves", "--text"
        )

        assert (code, error) == (0, "")
        assert json.loads(told)["type"] == "AdaptiveCard"
        assert "Helena" in told
        assert text.startswith("Bom dia, Igor\n")
        assert "1 retido R$ 420" in text

    async def test_a_leader_nobody_knows_is_refused(self, database_url):
        code, _, error = await command(database_url, "digest", "--leader", "Ninguém")

        assert (code, error) == (1, "digest: the people file names no such leader\n")
