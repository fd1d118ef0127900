"""`kill -9` between the commit and the sends loses nothing: shown with the real process."""

from __future__ import annotations

from tests.scenarios.office import FACTS
from tests.scenarios.process import forget_the_dead, serving


async def test_a_case_registered_just_before_the_kill_reaches_its_thread(
    database_url, teams, unused_tcp_port
):
    async with serving(database_url, teams, unused_tcp_port) as (_, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
        teams.inject(delay=60, times=None)
        answer = await office.press("Ana Souza", thread, "Registrar caso", on=second)
    assert answer.status == 200
    assert office.texts(thread) == []
    teams.clear_faults()
    forget_the_dead(database_url)

    async with serving(database_url, teams, unused_tcp_port) as (_, office):
        await teams.until(lambda: office.texts(thread), timeout=10)
        await office.settle()

    assert len(office.texts(thread)) == 1
    assert teams.thread(thread)[-1].mentions == ["29:fin-fernanda", "29:rc-bruno"]


async def test_a_send_whose_answer_was_lost_with_the_process_happens_at_most_twice(
    database_url, teams, unused_tcp_port
):
    async with serving(database_url, teams, unused_tcp_port) as (_, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
        teams.inject(method="POST", path="/activities", delay=30, delivered=True)
        await office.press("Ana Souza", thread, "Registrar caso", on=second)
        await teams.until(lambda: office.texts(thread))
    forget_the_dead(database_url)

    async with serving(database_url, teams, unused_tcp_port) as (_, office):
        await teams.until(lambda: office.texts(thread), timeout=10)
        await office.settle()

    ledger = office.rows("SELECT key, state FROM effect_ledger")
    assert 1 <= len(office.texts(thread)) <= 2
    assert ledger == [("RET-0001:1:case_thread:reply", "sent")]
