"""A question of whoever has a case: asked, answered, withdrawn."""

from datetime import timedelta
from typing import Any

import pytest

from retention.domain.case_marks import Marks
from retention.domain.desk_events import InfoAnswered, InfoAsked, InfoWithdrawn
from retention.domain.errors import (
    AlreadyDone,
    AnsweredOtherwise,
    IllegalTransition,
    NotAllowed,
    OutdatedForm,
)
from retention.domain.events import CaseStatus
from retention.domain.people import Person
from tests.domain.test_ownership import INES
from tests.samples import ANA, BIA, FERNANDA, GUSTAVO, LOST, MONDAY, RENATO, case

UNTIL = MONDAY + timedelta(hours=4)
ASKED: dict[str, Any] = {"person": ANA.ref, "what": "A multa foi cobrada?", "until": UNTIL}


@pytest.fixture
def claimed():
    found = case()
    found.claim(by=FERNANDA, at=MONDAY)
    return found


@pytest.fixture
def asked(claimed):
    claimed.ask(by=FERNANDA, at=MONDAY, **ASKED)
    return claimed


def kinds(found):
    return [type(event) for event in found.history if type(event).__name__.startswith("Info")]


class TestAsk:
    def test_the_case_waits_for_the_answer(self, asked):
        assert asked.status is CaseStatus.AWAITING_INFO
        assert asked.question.person == ANA.ref
        assert asked.holder == FERNANDA.ref
        assert Marks.of(asked.history).answer_due_at == UNTIL

    def test_an_analyst_who_has_the_case_may(self):
        found = case()
        found.assign(by=FERNANDA, at=MONDAY, to=Person(INES.id, INES.name, INES.roles))

        found.ask(by=INES, at=MONDAY, **ASKED)

        assert found.question is not None
        assert found.question.by == INES.ref

    @pytest.mark.parametrize("who", [ANA, RENATO, INES])
    def test_nobody_may_who_neither_has_it_nor_leads(self, claimed, who):
        with pytest.raises(NotAllowed):
            claimed.ask(by=who, at=MONDAY, **ASKED)

    def test_the_same_again_changes_nothing(self, asked):
        asked.ask(by=FERNANDA, at=UNTIL, **ASKED)

        assert kinds(asked) == [InfoAsked]

    def test_the_same_form_after_its_answer_asks_nothing(self, asked):
        seen = asked.question.version - 1
        asked.answer_question(by=ANA, at=MONDAY, text="Sim")

        asked.ask(by=FERNANDA, at=MONDAY, **ASKED, seen=seen)

        assert kinds(asked) == [InfoAsked, InfoAnswered]

    def test_the_same_words_on_a_new_form_ask_anew(self, asked):
        asked.answer_question(by=ANA, at=MONDAY, text="Sim")

        asked.ask(by=FERNANDA, at=MONDAY, **ASKED, seen=asked.version)

        assert kinds(asked) == [InfoAsked, InfoAnswered, InfoAsked]

    def test_of_two_at_once_the_second_is_told_who_did_it(self, asked):
        with pytest.raises(AlreadyDone):
            asked.ask(by=GUSTAVO, at=MONDAY, **ASKED)

    def test_another_question_waits_for_the_first(self, asked):
        with pytest.raises(AnsweredOtherwise):
            asked.ask(by=FERNANDA, at=MONDAY, **{**ASKED, "what": "E o distrato?"})

    def test_a_case_without_owner_asks_nobody(self):
        with pytest.raises(IllegalTransition):
            case().ask(by=FERNANDA, at=MONDAY, **ASKED)


class TestAnswer:
    @pytest.mark.parametrize("who", [ANA, BIA, FERNANDA])
    def test_whoever_knows_may_answer_and_the_case_goes_on(self, asked, who):
        asked.answer_question(by=who, at=MONDAY, text="Sim, em outubro")

        answer = asked.last(InfoAnswered)
        assert asked.status is CaseStatus.WITH_ADMFIN
        assert asked.question is None
        assert (answer.by, answer.asker) == (who.ref, FERNANDA.ref)
        assert Marks.of(asked.history).answer_due_at is None

    def test_the_same_again_changes_nothing(self, asked):
        seen = asked.version
        for _ in range(2):
            asked.answer_question(by=ANA, at=MONDAY, text="Sim", seen=seen)

        assert kinds(asked) == [InfoAsked, InfoAnswered]

    def test_the_second_answer_is_told_who_was_faster(self, asked):
        asked.answer_question(by=ANA, at=MONDAY, text="Sim")

        with pytest.raises(AlreadyDone) as refusal:
            asked.answer_question(by=BIA, at=MONDAY, text="Não")

        assert refusal.value.by == ANA.ref

    def test_a_form_of_an_earlier_question_answers_no_later_one(self, asked):
        seen = asked.version
        asked.withdraw_question(by=FERNANDA, at=MONDAY)
        asked.ask(by=FERNANDA, at=MONDAY, **{**ASKED, "what": "E o distrato?"})

        with pytest.raises(OutdatedForm):
            asked.answer_question(by=ANA, at=MONDAY, text="Sim", seen=seen)

    def test_nothing_asked_is_nothing_to_answer(self, claimed):
        with pytest.raises(IllegalTransition):
            claimed.answer_question(by=ANA, at=MONDAY, text="Sim")

    def test_a_question_that_ended_with_the_case_is_none(self, asked):
        asked.record_outcome(by=FERNANDA, at=MONDAY, outcome=LOST)

        with pytest.raises(IllegalTransition):
            asked.answer_question(by=ANA, at=MONDAY, text="Sim")


class TestWithdraw:
    @pytest.mark.parametrize("who", [FERNANDA, GUSTAVO])
    def test_the_case_goes_on_without_the_answer(self, asked, who):
        asked.withdraw_question(by=who, at=MONDAY)

        assert asked.status is CaseStatus.WITH_ADMFIN
        assert asked.last(InfoWithdrawn).person == ANA.ref

    @pytest.mark.parametrize("who", [ANA, RENATO])
    def test_who_was_asked_does_not_withdraw_it(self, asked, who):
        with pytest.raises(NotAllowed):
            asked.withdraw_question(by=who, at=MONDAY)

    def test_the_same_person_again_changes_nothing(self, asked):
        for _ in range(2):
            asked.withdraw_question(by=FERNANDA, at=MONDAY)

        assert kinds(asked) == [InfoAsked, InfoWithdrawn]

    def test_an_answer_meanwhile_was_faster(self, asked):
        asked.answer_question(by=ANA, at=MONDAY, text="Sim")

        with pytest.raises(AlreadyDone):
            asked.withdraw_question(by=FERNANDA, at=MONDAY)

    def test_nothing_asked_is_nothing_to_withdraw(self, claimed):
        with pytest.raises(IllegalTransition):
            claimed.withdraw_question(by=FERNANDA, at=MONDAY)
