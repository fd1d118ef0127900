"""The rehearsal: what is right, how a run goes on, and its score."""

from dataclasses import replace

import pytest

from config.rehearsal import load_rehearsal
from retention.domain.cancellation import Opening
from retention.domain.errors import InvalidAnswers, Problem
from retention.domain.rehearsal import Question, Rehearsal, Route, Run, RunStep, Tally
from tests.samples import ANA, MONDAY

REHEARSAL = load_rehearsal()
CHANCE = REHEARSAL["last_chance"]
PRICE = REHEARSAL["new_price"]
ALL_RIGHT = {str(question): CHANCE.right_answer(question) for question in CHANCE.questions}


def a_run(*order):
    return Run("r1", ANA.id, order or REHEARSAL.order("r1"), MONDAY)


def right(dialogue, **changes):
    given = {str(question): dialogue.right_answer(question) for question in dialogue.questions}
    return dialogue.judge(given | changes)


class TestJudge:
    def test_what_is_right_is_found_question_by_question(self):
        given = ALL_RIGHT | {Question.OPENING: Opening.BLOCKED}

        answered = CHANCE.judge(given)

        assert answered.right == {Question.ROUTE, Question.ACTION}
        assert answered.chosen == given

    def test_a_dialogue_asks_for_the_opening_or_for_the_reason(self):
        assert CHANCE.questions == (Question.ROUTE, Question.OPENING, Question.ACTION)
        assert PRICE.questions == (Question.ROUTE, Question.REASON, Question.ACTION)

    def test_what_is_missing_is_told_all_at_once(self):
        with pytest.raises(InvalidAnswers) as refused:
            CHANCE.judge({"route": Route.TECHNICAL_OPEN, "opening": ""})

        assert refused.value.problems == {
            "opening": Problem.MISSING,
            "next_action": Problem.MISSING,
        }

    @pytest.mark.parametrize(
        ("question", "choice"),
        [("route", "nowhere"), ("opening", "unclear"), ("next_action", "pay")],
    )
    def test_what_was_not_on_offer_is_no_answer(self, question, choice):
        with pytest.raises(InvalidAnswers) as refused:
            right(CHANCE, **{question: choice})

        assert refused.value.problems == {question: Problem.NOT_A_CHOICE}

    def test_the_right_action_is_not_always_the_first(self):
        places = {
            list(dialogue.actions.values()).index(dialogue.right)
            for dialogue in REHEARSAL.dialogues.values()
        }

        assert len(places) > 1


class TestRun:
    def test_an_answer_is_explained_before_the_next_dialogue(self):
        run = a_run()
        first, second = run.order[:2]

        run.answer(right(REHEARSAL[first]))
        explained = (run.step, run.at, run.place)
        run.go_on(at=MONDAY)

        assert explained == (RunStep.FEEDBACK, first, 1)
        assert (run.step, run.at, run.place) == (RunStep.QUESTION, second, 2)

    def test_after_the_last_dialogue_it_ends(self):
        run = a_run("last_chance")
        run.answer(right(CHANCE))

        run.go_on(at=MONDAY)

        assert (run.step, run.ended_at, run.is_complete) == (RunStep.ENDED, MONDAY, True)

    def test_each_step_is_a_version(self):
        run = a_run()

        run.answer(right(REHEARSAL[run.at]))
        run.go_on(at=MONDAY)
        run.end(at=MONDAY)

        assert run.version == 4

    def test_it_is_scored_in_all_and_by_subject(self):
        run = a_run("last_chance", "new_price")
        run.answer(right(CHANCE, opening=Opening.BLOCKED))
        run.go_on(at=MONDAY)
        run.answer(right(PRICE, route=Route.TECHNICAL_OPEN))

        assert run.tally == Tally(4, 6)
        assert {question: run.tally_of(question) for question in Question} == {
            Question.ROUTE: Tally(1, 2),
            Question.REASON: Tally(1, 1),
            Question.OPENING: Tally(0, 1),
            Question.ACTION: Tally(2, 2),
        }


class TestRehearsal:
    def test_the_documented_dialogues_come_first_each_part_in_an_order_of_the_run(self):
        orders = {REHEARSAL.order(f"r{number}") for number in range(10)}

        assert len(orders) > 1
        for order in orders:
            documented = [REHEARSAL[name].is_documented for name in order]
            assert sorted(order) == sorted(REHEARSAL.dialogues)
            assert documented == sorted(documented, reverse=True)

    def test_the_rules_behind_what_was_not_right_are_listed_once(self):
        run = a_run("new_price", "last_chance", "sold_to_family")
        run.answer(right(PRICE, reason="competitor"))
        run.answer(right(CHANCE))
        run.answer(right(REHEARSAL["sold_to_family"], route=Route.TECHNICAL_OPEN))

        assert REHEARSAL.rules_to_reread(run) == [PRICE.rule]

    def test_a_run_of_other_dialogues_is_not_held(self):
        fewer = Rehearsal.of([CHANCE, replace(PRICE, name="renamed")])

        assert REHEARSAL.holds(a_run())
        assert not fewer.holds(a_run())
