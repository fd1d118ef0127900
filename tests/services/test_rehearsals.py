"""A person's run: resumed, judged once, theirs alone, and compared with the best before."""

import asyncio

import pytest

from config.rehearsal import load_rehearsal
from retention.domain.errors import InvalidAnswers, RehearsalNotFound
from retention.domain.rehearsal import Rehearsal, RunStep, Tally
from retention.services.rehearsals import RehearsalService
from tests.fakes import FakeClock, Memory
from tests.samples import ANA, BIA

REHEARSAL = load_rehearsal()


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def rehearsals(memory, clock):
    return service(memory, clock)


def service(memory, clock, rehearsal=REHEARSAL):
    return RehearsalService(uow=memory.unit_of_work, clock=clock, rehearsal=rehearsal)


def right(run, **changes):
    dialogue = REHEARSAL[run.at]
    given = {str(question): dialogue.right_answer(question) for question in dialogue.questions}
    return given | changes


async def answer(rehearsals, run, *, actor=ANA, version=None, **changes):
    return await rehearsals.answer(
        actor=actor, run_id=run.id, version=version or run.version, given=right(run, **changes)
    )


async def go_on(rehearsals, run, *, actor=ANA):
    return await rehearsals.go_on(actor=actor, run_id=run.id, version=run.version)


async def end(rehearsals, run, *, actor=ANA):
    return await rehearsals.end(actor=actor, run_id=run.id, version=run.version)


class TestBegin:
    async def test_an_open_run_is_gone_on_with(self, rehearsals):
        run = await rehearsals.begin(actor=ANA)
        answered = await answer(rehearsals, run)

        assert await rehearsals.begin(actor=ANA) == answered

    async def test_each_person_has_a_run_of_their_own(self, rehearsals):
        ana, bia = await rehearsals.begin(actor=ANA), await rehearsals.begin(actor=BIA)

        assert (ana.person, bia.person) == (ANA.id, BIA.id)
        assert ana.id != bia.id

    async def test_asked_twice_at_once_it_is_one_run(self, rehearsals, memory):
        first, second = await asyncio.gather(*(rehearsals.begin(actor=ANA) for _ in range(2)))

        assert first == second
        assert len(memory.state.runs) == 1

    async def test_after_an_ended_run_another_begins(self, rehearsals):
        run = await rehearsals.begin(actor=ANA)
        await end(rehearsals, run)

        assert (await rehearsals.begin(actor=ANA)).id != run.id

    async def test_a_run_through_dialogues_that_are_gone_is_ended(self, memory, clock, rehearsals):
        run = await rehearsals.begin(actor=ANA)
        fewer = service(memory, clock, Rehearsal.of([REHEARSAL["last_chance"]]))

        new = await fewer.begin(actor=ANA)

        assert new.order == ("last_chance",)
        assert not memory.state.runs[run.id].is_open


class TestPress:
    async def test_a_second_press_is_judged_no_second_time(self, rehearsals):
        run = await rehearsals.begin(actor=ANA)
        first = await answer(rehearsals, run)

        again = await answer(rehearsals, run, route="non_technical")

        assert again == first
        assert len(again.answered) == 1

    async def test_two_presses_at_once_are_one(self, rehearsals, memory):
        run = await rehearsals.begin(actor=ANA)

        await asyncio.gather(*(answer(rehearsals, run) for _ in range(2)))

        assert len(memory.state.runs[run.id].answered) == 1

    async def test_a_press_on_an_older_card_gives_the_present_state(self, rehearsals):
        run = await rehearsals.begin(actor=ANA)
        explained = await answer(rehearsals, run)
        asked = await go_on(rehearsals, explained)

        assert await go_on(rehearsals, explained) == asked
        assert await end(rehearsals, explained) == asked

    async def test_an_incomplete_answer_changes_nothing(self, rehearsals):
        run = await rehearsals.begin(actor=ANA)

        with pytest.raises(InvalidAnswers):
            await answer(rehearsals, run, next_action="")

        assert await rehearsals.get(actor=ANA, run_id=run.id) == run

    async def test_a_forged_step_changes_nothing(self, rehearsals):
        run = await rehearsals.begin(actor=ANA)

        assert await go_on(rehearsals, run) == run
        explained = await answer(rehearsals, run)
        assert await answer(rehearsals, explained) == explained
        ended = await end(rehearsals, explained)
        assert await end(rehearsals, ended) == ended

    async def test_another_s_run_is_not_found_and_the_try_is_written_down(self, rehearsals, memory):
        run = await rehearsals.begin(actor=ANA)

        with pytest.raises(RehearsalNotFound):
            await end(rehearsals, run, actor=BIA)

        assert memory.state.runs[run.id].is_open
        [refusal] = memory.refusals
        assert (refusal.by, refusal.action) == (BIA.ref, "rehearsal")

    async def test_a_run_that_never_was_is_not_found(self, rehearsals):
        with pytest.raises(RehearsalNotFound):
            await rehearsals.go_on(actor=ANA, run_id="nobody-s", version=1)

    async def test_a_press_on_a_run_through_dialogues_that_are_gone_ends_it(
        self, memory, clock, rehearsals
    ):
        run = await rehearsals.begin(actor=ANA)
        fewer = service(memory, clock, Rehearsal.of([REHEARSAL["last_chance"]]))

        ended = await answer(fewer, run)

        assert ended.step is RunStep.ENDED
        assert await answer(fewer, ended) == ended


class TestBest:
    async def test_the_best_run_before_is_found(self, rehearsals, clock):
        scores = []
        for changes in ({"route": "non_technical"}, {}, {"next_action": "x"}):
            run = await rehearsals.begin(actor=ANA)
            if "next_action" not in changes:
                run = await answer(rehearsals, run, **changes)
            scores.append(await end(rehearsals, run))
            clock.advance(hours=1)

        best = await rehearsals.best_before(scores[-1])

        assert best == scores[1]
        assert best.tally == Tally(3, 3)

    async def test_nobody_is_compared_with_another(self, rehearsals):
        await end(rehearsals, await answer(rehearsals, await rehearsals.begin(actor=ANA)))

        run = await end(rehearsals, await rehearsals.begin(actor=BIA), actor=BIA)

        assert await rehearsals.best_before(run) is None
