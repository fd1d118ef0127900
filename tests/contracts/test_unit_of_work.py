"""The laws of `UnitOfWork`, held by the fake, by SQLite and by PostgreSQL alike."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from config.playbooks import load_playbooks
from retention.domain.cancellation import CancellationReason
from retention.domain.case import CaseNumber
from retention.domain.crm_profile import CrmCaseId
from retention.domain.draft import DraftStep
from retention.domain.errors import CaseNotFound, DraftNotFound, DuplicateOpenCase, StaleCase
from retention.domain.events import ClaimEscalated, ClaimStep
from retention.domain.people import Absence, PersonId
from retention.domain.playbook import Playbooks
from retention.domain.rehearsal import Answered, Question, Run
from retention.services.cases import CaseService
from retention.services.playbooks import PlaybookService
from retention.services.ports.cases import Alarm, CaseFilter, CaseThread
from retention.services.ports.crm_journal import CrmLink
from retention.services.ports.effects import NO_CASE, NO_EVENT, BuriedEffect, Effect
from retention.services.reminders import ReminderService
from retention.services.subscriptions import add_case, save_case
from retention.storage.engine import open_engines
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.business import CLOCK, here, team_of
from tests.fakes import FakeClock, Memory
from tests.samples import (
    ANA,
    BIA,
    CHAT,
    FACTS,
    FERNANDA,
    GUSTAVO,
    HANDED_OVER,
    LOST,
    MONDAY,
    RETAINED,
    THREAD,
    WITH_RC,
    case,
    directory,
    draft,
)

ONE = CaseNumber(1)
LINK = CrmLink(ONE, CrmCaseId("5001"), MONDAY)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def start(request):
    """The factory of units of work."""
    if request.param == "fake":
        yield Memory().unit_of_work
        return
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    engines = open_engines(request.getfixturevalue(name))

    async def enqueue(_connection, effect: Effect) -> None:
        """Effects have a contract of their own."""

    yield lambda: SqlUnitOfWork(engines.app, enqueue)
    await engines.dispose()


async def write(start, *cases):
    async with start() as uow:
        for new in cases:
            await add_case(uow, new)
        await uow.commit()


async def change(start, number, act):
    async with start() as uow:
        known = await uow.cases.get(number)
        act(known)
        await save_case(uow, known)
        await uow.commit()
    return known


async def close(start, number, outcome=LOST):
    await change(start, number, lambda known: known.claim(by=FERNANDA, at=MONDAY))
    await change(
        start, number, lambda known: known.record_outcome(by=FERNANDA, at=MONDAY, outcome=outcome)
    )


class TestCommit:
    async def test_a_case_comes_back_as_it_was_written(self, start):
        written = case()
        await write(start, written)

        async with start() as uow:
            read = await uow.cases.get(ONE)

        assert read == written
        assert str(read.facts.monthly_value) == str(written.facts.monthly_value)

    async def test_several_cases_come_in_the_order_asked_for_with_their_history(self, start):
        await write(start, *(case(number) for number in (1, 2, 3)))
        for number in (3, 1):
            await change(
                start, CaseNumber(number), lambda known: known.claim(by=FERNANDA, at=MONDAY)
            )

        async with start() as uow:
            both = await uow.cases.several([CaseNumber(3), CaseNumber(2)])
            none = await uow.cases.several([])
            third, second = [await uow.cases.get(CaseNumber(number)) for number in (3, 2)]

        assert (list(both), list(none)) == ([third, second], [])
        assert [len(each.history) for each in both] == [2, 1]

    async def test_several_cases_of_which_one_is_unknown_are_not_read(self, start):
        await write(start, case())

        async with start() as uow:
            with pytest.raises(CaseNotFound):
                await uow.cases.several([ONE, CaseNumber(2)])

    async def test_a_corrected_caso_number_is_found_and_the_former_one_is_free(self, start):
        await write(start, case())

        await change(
            start, ONE, lambda known: known.correct_number(by=ANA, at=MONDAY, crm_case_number="9")
        )

        async with start() as uow:
            assert await uow.cases.open_for("00000001") is None
            assert (await uow.cases.open_for("9")).number == ONE

    async def test_no_correction_gives_two_open_cases_one_caso(self, start):
        await write(start, case(1), case(2))
        taken = "00000002"

        with pytest.raises(DuplicateOpenCase):
            await change(
                start,
                ONE,
                lambda known: known.correct_number(by=ANA, at=MONDAY, crm_case_number=taken),
            )

        async with start() as uow:
            assert (await uow.cases.get(ONE)).facts.crm_case_number == "00000001"

    async def test_without_commit_nothing_is_kept(self, start):
        async with start() as uow:
            await uow.drafts.start(draft(), source="m1")
            number, _ = await uow.cases.next_number(ANA.id)
            await add_case(uow, case(number))
            await uow.welcomes.add("19:chat", at=MONDAY)

        async with start() as uow:
            with pytest.raises(CaseNotFound):
                await uow.cases.get(ONE)
            assert not await uow.welcomes.contains("19:chat")
            assert await uow.cases.next_number(ANA.id) == (1, True)

    async def test_an_error_keeps_nothing(self, start):
        async def fail():
            async with start() as uow:
                await add_case(uow, case())
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await fail()

        async with start() as uow:
            assert await uow.cases.open_for("00000001") is None

    async def test_what_is_read_is_nobody_elses(self, start):
        await write(start, case())

        async with start() as uow:
            mine = await uow.cases.get(ONE)
            mine.claim(by=FERNANDA, at=MONDAY)
            await uow.commit()

        async with start() as uow:
            assert (await uow.cases.get(ONE)).owner is None


class TestNumbers:
    async def test_numbers_have_no_gaps_whoever_takes_them_at_once(self, start):
        async def take():
            async with start() as uow:
                number, _ = await uow.cases.next_number(ANA.id)
                await uow.commit()
            return number

        taken = await asyncio.gather(*(take() for _ in range(8)))

        assert sorted(taken) == list(range(1, 9))

    async def test_of_two_cases_opened_at_once_by_one_person_one_is_the_first(self, start):
        async def take(caso):
            async with start() as uow:
                number, is_first = await uow.cases.next_number(ANA.id)
                await asyncio.sleep(0.05)  # the other one asks meanwhile
                await add_case(uow, case(number, crm_case_number=caso))
                await uow.commit()
            return is_first

        assert sorted(await asyncio.gather(take("1"), take("2"))) == [False, True]


class TestSave:
    async def test_the_whole_history_comes_back_in_order(self, start):
        await write(start, case(judgement=WITH_RC))
        changed = await change(
            start,
            ONE,
            lambda known: known.fail_reversal(
                by=ANA, at=MONDAY, customer_said="Não dá mais", told="Ligamos amanhã"
            ),
        )
        changed = await change(start, ONE, lambda known: known.claim(by=FERNANDA, at=MONDAY))

        async with start() as uow:
            read = await uow.cases.get(ONE)

        assert read == changed
        assert [event.version for event in read.history] == [1, 2, 3]

    async def test_a_change_of_an_older_state_is_stale(self, start):
        await write(start, case())
        async with start() as uow:
            old = await uow.cases.get(ONE)
        await change(start, ONE, lambda known: known.claim(by=FERNANDA, at=MONDAY))
        old.claim(by=GUSTAVO, at=MONDAY)

        async with start() as uow:
            with pytest.raises(StaleCase):
                await save_case(uow, old)

    async def test_of_two_who_claim_at_once_one_wins(self, start):
        await write(start, case())

        results = await asyncio.gather(
            change(start, ONE, lambda known: known.claim(by=FERNANDA, at=MONDAY)),
            change(start, ONE, lambda known: known.claim(by=GUSTAVO, at=MONDAY)),
            return_exceptions=True,
        )

        async with start() as uow:
            read = await uow.cases.get(ONE)
        (winner,) = (result for result in results if not isinstance(result, BaseException))
        assert read.owner == winner.owner
        assert len(read.history) == 2


class TestOneOpenCase:
    async def test_a_second_open_case_of_a_caso_is_refused(self, start):
        await write(start, case(1, crm_case_number="777"))

        with pytest.raises(DuplicateOpenCase):
            await write(start, case(2, crm_case_number="777"))

    async def add_refused(self, uow):
        async def add():
            await add_case(uow, case(2, crm_case_number="777"))
            await uow.commit()

        with pytest.raises(DuplicateOpenCase):
            await add()

    async def test_after_the_refusal_nothing_can_be_committed(self, start):
        await write(start, case(1, crm_case_number="777"))

        async with start() as uow:
            await uow.welcomes.add("19:chat", at=MONDAY)
            await self.add_refused(uow)
            with pytest.raises(Exception, match="transaction"):
                await uow.commit()

        async with start() as uow:
            assert not await uow.welcomes.contains("19:chat")

    @pytest.mark.parametrize("crm_case_number", ["777", "888"])
    async def test_a_draft_becomes_one_case(self, start, crm_case_number):
        first = case(1, crm_case_number="777")
        again = replace(case(2, crm_case_number=crm_case_number), draft_id=first.draft_id)
        await write(start, first)

        with pytest.raises(StaleCase):
            await write(start, again)

    async def test_a_draft_submitted_twice_at_once_becomes_one_case(self, start):
        begun = draft()
        async with start() as uow:
            await uow.drafts.start(begun, source="m1")
            await uow.commit()
        clock = FakeClock(MONDAY)
        service = CaseService(
            uow=start,
            clock=clock,
            directory=directory(),
            playbooks=PlaybookService(uow=start, clock=clock, current=load_playbooks()),
        )

        first, second = await asyncio.gather(
            *(
                service.open(actor=ANA, draft=begun, facts=FACTS, judgement=HANDED_OVER)
                for _ in range(2)
            )
        )

        assert first == second

    async def test_an_ended_case_makes_room_for_another(self, start):
        await write(start, case(1, crm_case_number="777"))
        await close(start, ONE)
        await write(start, case(2, crm_case_number="777"))

        async with start() as uow:
            assert (await uow.cases.open_for("777")).number == 2
            closed = await uow.cases.closed_for("777", limit=3)
        assert [line.number for line in closed] == [1]

    async def test_a_number_tells_whether_it_is_that_of_a_first_case(self, start):
        await write(start, case(9, by=ANA, crm_case_number="777"))
        await close(start, CaseNumber(9))

        async with start() as uow:
            assert await uow.cases.next_number(ANA.id) == (1, False)
            assert await uow.cases.next_number(BIA.id) == (2, True)

    async def test_the_playbooks_of_a_case_are_remembered(self, start):
        new = case(1)
        new.playbook_version = "7096748edb5e"
        await write(start, new)

        async with start() as uow:
            assert (await uow.cases.get(ONE)).playbook_version == "7096748edb5e"


class TestLists:
    @pytest.fixture
    async def desk(self, start):
        """Five cases, each opened an hour after the one before."""
        hours = [MONDAY + timedelta(hours=hour) for hour in range(5)]
        await write(
            start,
            case(1, by=ANA, at=hours[0]),
            case(2, by=BIA, at=hours[1]),
            case(3, by=ANA, at=hours[2], judgement=WITH_RC),
            case(4, by=BIA, at=hours[3]),
            case(5, by=BIA, at=hours[4]),
        )
        await change(start, CaseNumber(2), lambda known: known.claim(by=FERNANDA, at=MONDAY))
        await close(start, CaseNumber(4), RETAINED)
        await close(start, CaseNumber(5), RETAINED)
        return start

    @pytest.mark.parametrize(
        ("which", "person", "numbers"),
        [
            (CaseFilter.OPEN, ANA, [1, 2, 3]),
            (CaseFilter.MINE, ANA, [1, 3]),
            (CaseFilter.MINE, FERNANDA, [2]),
            (CaseFilter.UNCLAIMED, ANA, [1]),
            (CaseFilter.WATCHED, ANA, [5, 4]),
        ],
    )
    async def test_each_list_shows_its_cases_in_order(self, desk, which, person, numbers):
        async with desk() as uow:
            lines = await uow.cases.list(which, person=person.id, limit=10)

        assert [line.number for line in lines] == numbers

    async def test_a_list_is_cut_at_its_limit(self, desk):
        async with desk() as uow:
            lines = await uow.cases.list(CaseFilter.OPEN, person=ANA.id, limit=2)

        assert [line.number for line in lines] == [1, 2]

    async def test_a_line_tells_what_a_list_needs(self, desk):
        async with desk() as uow:
            await uow.threads.save(CaseThread(CaseNumber(2), THREAD.service_url, THREAD))
            await uow.commit()

        async with desk() as uow:
            (line,) = await uow.cases.list(CaseFilter.MINE, person=FERNANDA.id, limit=10)

        assert (line.crm_case_number, line.customer) == ("00000002", "Padaria São João")
        assert (line.opened_by, line.owner) == (BIA.ref, FERNANDA.ref)
        assert (line.opened_at, line.thread) == (MONDAY + timedelta(hours=1), THREAD)


class TestSearch:
    @pytest.fixture
    async def book(self, start):
        names = ["Padaria São João", "PADARIA SOL NASCENTE", "Sol & Mar Restaurante", "Bar 24h"]
        await write(
            start, *(case(number, customer=name) for number, name in enumerate(names, start=1))
        )
        return start

    async def test_words_begin_words_of_the_name_in_any_order_case_and_accent(self, book):
        expected = {
            "padaria": [2, 1],
            "  Pad  ": [2, 1],
            "sao joão": [1],
            "SOL": [3, 2],
            "sol padaria": [2],
            "nasc": [2],
            "24H": [4],
            "aria": [],
            "00000003": [3],
            "0000000": [],
            "pizzaria": [],
            " & ": [],
            "": [],
        }

        async with book() as uow:
            found = {text: await uow.cases.search(text, limit=5) for text in expected}

        assert {text: [line.number for line in lines] for text, lines in found.items()} == expected

    async def test_the_newest_are_found_first_up_to_the_limit(self, book):
        async with book() as uow:
            lines = await uow.cases.search("padaria", limit=1)

        assert [line.number for line in lines] == [2]


class TestDrafts:
    async def test_the_same_source_begins_one_draft(self, start):
        first = draft()

        async with start() as uow:
            begun = await uow.drafts.start(first, source="m1")
            await uow.commit()
        async with start() as uow:
            again = await uow.drafts.start(draft(), source="m1")
            await uow.commit()

        assert begun == first
        assert again == first

    async def test_answers_come_back_as_typed(self, start):
        typed = draft()
        async with start() as uow:
            await uow.drafts.start(typed, source="m1")
            typed.advance(DraftStep.JUDGEMENT, {"verbatim": 'Ele disse: "chega" 😡\n'})
            await uow.drafts.save(typed, read_version=1)
            await uow.commit()

        async with start() as uow:
            assert await uow.drafts.get(typed.id) == typed

    async def test_a_slower_press_does_not_overwrite_a_faster_one(self, start):
        slow = draft()
        async with start() as uow:
            await uow.drafts.start(slow, source="m1")
            fast = await uow.drafts.get(slow.id)
            fast.advance(DraftStep.JUDGEMENT)
            await uow.drafts.save(fast, read_version=1)
            await uow.commit()
        slow.advance(DraftStep.DISCARDED)

        async def save():
            async with start() as uow:
                await uow.drafts.save(slow, read_version=1)
                await uow.commit()

        with pytest.raises(StaleCase):
            await save()

        async with start() as uow:
            assert (await uow.drafts.get(slow.id)).step is DraftStep.JUDGEMENT

    async def test_after_a_stale_draft_nothing_can_be_committed(self, start):
        forgotten = draft()

        async def save(uow):
            await uow.drafts.save(forgotten, read_version=1)
            await uow.commit()

        async with start() as uow:
            await uow.welcomes.add("19:chat", at=MONDAY)
            with pytest.raises(StaleCase):
                await save(uow)
            with pytest.raises(Exception, match="transaction"):
                await uow.commit()

        async with start() as uow:
            assert not await uow.welcomes.contains("19:chat")

    async def test_saving_answers_keeps_the_message_that_shows_the_draft(self, start):
        known = draft(place=replace(THREAD, message=""))
        async with start() as uow:
            await uow.drafts.start(known, source="m1")
            await uow.drafts.place_message(known.id, "m2")
            known.advance(DraftStep.JUDGEMENT)
            await uow.drafts.save(known, read_version=1)
            await uow.commit()

        async with start() as uow:
            assert (await uow.drafts.get(known.id)).place.message == "m2"

    async def test_old_drafts_that_never_ended_are_forgotten_little_by_little(self, start):
        old = [draft(), draft(), draft()]
        ended, young = draft(), replace(draft(), created_at=MONDAY + timedelta(days=1))
        async with start() as uow:
            for each in (*old, ended, young):
                await uow.drafts.start(each, source=each.id)
            ended.advance(DraftStep.DISCARDED)
            await uow.drafts.save(ended, read_version=1)
            await uow.commit()

        counts = []
        for _ in range(3):
            async with start() as uow:
                before = MONDAY + timedelta(hours=1)
                counts.append(await uow.drafts.forget_unfinished(begun_before=before, limit=2))
                await uow.commit()

        assert counts == [2, 1, 0]
        async with start() as uow:
            assert await uow.drafts.get(ended.id) == ended
            assert await uow.drafts.get(young.id) == young
            with pytest.raises(DraftNotFound):
                await uow.drafts.get(old[0].id)

    async def test_an_unknown_draft_is_not_found(self, start):
        async with start() as uow:
            with pytest.raises(DraftNotFound):
                await uow.drafts.get("nobody's")


class TestPlaybooks:
    async def test_each_version_is_kept_as_it_was_first_used(self, start):
        old = load_playbooks()
        pruned = [replace(old[reason], documents=("Distrato",)) for reason in CancellationReason]
        new = Playbooks.of(pruned)
        async with start() as uow:
            for playbooks in (old, new, replace(old, by_reason=new.by_reason)):
                await uow.playbooks.add(playbooks, at=MONDAY)
            await uow.commit()

        async with start() as uow:
            assert await uow.playbooks.get(old.version) == old
            assert await uow.playbooks.get(new.version) == new
            assert await uow.playbooks.get("unknown") is None


class TestRehearsals:
    RUN = Run("r1", ANA.id, ("last_chance", "new_price"), MONDAY)
    HALF_RIGHT = Answered(
        "last_chance",
        {Question.ROUTE: "non_technical", Question.ACTION: "0a1b"},
        frozenset({Question.ACTION}),
    )

    async def ended(self, start, run_id, *, right, hours=1, person=ANA):
        """Write an ended run with so many right answers."""
        run = replace(self.RUN, id=run_id, person=person.id, answered=[])
        for _ in range(right):
            run.answer(self.HALF_RIGHT)
        async with start() as uow:
            await uow.rehearsals.start(run)
            run.end(at=MONDAY + timedelta(hours=hours))
            await uow.rehearsals.save(run, read_version=right + 1)
            await uow.commit()
        return run

    async def test_a_run_comes_back_as_it_was_left(self, start):
        run = replace(self.RUN, answered=[])
        async with start() as uow:
            await uow.rehearsals.start(run)
            run.answer(self.HALF_RIGHT)
            assert await uow.rehearsals.save(run, read_version=1)
            await uow.commit()

        async with start() as uow:
            assert await uow.rehearsals.get("r1") == run
            assert await uow.rehearsals.get("nobody's") is None

    async def test_a_person_has_one_open_run(self, start):
        others = [replace(self.RUN, id="r2"), replace(self.RUN, id="r3", person=BIA.id)]
        async with start() as uow:
            begun = [await uow.rehearsals.start(run) for run in (self.RUN, *others)]
            await uow.commit()

        assert [run.id for run in begun] == ["r1", "r1", "r3"]

    async def test_of_two_who_begin_at_once_one_wins(self, start):
        async def begin(run_id):
            async with start() as uow:
                run = await uow.rehearsals.start(replace(self.RUN, id=run_id))
                await uow.commit()
            return run

        first, second = await asyncio.gather(begin("r1"), begin("r2"))

        assert first == second

    async def test_a_slower_press_does_not_overwrite_a_faster_one(self, start):
        slow, fast = replace(self.RUN, answered=[]), replace(self.RUN, answered=[])
        fast.answer(self.HALF_RIGHT)
        slow.end(at=MONDAY)
        async with start() as uow:
            await uow.rehearsals.start(self.RUN)
            await uow.rehearsals.save(fast, read_version=1)

            assert not await uow.rehearsals.save(slow, read_version=1)
            assert await uow.rehearsals.get("r1") == fast

    async def test_the_best_ended_run_is_the_newest_of_equals_but_for_one(self, start):
        await self.ended(start, "poor", right=0, hours=4)
        await self.ended(start, "old", right=2, hours=1)
        best = await self.ended(start, "best", right=2, hours=2)
        now = await self.ended(start, "now", right=2, hours=3)
        await self.ended(start, "bia's", right=2, person=BIA)
        async with start() as uow:
            await uow.rehearsals.start(replace(self.RUN, id="open"))
            await uow.commit()

        async with start() as uow:
            assert await uow.rehearsals.best(ANA.id, but=now.id) == best
            assert await uow.rehearsals.best(GUSTAVO.id, but=now.id) is None


class TestThreadsAndWelcomes:
    async def test_a_thread_is_replaced(self, start):
        await write(start, case())
        begun = CaseThread(ONE, CHAT.service_url, place=None, receipt=CHAT)
        async with start() as uow:
            await uow.threads.save(begun)
            await uow.threads.save(replace(begun, place=THREAD))
            await uow.commit()

        async with start() as uow:
            assert await uow.threads.get(ONE) == replace(begun, place=THREAD)

    async def test_a_case_without_thread_is_not_found(self, start):
        async with start() as uow:
            with pytest.raises(CaseNotFound):
                await uow.threads.get(ONE)

    async def test_the_newest_case_of_a_conversation_is_found(self, start):
        await write(start, case(), case(number=2))
        elsewhere = replace(THREAD, conversation="19:elsewhere")
        async with start() as uow:
            await uow.threads.save(CaseThread(ONE, CHAT.service_url, place=None, receipt=CHAT))
            await uow.threads.save(CaseThread(ONE, CHAT.service_url, place=THREAD))
            await uow.threads.save(CaseThread(CaseNumber(2), CHAT.service_url, place=THREAD))
            await uow.commit()

        async with start() as uow:
            assert await uow.threads.case_in(THREAD.conversation) == 2
            assert await uow.threads.case_in(elsewhere.conversation) is None

    async def test_a_conversation_is_welcomed_once(self, start):
        async with start() as uow:
            assert not await uow.welcomes.contains("19:chat")
            await uow.welcomes.add("19:chat", at=MONDAY)
            await uow.welcomes.add("19:chat", at=MONDAY)
            await uow.commit()

        async with start() as uow:
            assert await uow.welcomes.contains("19:chat")


class TestBurials:
    FIRST = BuriedEffect("RET-0001:1:post", "post", ONE, 1, "MessageGone", MONDAY)
    SECOND = BuriedEffect("RET-0001:2:crm", "crm", ONE, 2, "ValueError", MONDAY, replays=1)

    @pytest.fixture
    async def buried(self, start):
        await write(start, case(1), case(2))
        async with start() as uow:
            await uow.burials.add(self.SECOND)
            await uow.burials.add(self.FIRST)
            await uow.commit()
        return start

    async def test_they_are_listed_oldest_first(self, buried):
        later = replace(self.FIRST, key="RET-0001:0:post", buried_at=MONDAY + timedelta(hours=1))
        async with buried() as uow:
            await uow.burials.add(later)
            await uow.commit()

        async with buried() as uow:
            assert await uow.burials.all() == [self.FIRST, self.SECOND, later]
            assert await uow.burials.count() == 3
            assert await uow.burials.get(self.SECOND.key) == self.SECOND
            assert await uow.burials.get("nobody's") is None

    async def test_buried_again_is_replaced(self, buried):
        again = replace(self.FIRST, error="TransientError", replays=1)
        async with buried() as uow:
            await uow.burials.add(again)
            await uow.commit()

        async with buried() as uow:
            assert await uow.burials.all() == [again, self.SECOND]

    async def test_a_case_tells_which_subscribers_are_missing(self, buried):
        async with buried() as uow:
            assert (await uow.cases.get(ONE)).unfinished == {"post", "crm"}
            assert (await uow.cases.open_for("00000001")).unfinished == {"post", "crm"}
            assert (await uow.cases.get(CaseNumber(2))).unfinished == frozenset()

    async def test_one_may_be_about_no_case(self, buried):
        private = BuriedEffect("risk:ab", "risk", NO_CASE, NO_EVENT, "TransientError", MONDAY)
        async with buried() as uow:
            await uow.burials.add(private)
            await uow.commit()

        async with buried() as uow:
            assert await uow.burials.get(private.key) == private
            assert await uow.burials.remove(private.key)

    async def test_one_that_rose_is_missing_no_longer(self, buried):
        async with buried() as uow:
            assert await uow.burials.remove(self.FIRST.key)
            assert not await uow.burials.remove("nobody's")
            await uow.commit()

        async with buried() as uow:
            assert (await uow.cases.get(ONE)).unfinished == {"crm"}


class TestCrmJournal:
    @pytest.fixture
    async def cases(self, start):
        await write(start, case(1), case(2))
        await close(start, CaseNumber(2))
        async with start() as uow:
            await uow.crm.add_link(LINK)
            await uow.crm.add_link(replace(LINK, number=CaseNumber(2), crm_case=CrmCaseId("5002")))
            await uow.commit()
        return start

    async def test_a_case_keeps_the_first_caso_it_was_linked_to(self, cases):
        async with cases() as uow:
            await uow.crm.add_link(replace(LINK, crm_case=CrmCaseId("5009")))
            await uow.commit()

        async with cases() as uow:
            assert await uow.crm.link(ONE) == LINK
            assert await uow.crm.link(CaseNumber(9)) is None

    async def test_a_caso_that_was_let_go_makes_room_for_another(self, cases):
        async with cases() as uow:
            await uow.crm.drop_link(ONE)
            await uow.crm.drop_link(CaseNumber(9))
            await uow.crm.add_link(replace(LINK, crm_case=CrmCaseId("5009")))
            await uow.commit()

        async with cases() as uow:
            assert await uow.crm.link(ONE) == replace(LINK, crm_case=CrmCaseId("5009"))

    async def test_only_open_cases_are_listened_for(self, cases):
        async with cases() as uow:
            found = await uow.crm.open_links()

        assert list(found) == [LINK]

    async def test_each_change_is_heard_for_the_first_time_once(self, start):
        async with start() as uow:
            first = await uow.crm.first_heard(["a", "b"], at=MONDAY)
            await uow.commit()
        async with start() as uow:
            again = await uow.crm.first_heard(["b", "c", "c"], at=MONDAY)
            await uow.commit()

        assert (first, again) == ({"a", "b"}, {"c"})

    async def test_what_was_not_committed_was_not_heard(self, start):
        async with start() as uow:
            await uow.crm.first_heard(["a"], at=MONDAY)
            await uow.crm.move_cursor(MONDAY)

        async with start() as uow:
            assert await uow.crm.first_heard(["a"], at=MONDAY) == {"a"}
            assert await uow.crm.cursor() is None

    async def test_what_was_heard_long_ago_is_forgotten_little_by_little(self, start):
        async with start() as uow:
            await uow.crm.first_heard(["a", "b"], at=MONDAY)
            await uow.crm.first_heard(["c"], at=MONDAY + timedelta(days=1))
            forgotten = [
                await uow.crm.forget_heard(before=MONDAY + timedelta(hours=1), limit=1)
                for _ in range(3)
            ]
            left = await uow.crm.first_heard(["a", "b", "c"], at=MONDAY)

        assert forgotten == [1, 1, 0]
        assert left == {"a", "b"}

    async def test_a_database_is_always_the_same_one(self, start):
        async with start() as uow:
            first = await uow.crm.installation()
        async with start() as uow:
            again = await uow.crm.installation()

        assert first == again
        assert len(first) == 6

    async def test_the_cursor_stays_where_it_was_moved_to(self, start):
        async with start() as uow:
            await uow.crm.move_cursor(MONDAY)
            await uow.commit()

        async with start() as uow:
            assert await uow.crm.cursor() == MONDAY

    async def test_one_reads_at_a_time_until_its_turn_ends(self, start):
        minute = timedelta(minutes=1)

        async def takes_turn(who, now):
            async with start() as uow:
                taken = await uow.crm.take_turn(who, now=now, until=now + minute)
                await uow.commit()
            return taken

        turns = [
            await takes_turn("a", MONDAY),
            await takes_turn("b", MONDAY + minute / 2),
            await takes_turn("a", MONDAY + minute / 2),
            await takes_turn("b", MONDAY + minute),
            await takes_turn("b", MONDAY + 1.5 * minute),
            await takes_turn("a", MONDAY + 2 * minute),
        ]

        assert turns == [True, False, True, False, True, False]


class TestAlarms:
    LATER = MONDAY + timedelta(minutes=5)

    async def rung(self, start, now=MONDAY, limit=9):
        async with start() as uow:
            return list(await uow.alarms.rung(now=now, limit=limit))

    async def put_off(self, start, seen, until):
        async with start() as uow:
            await uow.alarms.put_off({seen: until})
            await uow.commit()

    async def test_a_new_case_rings_at_once_and_a_change_rings_again(self, start):
        await write(start, case(at=MONDAY))
        opened = await self.rung(start)
        await self.put_off(start, opened[0], None)
        await change(start, ONE, lambda known: known.claim(by=FERNANDA, at=self.LATER))

        assert opened == [Alarm(ONE, MONDAY)]
        assert await self.rung(start) == []
        assert await self.rung(start, self.LATER) == [Alarm(ONE, self.LATER)]

    async def test_the_oldest_ring_first_and_no_more_than_asked_for(self, start):
        await write(start, case(1, at=self.LATER), case(2), case(3, at=MONDAY + timedelta(1)))

        rung = await self.rung(start, self.LATER)

        assert [alarm.number for alarm in rung] == [2, 1]
        assert await self.rung(start, self.LATER, limit=1) == rung[:1]

    async def test_it_is_put_off(self, start):
        await write(start, case(at=MONDAY))

        await self.put_off(start, Alarm(ONE, MONDAY), self.LATER)

        assert await self.rung(start) == []
        assert await self.rung(start, self.LATER) == [Alarm(ONE, self.LATER)]

    async def test_one_that_was_set_anew_meanwhile_still_rings(self, start):
        await write(start, case(at=MONDAY))
        seen = Alarm(ONE, MONDAY)
        await change(start, ONE, lambda known: known.claim(by=FERNANDA, at=self.LATER))

        await self.put_off(start, seen, None)
        await self.put_off(start, seen, MONDAY + timedelta(1))

        assert await self.rung(start, self.LATER) == [Alarm(ONE, self.LATER)]

    async def test_two_processes_that_look_at_once_say_each_step_once(self, start):
        opened = here(24, 14)
        await write(start, *(case(number, at=opened) for number in range(1, 6)))
        clock = FakeClock(opened)
        looking = [
            ReminderService(uow=start, business=CLOCK, clock=clock, team=team_of(start, clock))
            for _ in range(2)
        ]

        for minutes in (15, 0, 5, 10, 0, -20, 60):
            clock.advance(minutes=minutes)
            await asyncio.gather(*(each.look() for each in looking))

        for number in range(1, 6):
            async with start() as uow:
                history = (await uow.cases.get(CaseNumber(number))).history
            steps = [event.step for event in history if isinstance(event, ClaimEscalated)]
            assert steps == [ClaimStep.AGAIN, ClaimStep.ABOVE]


class TestAbsences:
    DAY = here(24).date()
    AWAY = Absence(FERNANDA.ref, DAY, GUSTAVO.ref, MONDAY)

    async def kept(self, start, day=DAY):
        async with start() as uow:
            return list(await uow.absences.since(day))

    async def test_an_absence_comes_back_as_it_was_told(self, start):
        async with start() as uow:
            await uow.absences.set(self.AWAY)
            await uow.commit()

        assert await self.kept(start) == [self.AWAY]
        assert await self.kept(start, self.DAY + timedelta(1)) == []

    async def test_a_person_has_one_at_most(self, start):
        later = replace(self.AWAY, until=self.DAY + timedelta(9), set_by=FERNANDA.ref)
        async with start() as uow:
            await uow.absences.set(self.AWAY)
            await uow.absences.set(later)
            await uow.commit()

        assert await self.kept(start) == [later]

    async def test_it_ends_when_somebody_is_back(self, start):
        async with start() as uow:
            await uow.absences.set(self.AWAY)
            await uow.absences.set(replace(self.AWAY, person=ANA.ref))
            await uow.absences.end(FERNANDA.id)
            await uow.absences.end(PersonId("nobody"))
            await uow.commit()

        assert [each.person for each in await self.kept(start)] == [ANA.ref]

    async def test_those_that_are_over_are_forgotten(self, start):
        async with start() as uow:
            await uow.absences.set(self.AWAY)
            await uow.absences.set(replace(self.AWAY, person=ANA.ref, until=here(30).date()))
            await uow.absences.forget(before=here(25).date())
            await uow.commit()

        assert [each.person for each in await self.kept(start)] == [ANA.ref]


async def test_open_cases_are_counted_by_whose_they_are(start):
    claimed = [case(number) for number in (1, 2, 3)]
    for number, each in enumerate(claimed):
        each.claim(by=GUSTAVO if number else FERNANDA, at=MONDAY)
    claimed[2].record_outcome(by=GUSTAVO, at=MONDAY, outcome=RETAINED)
    await write(start, *claimed, case(4))

    async with start() as uow:
        owned = await uow.cases.owned_open([FERNANDA.id, GUSTAVO.id, ANA.id])

    assert owned == {FERNANDA.id: 1, GUSTAVO.id: 1}
