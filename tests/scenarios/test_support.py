"""A call for support: somebody comes within a minute, and nobody else sees a word of it."""

import asyncio
from datetime import timedelta

import pytest

from tests.scenarios.office import at, chat, open_office, public, words
from tests.scenarios.process import forget_the_dead, serving

PATH_1 = "Técnico com abertura"
BUTTON = "Preciso de apoio"
NIGHT = at(3) - timedelta(days=2)
"""A Sunday, long before anything opens."""


class Now:
    def __init__(self):
        self.moment = NIGHT

    def __call__(self):
        return self.moment


@pytest.fixture
def now():
    return Now()


@pytest.fixture
async def office(database_url, teams, now, monkeypatch):
    monkeypatch.setenv("CLOCK_POLL_SECONDS", "0.05")
    async with open_office(database_url, teams, clock=now) as running:
        for who in ("Ana Souza", "Bruno Carvalho", "Helena Martins", "Igor Alves"):
            await running.whisper(who, "/ajuda")
        yield running


async def pass_time(office, now, heard, *, seconds=60, by="Ana Souza"):
    """Let a minute pass, or as many seconds, until a caller has heard some words."""
    now.moment += timedelta(seconds=seconds)
    await office.teams.until(lambda: heard in office.texts(chat(by))[-1], timeout=20)
    await office.settle()


def audited(office):
    return office.rows("SELECT by_name, why FROM audit WHERE action = 'support' ORDER BY id")


class TestCall:
    async def test_the_lead_is_called_alone_and_the_case_is_theirs_when_they_come(
        self, office, teams
    ):
        thread = await office.register(path=PATH_1)
        before = public(teams)

        pressed = await office.press("Ana Souza", thread, BUTTON)
        await office.settle()

        assert "Chamei Bruno Carvalho em particular" in words(pressed.card)
        asked = office.card(chat("Bruno Carvalho"))
        assert "Ana precisa de apoio agora" in words(asked)
        assert "Padaria Sol · Caso 00012345" in words(asked)
        assert office.texts(chat("Ana Souza"))[-1].startswith("🤝 Chamei **Bruno Carvalho**")
        assert public(teams) == before

        coming = await office.press("Bruno Carvalho", chat("Bruno Carvalho"), "Estou indo")
        await office.settle()

        assert "Você está assumindo o contato de Ana" in words(coming.card)
        assert office.card(chat("Bruno Carvalho")) == coming.card
        told = office.texts(chat("Ana Souza"))[-1]
        assert "**Bruno Carvalho** está assumindo o contato" in told
        assert "O caso RET-0001 agora está com Bruno Carvalho" in told
        said = [message.text for message in teams.thread(thread) if message.text]
        assert len(said) == 1, "nothing but the opening was said in the thread"
        assert "Com **Bruno Carvalho**" in words(office.card(thread))
        assert "apoio" not in str([each.get("text") for each in public(teams)])
        assert audited(office) == [("Ana Souza", "Called"), ("Bruno Carvalho", "Answered")]

    async def test_a_case_of_the_adm_fin_stays_where_it_is(self, office):
        thread = await office.register()

        await office.press("Ana Souza", thread, BUTTON)
        await office.settle()
        await office.press("Bruno Carvalho", chat("Bruno Carvalho"), "Estou indo")
        await office.settle()

        assert "Sem dono ainda" in words(office.card(thread))
        assert "RET-0001" not in office.texts(chat("Ana Souza"))[-1]

    async def test_the_command_in_the_channel_is_answered_with_nothing_in_public(
        self, office, teams
    ):
        thread = await office.say("Ana Souza", "/apoio")
        await office.settle()

        assert teams.thread(thread) == []
        assert "Sua mensagem ficou no canal" in office.texts(chat("Ana Souza"))[-1]
        assert "Ana precisa de apoio agora" in words(office.card(chat("Bruno Carvalho")))

    async def test_an_old_client_says_nothing_in_public_either(self, office, teams):
        thread = await office.register(path=PATH_1)
        before = public(teams)

        data = {"verb": "agent.support", "case": "RET-0001", "v": 1}
        await office.deliver(office.submit("Ana Souza", thread, data))
        await office.settle()

        assert public(teams) == before
        assert "Ana precisa" in words(office.card(chat("Bruno Carvalho")))

    async def test_the_command_in_private_may_name_a_case(self, office):
        await office.register(path=PATH_1)

        await office.whisper("Ana Souza", "/apoio RET-0001")
        await office.settle()

        assert "Padaria Sol" in words(office.card(chat("Bruno Carvalho")))

    async def test_a_second_press_calls_nobody_twice(self, office, teams):
        thread = await office.register(path=PATH_1)
        for _ in range(2):
            await office.press("Ana Souza", thread, BUTTON)
            await office.whisper("Ana Souza", "/apoio")
        await office.settle()

        called = [m for m in teams.thread(chat("Bruno Carvalho")) if "precisa" in str(m.cards)]
        assert len(called) == 1
        already = (
            "🤝 Já chamei Bruno Carvalho, em particular. Sem resposta, chamo a próxima pessoa."
        )
        told = office.texts(chat("Ana Souza"))
        assert sum(text.startswith(already) for text in told) == 2


