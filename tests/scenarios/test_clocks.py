"""The clocks, as the whole bot keeps them: nothing waits unseen, nobody is called twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from config.playbooks import DEFAULT_PATH as PLAYBOOKS
from tests.scenarios.office import buttons, inputs, open_office, words
from tests.scenarios.process import forget_the_dead, serving

HANDED_OVER = {"Nas palavras do cliente": "Já contratei outro sistema."}
BRUNO, HELENA = "29:rc-bruno", "29:lead-helena"
FERNANDA, GUSTAVO = "29:fin-fernanda", "29:fin-gustavo"
ALWAYS = """
timezone = "America/Sao_Paulo"
[week]
monday = ["00:00-24:00"]
tuesday = ["00:00-24:00"]
wednesday = ["00:00-24:00"]
thursday = ["00:00-24:00"]
friday = ["00:00-24:00"]
saturday = ["00:00-24:00"]
sunday = ["00:00-24:00"]
[holidays]
country = "BR"
local = []
worked = []
[targets]
claim_minutes = [0.02, 0.04]
"""


def here(day, hour, minute=0):
    """A moment of São Paulo around the long weekend of Monday, 2 November 2026."""
    return (
        datetime(2026, 10, day, hour + 3, minute, tzinfo=UTC)
        if day < 32
        else (datetime(2026, 11, day - 31, hour + 3, minute, tzinfo=UTC))
    )


class Now:
    """The clock of the office."""

    def __init__(self):
        self.moment = here(30, 11, 50)

    def __call__(self):
        return self.moment


@pytest.fixture
def now():
    return Now()


@pytest.fixture
def calm(monkeypatch):
    """Clocks that are looked after quickly, on a fast channel."""
    monkeypatch.setenv("CLOCK_POLL_SECONDS", "0.05")
    monkeypatch.setenv("CHANNEL_SENDS_PER_SECOND", "300")
    monkeypatch.setenv("CHANNEL_SENDS_PER_30_SECONDS", "9000")


@pytest.fixture
def papers(calm, tmp_path, monkeypatch):
    """Playbooks that ask those who leave for a competitor for a document."""
    before, header, rest = PLAYBOOKS.read_text("utf-8").partition("[reasons.competitor]\n")
    path = tmp_path / "playbooks.toml"
    asked = rest.replace("documents = []", 'documents = ["Distrato assinado"]', 1)
    path.write_text(before + header + asked, encoding="utf-8")
    monkeypatch.setenv("PLAYBOOKS_FILE", str(path))


@pytest.fixture
async def office(database_url, teams, now, calm):
    async with open_office(database_url, teams, clock=now) as running:
        yield running


async def pass_until(office, now, moment):
    """Let the clock show a moment, until everything that it causes is done."""
    now.moment = moment
    utc = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00"
    rung = f"SELECT 1 FROM alarms WHERE at <= '{utc}'"  # noqa: S608 - a moment of ours
    async with asyncio.timeout(20):
        while office.rows(rung):  # noqa: ASYNC110 - the clocks tell nobody when they have looked
            await asyncio.sleep(0.02)
    await office.settle()


def calls(teams, thread):
    """Whom each message that is about time calls."""
    return [
        message.mentions
        for message in teams.thread(thread)
        if message.text and any(mark in message.text for mark in "⏰🔔")
    ]


class TestClaim:
    async def test_an_unclaimed_case_calls_again_after_lunch_and_then_above(
        self, office, teams, now
    ):
        thread = await office.register(**HANDED_OVER)
        assert "assumir até **13:35**" in words(office.card(thread))

        await pass_until(office, now, here(30, 12, 30))
        before = calls(teams, thread)
        await pass_until(office, now, here(30, 13, 34))
        still = calls(teams, thread)
        await pass_until(office, now, here(30, 13, 35))
        again = calls(teams, thread)
        await pass_until(office, now, here(30, 13, 50))
        await pass_until(office, now, here(34, 9))

        assert (before, still) == ([], [])
        assert again == [[FERNANDA, GUSTAVO]]
        assert calls(teams, thread) == [[FERNANDA, GUSTAVO], [BRUNO, HELENA]]
        assert "⏰ Atrasado: aguardando Adm/Fin" in words(office.card(thread))

    async def test_late_on_a_friday_it_calls_on_tuesday_after_the_holiday(self, office, teams, now):
        now.moment = here(30, 17, 55)
        thread = await office.register(**HANDED_OVER)

        for quiet in (here(30, 18, 30), here(31, 10), here(33, 9), here(34, 8), here(34, 8, 9)):
            await pass_until(office, now, quiet)
            assert calls(teams, thread) == []
        await pass_until(office, now, here(34, 8, 10))

        assert calls(teams, thread) == [[FERNANDA, GUSTAVO]]

    async def test_a_claim_stops_it(self, office, teams, now):
        thread = await office.register(**HANDED_OVER)
        await pass_until(office, now, here(30, 13, 34))

        await office.press("Gustavo Rocha", thread, "Assumir")
        await pass_until(office, now, here(30, 17))

        assert calls(teams, thread) == []

    async def test_a_restart_neither_forgets_nor_repeats(self, database_url, teams, now, calm):
        async with open_office(database_url, teams, clock=now) as office:
            thread = await office.register(**HANDED_OVER)
        now.moment = here(30, 13, 40)
        for _ in range(2):
            async with open_office(database_url, teams, clock=now) as office:
                await pass_until(office, now, now())

        assert calls(teams, thread) == [[FERNANDA, GUSTAVO]]

    async def test_two_bots_call_once(self, postgres_url, teams, tmp_path, unused_tcp_port_factory):
        ports = unused_tcp_port_factory(), unused_tcp_port_factory()
        async with serving(postgres_url, teams, *ports, **always(tmp_path)) as (_, office):
            thread = await office.register(**HANDED_OVER)
            await teams.until(lambda: len(calls(teams, thread)) >= 2, timeout=30)
            await asyncio.sleep(0.5)  # several looks of both
            await office.settle()

        assert calls(teams, thread) == [[FERNANDA, GUSTAVO], [BRUNO, HELENA]]

    async def test_a_kill_loses_no_call(self, database_url, teams, tmp_path, unused_tcp_port):
        async with serving(database_url, teams, unused_tcp_port, **always(tmp_path)) as (_, office):
            thread = await office.register(**HANDED_OVER)
        forget_the_dead(database_url)

        async with serving(database_url, teams, unused_tcp_port, **always(tmp_path)) as (_, office):
            await teams.until(lambda: len(calls(teams, thread)) >= 2, timeout=30)
            await office.settle()

        assert calls(teams, thread) == [[FERNANDA, GUSTAVO], [BRUNO, HELENA]]


class TestReminders:
    async def test_a_quiet_case_asks_its_author_once_and_waits_when_told_why(
        self, office, teams, now
    ):
        now.moment = here(28, 9)
        thread = await office.register(path="Técnico com abertura")
        await pass_until(office, now, here(29, 8, 29))
        before = calls(teams, thread)
        await pass_until(office, now, here(29, 8, 30))
        await pass_until(office, now, here(29, 16))
        asked = calls(teams, thread)

        form = (await office.press("Ana Souza", thread, "Adiar lembrete")).card
        typed = {"Lembrar de novo em": "Próximo dia útil, cedo", "Por que adiar": "O dono viajou"}
        shown = await office.press("Ana Souza", thread, "Adiar lembrete", typed, on=form)
        await pass_until(office, now, here(29, 17, 59))
        waits = calls(teams, thread)
        await pass_until(office, now, here(30, 8))

        assert before == []
        assert asked == waits == [["29:rc-ana"]]
        assert "Lembretes adiados até sex, 30/10, às 08:00: “O dono viajou”" in words(shown.card)
        assert calls(teams, thread) == [["29:rc-ana"]] * 2
        assert any("💤 Ana Souza adiou os lembretes" in text for text in office.texts(thread))

    async def test_a_snooze_needs_its_reason_and_somebody_who_has_the_case(self, office, now):
        thread = await office.register(path="Técnico com abertura")
        form = (await office.press("Ana Souza", thread, "Adiar lembrete")).card

        without = await office.press("Ana Souza", thread, "Adiar lembrete", {}, on=form)
        other = await office.press("Igor Alves", thread, "Adiar lembrete")

        assert "Diga em uma frase por que o caso pode esperar." in words(without.card)
        assert "O lembrete é com quem cuida do caso" in words(other.card)

    async def test_documents_that_do_not_come_are_asked_after_once(
        self, sqlite_url, teams, now, papers
    ):
        now.moment = here(29, 15)
        async with open_office(sqlite_url, teams, clock=now) as office:
            thread = await office.register(**HANDED_OVER)
            await office.press("Fernanda Lima", thread, "Assumir")
            await office.settle()
            form = (await office.press("Ana Souza", thread, "Documentos")).card
            save = buttons(form)["Salvar documentos"]
            asked = save["data"] | {"doc_requested": "distrato-assinado"}
            await office.execute("Ana Souza", thread, save["verb"], asked)

            await pass_until(office, now, here(30, 17))
            before = calls(teams, thread)
            await pass_until(office, now, here(34, 8))
            await pass_until(office, now, here(34, 9))

            texts = [text for text in office.texts(thread) if "🔔 Documentos" in text]
        assert before == [[FERNANDA]], "no news for eight hours"
        assert calls(teams, thread) == [[FERNANDA]] * 2
        assert len(texts) == 1
        assert "Distrato assinado. Vale lembrar o cliente." in texts[0]


class TestQuestions:
    async def test_a_late_answer_calls_who_owes_it_and_who_waits_once(self, office, teams, now):
        thread = await asked_until(office, now, "2026-10-30", "12:30")

        await pass_until(office, now, here(30, 12, 45))
        at_lunch = calls(teams, thread)
        await pass_until(office, now, here(30, 13, 30))
        await pass_until(office, now, here(30, 17, 59))

        assert at_lunch == []
        assert calls(teams, thread) == [["29:rc-ana", FERNANDA]]
        assert "Era para **12:30**: “A multa já foi cobrada?”" in office.texts(thread)[-1]
        assert "⏰ Resposta atrasada" in words(office.card(thread))

    async def test_an_answer_in_time_stops_it(self, office, teams, now):
        thread = await asked_until(office, now, "2026-10-30", "14:00")

        form = (await office.press("Ana Souza", thread, "Responder")).card
        await office.press("Ana Souza", thread, "Responder", {"Sua resposta": "Foi."}, on=form)
        await pass_until(office, now, here(30, 15))

        assert calls(teams, thread) == []

    async def test_a_case_that_was_given_back_begins_its_ladder_anew(self, office, teams, now):
        thread = await office.register(**HANDED_OVER)
        await office.press("Fernanda Lima", thread, "Assumir")
        await office.settle()
        now.moment = here(30, 14)
        form = (await office.press("Fernanda Lima", thread, "Devolver")).card
        typed = {"Por que devolver": "Entro de férias"}
        await office.press("Fernanda Lima", thread, "Devolver", typed, on=form)

        await pass_until(office, now, here(30, 14, 14))
        before = calls(teams, thread)
        await pass_until(office, now, here(30, 14, 15))

        assert before == []
        assert calls(teams, thread) == [[FERNANDA, GUSTAVO]]

    async def test_a_restart_neither_forgets_nor_repeats(self, database_url, teams, now, calm):
        async with open_office(database_url, teams, clock=now) as office:
            thread = await asked_until(office, now, "2026-10-30", "14:00")
        now.moment = here(30, 14, 1)
        async with open_office(database_url, teams, clock=now) as office:
            await teams.until(lambda: bool(calls(teams, thread)), timeout=30)
            await office.settle()
        async with open_office(database_url, teams, clock=now) as office:
            await pass_until(office, now, now())

        assert calls(teams, thread) == [["29:rc-ana", FERNANDA]]

    async def test_two_bots_remind_once(
        self, postgres_url, teams, tmp_path, unused_tcp_port_factory, now
    ):
        async with open_office(postgres_url, teams, clock=now) as office:
            thread = await asked_until(office, now, "2026-10-30", "12:30")
        forget_the_dead(postgres_url)
        ports = unused_tcp_port_factory(), unused_tcp_port_factory()

        async with serving(postgres_url, teams, *ports, **always(tmp_path)) as (_, office):
            await teams.until(lambda: len(calls(teams, thread)) >= 1, timeout=30)
            await asyncio.sleep(0.5)  # several looks of both
            await office.settle()

        assert calls(teams, thread) == [["29:rc-ana", FERNANDA]]


async def asked_until(office, now, day, hour):
    """The thread of a case in which Fernanda has asked Ana for something."""
    thread = await office.register(**HANDED_OVER)
    await office.press("Fernanda Lima", thread, "Assumir")
    await office.settle()
    form = (await office.press("Fernanda Lima", thread, "Pedir informação")).card
    typed = {
        "O que você precisa saber": "A multa já foi cobrada?",
        "Até quando": day,
        "Até que horas": hour,
    }
    await office.press("Fernanda Lima", thread, "Perguntar", typed, on=form)
    await office.settle()
    return thread


class TestTeam:
    async def test_whoever_is_away_is_not_called_and_the_substitute_is(self, office, teams, now):
        chat = await office.whisper("Fernanda Lima", "/equipe")
        assert "Líder do Adm/Fin: Fernanda Lima (de plantão), Gustavo Rocha" in words(
            office.card(chat)
        )
        form = (await office.press("Fernanda Lima", chat, "Informar ausência…")).card
        typed = {"Fora até": "2026-10-31"}
        shown = await office.press("Fernanda Lima", chat, "Salvar ausência", typed, on=form)

        thread = await office.register(**HANDED_OVER)

        assert "Fernanda Lima até sáb, 31/10 · responde Gustavo Rocha" in words(shown.card)
        assert teams.thread(thread)[-1].mentions == [GUSTAVO, BRUNO]
        assert "**Gustavo Rocha**, assuma o caso" in words(office.card(thread))

    async def test_an_agent_speaks_for_nobody_else(self, office):
        chat = await office.whisper("Ana Souza", "/equipe")
        form = (await office.press("Ana Souza", chat, "Informar ausência…")).card

        choices = [choice["title"] for choice in inputs(form)["Quem"]["choices"]]
        forged = await office.execute(
            "Ana Souza",
            chat,
            "team.absence",
            {"absent_who": "00000000-0000-0000-0000-0000000000b1", "absent_until": "2026-10-31"},
        )

        assert choices == ["Ana Souza"]
        assert "Escolha uma das opções da lista." in words(forged.card)
        assert office.rows("SELECT count(*) FROM absences") == [(0,)]


def always(folder):
    """The environment of a bot that is always open and in a hurry."""
    path = folder / "calendar.toml"
    path.write_text(ALWAYS, encoding="utf-8")
    return {"CALENDAR_FILE": str(path), "CLOCK_POLL_SECONDS": "0.1"}
