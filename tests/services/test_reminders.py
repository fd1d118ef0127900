"""What time passing causes, and whom it calls."""

import asyncio
from datetime import timedelta

import pytest

from retention.domain.desk_events import InfoAnswered, InfoAsked
from retention.domain.events import (
    CaseClaimed,
    CaseOpened,
    CaseStatus,
    ClaimEscalated,
    CrmChangeKind,
    CrmHeard,
    NoteAdded,
    OwnerReminded,
)
from retention.services.case_changes import change_case
from retention.services.case_thread import CaseThreadSubscriber
from retention.services.reminders import ReminderService
from retention.services.subscriptions import CASE_THREAD
from tests.business import CLOCK, here, team_of
from tests.fakes import FakeCaseThreads, FakeLedger
from tests.samples import ANA, FERNANDA, HANDED_OVER, THREAD, WITH_RC, directory


class Day:
    """A desk whose clock goes on while somebody looks after it."""

    def __init__(self, desk):
        self.desk = desk
        self.clock = desk.clock
        self.clock.now = here(24, 14)
        self.messenger = FakeCaseThreads()
        self.thread = CaseThreadSubscriber(
            uow=desk.memory.unit_of_work,
            threads=self.messenger,
            ledger=FakeLedger(),
            directory=directory(),
            business=CLOCK,
        )
        self.reminders = ReminderService(
            uow=desk.memory.unit_of_work,
            business=CLOCK,
            clock=self.clock,
            team=team_of(desk.memory.unit_of_work, self.clock),
        )

    async def open(self, judgement=HANDED_OVER):
        case = await self.desk.open(judgement=judgement)
        self.messenger.show_card(THREAD, case)
        return case

    async def go_on(self, until, step=timedelta(minutes=7)):
        """Let time pass, looking every few minutes."""
        while self.clock.now < until:
            self.clock.now = min(until, self.clock.now + step)
            await self.reminders.look()

    async def run(self):
        await self.desk.memory.run_effects({CASE_THREAD: self.thread})


@pytest.fixture
def day(desk):
    return Day(desk)


class TestClaim:
    async def test_it_calls_the_lead_and_the_stand_in_then_the_rc_lead(self, day):
        await day.open()

        await day.go_on(here(27, 12))
        await day.run()

        assert day.messenger.said == [
            (ClaimEscalated, ["Fernanda Alves", "Gustavo Reis"]),
            (ClaimEscalated, ["Renato Dias"]),
        ]

    async def test_a_case_claimed_in_time_calls_nobody(self, day, desk):
        case = await day.open()
        await day.go_on(here(24, 14, 14))

        await desk.cases.claim(actor=FERNANDA, number=case.number)
        await day.go_on(here(24, 17))

        assert [type(event) for event in desk.memory.events] == [CaseOpened, CaseClaimed]

    async def test_a_call_that_comes_after_the_claim_is_not_said(self, day, desk):
        case = await day.open()
        await day.go_on(here(24, 14, 15))
        await desk.cases.claim(actor=FERNANDA, number=case.number)

        await day.run()

        assert [kind for kind, _ in day.messenger.said] == [CaseClaimed]

    async def test_after_a_long_stop_both_steps_come_once_in_their_order(self, day, desk):
        await day.open()
        day.clock.now = here(25, 10)

        for _ in range(5):
            await day.reminders.look()
        await day.run()

        assert [names for _, names in day.messenger.said] == [
            ["Fernanda Alves", "Gustavo Reis"],
            ["Renato Dias"],
        ]

    async def test_a_clock_put_back_repeats_nothing(self, day, desk):
        await day.open()
        await day.go_on(here(24, 14, 20))

        day.clock.now = here(24, 13, 40)
        await day.go_on(here(24, 14, 29))

        assert [type(event) for event in desk.memory.events] == [CaseOpened, ClaimEscalated]

    async def test_one_case_that_cannot_be_judged_holds_up_no_other(self, day, desk):
        broken = await day.open()
        desk.memory.state.cases[broken.number].history.clear()
        desk.memory.state.cases[broken.number].status = CaseStatus.IN_TREATMENT
        case = await desk.open(crm_case_number="00099999")

        await day.go_on(here(24, 14, 16))

        assert isinstance(desk.memory.state.cases[case.number].history[-1], ClaimEscalated)