class TestNobodyAnswers:
    async def test_the_next_one_is_called_after_a_minute_at_any_hour(self, office, now):
        await office.whisper("Igor Alves", "/apoio")
        await office.settle()
        now.moment += timedelta(seconds=1)
        await office.whisper("Ana Souza", "/apoio")
        await office.settle()
        await pass_time(office, now, "Helena", seconds=59, by="Igor Alves")
        before = office.texts(chat("Ana Souza"))[-1]
        await pass_time(office, now, "Helena", seconds=1)

        assert "Chamei **Bruno Carvalho**" in before
        assert "Chamei também **Helena Martins**" in office.texts(chat("Ana Souza"))[-1]
        second = await office.press("Helena Martins", chat("Helena Martins"), "Estou indo")
        await office.settle()
        assert "Também chamei: Bruno Carvalho" not in words(second.card)
        assert "Helena Martins está assumindo o contato" in words(
            office.card(chat("Bruno Carvalho"))
        )

    async def test_whoever_is_late_sees_who_was_first(self, office, now):
        await office.whisper("Ana Souza", "/apoio")
        await office.settle()
        old = office.card(chat("Bruno Carvalho"))
        await pass_time(office, now, "Helena")
        await office.press("Helena Martins", chat("Helena Martins"), "Estou indo")

        late = await office.press("Bruno Carvalho", chat("Bruno Carvalho"), "Estou indo", on=old)
        await office.settle()

        assert "Helena Martins está assumindo o contato" in words(late.card)
        assert [why for _, why in audited(office)] == ["Called", "Answered"]

    async def test_in_the_end_the_caller_hears_that_nobody_came_and_may_call_again(
        self, office, teams, now
    ):
        await office.whisper("Ana Souza", "/apoio")
        await office.settle()
        for heard in ("Helena", "Igor", "ninguém respondeu"):
            await pass_time(office, now, heard)
        last = office.texts(chat("Ana Souza"))[-1]
        await office.whisper("Ana Souza", "/apoio")
        await office.settle()

        assert "e ninguém respondeu ainda" in last
        assert "Igor Alves" in last
        assert office.texts(chat("Ana Souza"))[-1].startswith("🤝 Chamei **Bruno Carvalho**")

    async def test_whoever_blocked_the_bot_is_passed_over_at_once(self, office, teams):
        blocked = {"error": {"code": "ConversationBlockedByUser"}}
        teams.inject(method="POST", path="chat-Bruno", status=403, json=blocked, times=None)

        await office.whisper("Ana Souza", "/apoio")
        await teams.until(lambda: "precisa" in str(teams.thread(chat("Helena Martins"))[-1].cards))
        await office.settle()

        assert "Chamei também **Helena Martins**" in office.texts(chat("Ana Souza"))[-1]

    async def test_who_was_not_asked_cannot_come(self, office):
        await office.whisper("Ana Souza", "/apoio")
        await office.settle()
        [(call,)] = office.rows("SELECT id FROM support_calls")

        forged = await office.execute(
            "Igor Alves", chat("Igor Alves"), "support.coming", {"call": call}
        )

        assert "Não encontrei" in forged.sentence
        assert ("Igor Alves", "SupportCallNotFound") in audited(office)


class TestDurable:
    async def test_a_kill_loses_no_call(self, database_url, teams, unused_tcp_port):
        held = teams.hold(lambda call: "precisa" in str(call.body), "asked")
        async with serving(database_url, teams, unused_tcp_port) as (_, office):
            await office.whisper("Bruno Carvalho", "/ajuda")
            await office.whisper("Ana Souza", "/apoio")
            await asyncio.wait_for(held.reached.wait(), 20)
        teams.forget(held)
        forget_the_dead(database_url)

        async with serving(database_url, teams, unused_tcp_port) as (_, office):
            await office.settle()

        assert "Ana precisa" in words(office.card(chat("Bruno Carvalho")))