class TestNews:
    async def test_the_owner_is_asked_once_for_each_silence(self, day, desk):
        case = await day.open()
        await desk.cases.claim(actor=FERNANDA, number=case.number)
        await day.go_on(here(27, 12), timedelta(hours=1))
        await desk.cases.note(actor=ANA, number=case.number, text="Ligou de novo", request_id="n")
        await day.go_on(here(32, 18), timedelta(hours=1))
        await day.run()

        assert day.messenger.said == [
            (CaseClaimed, []),
            (OwnerReminded, ["Fernanda Alves"]),
            (NoteAdded, []),
            (OwnerReminded, ["Fernanda Alves"]),
        ]

    async def test_an_author_whom_the_configuration_does_not_know_is_called_all_the_same(
        self, day, desk
    ):
        await day.open(WITH_RC)

        await day.go_on(here(26, 12), timedelta(hours=1))
        await day.run()

        assert day.messenger.said == [(OwnerReminded, ["Ana Souza"])]


class TestAnswer:
    async def test_a_late_answer_calls_who_owes_it_and_who_waits_once(self, day, desk):
        case = await day.open()
        await desk.cases.claim(actor=FERNANDA, number=case.number)
        asked = {"person": ANA.ref, "what": "Multa?", "until": here(24, 15)}
        await desk.cases.ask(actor=FERNANDA, number=case.number, **asked)

        await day.go_on(here(27, 12), timedelta(hours=1))
        await day.run()

        assert day.messenger.said == [
            (CaseClaimed, []),
            (InfoAsked, ["Ana Souza"]),
            (OwnerReminded, ["Ana Souza", "Fernanda Alves"]),
        ]

    async def test_a_reminder_that_comes_after_the_answer_is_not_said(self, day, desk):
        case = await day.open()
        await desk.cases.claim(actor=FERNANDA, number=case.number)
        asked = {"person": ANA.ref, "what": "Multa?", "until": here(24, 15)}
        await desk.cases.ask(actor=FERNANDA, number=case.number, **asked)
        await day.go_on(here(24, 15))
        await desk.cases.answer_question(actor=ANA, number=case.number, text="Foi")

        await day.run()

        assert [kind for kind, _ in day.messenger.said] == [CaseClaimed, InfoAsked, InfoAnswered]


async def test_it_looks_by_itself_while_it_goes_on(day, desk):
    await day.open()
    day.clock.advance(minutes=15)

    async with day.reminders.going_on():
        async with asyncio.timeout(10):
            while not desk.memory.effects:  # noqa: ASYNC110 - a background look tells nobody
                await asyncio.sleep(0)

    assert isinstance(desk.memory.events[-1], ClaimEscalated)


class TestCrm:
    async def closed_at(self, day, desk, moment):
        """Let somebody close the Caso of a claimed case in the CRM; gives the case's number."""
        case = await day.open()
        await desk.cases.claim(actor=FERNANDA, number=case.number)
        await day.go_on(moment)
        await self.hear(day, case.number, CrmChangeKind.CLOSED)
        await day.run()
        return case.number

    @staticmethod
    async def hear(day, number, kind):
        def hear(found):
            now = day.clock.now
            found.hear(at=now, kind=kind, who="Bruno", text="", was="", happened_at=now)

        await change_case(day.desk.memory.unit_of_work, number, hear, action="hear")

    async def test_at_night_it_is_said_at_once_and_the_lead_is_called_as_the_day_opens(
        self, day, desk
    ):
        await self.closed_at(day, desk, here(24, 23))
        at_night = day.messenger.said[-1]

        await day.go_on(here(25, 7, 59))
        await day.run()
        before = day.messenger.said[-1]
        await day.go_on(here(25, 9))
        await day.run()

        assert at_night == before == (CrmHeard, [])
        assert [kind for kind, _ in day.messenger.said].count(OwnerReminded) == 1
        assert day.messenger.said[-1] == (OwnerReminded, ["Fernanda Alves"])

    async def test_in_open_hours_the_lead_is_called_at_once(self, day, desk):
        await self.closed_at(day, desk, here(24, 15))

        assert day.messenger.said[-1] == (CrmHeard, ["Fernanda Alves"])

    async def test_a_caso_opened_again_before_it_could_be_said_calls_nobody(self, day, desk):
        number = await self.closed_at(day, desk, here(24, 23))
        await day.go_on(here(25, 8))

        await self.hear(day, number, CrmChangeKind.STATUS)
        await day.run()

        assert [kind for kind, _ in day.messenger.said[-2:]] == [CrmHeard, CrmHeard]
