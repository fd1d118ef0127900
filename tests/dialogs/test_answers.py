"""What typed text means: facts, answers and outcomes, with every problem found at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from dialogs.case_answers import (
    read_answer,
    read_correction,
    read_note,
    read_outcome,
    read_plan,
)
from dialogs.intake_answers import IntakeRules, read_facts, with_tax_id_masked
from retention.domain.cancellation import Mood, OriginChannel
from retention.domain.errors import InvalidAnswers, Problem
from retention.domain.events import FeedbackChannel, OutcomeKind
from retention.domain.people import PersonId, PersonRef
from retention.domain.treatment import Plan

RULES = IntakeRules(case_number_pattern=r"^\d{8}$")
NOW = datetime(2026, 11, 24, 17, 2, tzinfo=UTC)
FACTS = {
    "crm_case": " 00012345 ",
    "customer": "  Padaria   Sol ",
    "channel": "phone",
    "verbatim": "  Cansei.  Quero *sair*. ",
    "mood": "angry",
}
REVERTED = {
    "answer": "reverted",
    "told": " Ligamos amanhã ",
    "confirmed_by": "Dona Célia",
    "confirmed_date": "2026-11-24",
    "confirmed_time": "13:50",
    "confirmed_channel": "phone",
}
KEPT = {
    "outcome": "retained",
    "real_reason": "price",
    "feedback_channel": "phone",
    "feedback_result": "gostou",
    "lesson": "ligar antes",
}


def problems_of(read, *arguments, **named):
    with pytest.raises(InvalidAnswers) as invalid:
        read(*arguments, **named)
    return invalid.value.problems


class TestFacts:
    def test_the_words_stay_unedited_and_the_rest_is_tidied(self):
        facts = read_facts(FACTS | {"monthly_value": "R$ 349,90/mês"}, RULES)

        assert facts.verbatim == FACTS["verbatim"]
        assert (facts.customer, facts.crm_case_number) == ("Padaria Sol", "00012345")
        assert (facts.channel, facts.mood) == (OriginChannel.PHONE, Mood.ANGRY)
        assert facts.monthly_value == Decimal("349.90")

    def test_every_problem_is_found_at_once(self):
        found = problems_of(read_facts, {"channel": "smoke", "tax_id": "1"}, RULES)

        assert found == {
            "crm_case": Problem.MISSING,
            "customer": Problem.MISSING,
            "channel": Problem.NOT_A_CHOICE,
            "verbatim": Problem.MISSING,
            "mood": Problem.MISSING,
            "tax_id": Problem.TAX_ID_SHAPE,
        }

    @pytest.mark.parametrize("blank", ["", "  \n", "\u200b", "\u2060 \ufeff"])
    def test_what_nobody_sees_is_missing(self, blank):
        found = problems_of(read_facts, FACTS | {"verbatim": blank}, RULES)

        assert found == {"verbatim": Problem.MISSING}

    def test_too_long_is_said_and_not_cut(self):
        found = problems_of(read_facts, FACTS | {"verbatim": "a" * 2001}, RULES)

        assert found == {"verbatim": Problem.TOO_LONG}

    def test_digits_of_other_scripts_are_no_case_number(self):
        found = problems_of(read_facts, FACTS | {"crm_case": "٠٠٠١٢٣٤٥"}, RULES)

        assert found == {"crm_case": Problem.CASE_NUMBER}

    def test_a_masked_tax_id_is_read_again_as_it_is(self):
        masked = with_tax_id_masked(FACTS | {"tax_id": "12.345.678/0001-95"})

        assert read_facts(masked, RULES).tax_id == "12.***.***/****-95"

    def test_a_wrong_tax_id_stays_to_be_mended(self):
        assert with_tax_id_masked({"tax_id": "12.345"}) == {"tax_id": "12.345"}


class TestAnswer:
    def test_the_evidence_is_read_in_sao_paulo_time(self):
        answer = read_answer(REVERTED, now=NOW)

        assert answer.reversal is not None
        assert answer.reversal.confirmed_at == datetime(2026, 11, 24, 16, 50, tzinfo=UTC)

    def test_the_evidence_is_not_asked_before_the_answer_itself(self):
        found = problems_of(read_answer, {}, now=NOW)

        assert found == {"answer": Problem.MISSING, "told": Problem.MISSING}

    @pytest.mark.parametrize("answer", ["reverted", "not_reverted"])
    def test_no_answer_goes_without_the_next_steps_told_to_the_customer(self, answer):
        found = problems_of(read_answer, REVERTED | {"answer": answer, "told": " "}, now=NOW)

        assert found == {"told": Problem.MISSING}

    @pytest.mark.parametrize(
        ("wrong", "problem"),
        [
            ({"confirmed_by": " "}, {"confirmed_by": Problem.MISSING}),
            ({"confirmed_date": ""}, {"confirmed_date": Problem.MISSING}),
            ({"confirmed_time": ""}, {"confirmed_time": Problem.MISSING}),
            ({"confirmed_date": "24/11/2026"}, {"confirmed_date": Problem.DATE}),
            ({"confirmed_time": "14:03"}, {"confirmed_date": Problem.IN_THE_FUTURE}),
            ({"confirmed_channel": ""}, {"confirmed_channel": Problem.MISSING}),
        ],
    )
    def test_reverted_needs_who_when_and_by_which_way(self, wrong, problem):
        assert problems_of(read_answer, REVERTED | wrong, now=NOW) == problem

    def test_not_reverted_needs_no_evidence(self):
        typed = {"answer": "not_reverted", "told": "Ligamos amanhã", "customer_said": " chega "}

        answer = read_answer(typed, now=NOW)

        assert (answer.reversal, answer.customer_said) == (None, "chega")
        assert answer.told == "Ligamos amanhã"


class TestOutcome:
    """What is missing, the close gate says: reading only refuses what cannot be taken."""

    def test_what_was_typed_is_read_as_it_is(self):
        outcome, override = read_outcome(KEPT | {"override": " está de férias "})

        assert outcome.kind is OutcomeKind.RETAINED
        assert outcome.feedback_channel is FeedbackChannel.PHONE
        assert (outcome.lesson, override) == ("ligar antes", "está de férias")

    def test_what_was_left_out_is_left_to_the_gate(self):
        outcome, override = read_outcome({})

        assert (outcome.kind, outcome.real_reason, override) == (None, None, "")

    def test_what_no_card_offers_and_what_is_too_long_is_refused(self):
        found = problems_of(read_outcome, KEPT | {"outcome": "won", "lesson": "a" * 601})

        assert found == {"outcome": Problem.NOT_A_CHOICE, "lesson": Problem.TOO_LONG}

    def test_only_other_keeps_a_text(self):
        assert read_outcome(KEPT | {"real_reason_text": "x"})[0].real_reason_text == ""


class TestPlan:
    PLAN = {"plan_what": " Trocar o cabo ", "plan_who": "a2", "plan_due": "2026-11-24"}
    TEAM = (PersonRef(PersonId("a1"), "Ana Souza"), PersonRef(PersonId("a2"), "Bruno Carvalho"))

    def test_what_who_and_by_when(self):
        plan = read_plan(self.PLAN, self.TEAM, now=NOW)

        assert plan == Plan("Trocar o cabo", self.TEAM[1], date(2026, 11, 24))

    @pytest.mark.parametrize(
        ("wrong", "problem"),
        [
            ({"plan_what": ""}, {"plan_what": Problem.MISSING}),
            ({"plan_who": ""}, {"plan_who": Problem.MISSING}),
            ({"plan_who": "b1"}, {"plan_who": Problem.NOT_A_CHOICE}),
            ({"plan_due": ""}, {"plan_due": Problem.MISSING}),
            ({"plan_due": "amanhã"}, {"plan_due": Problem.DATE}),
            ({"plan_due": "2026-11-23"}, {"plan_due": Problem.IN_THE_PAST}),
        ],
    )
    def test_each_is_needed_and_nothing_was_due_before_today(self, wrong, problem):
        assert problems_of(read_plan, self.PLAN | wrong, self.TEAM, now=NOW) == problem

    def test_today_is_a_day_of_sao_paulo(self):
        late = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)

        assert read_plan(self.PLAN, self.TEAM, now=late).due == date(2026, 11, 24)


class TestCorrection:
    def test_path_reason_and_why_are_needed(self):
        found = problems_of(read_correction, {})

        assert set(found) == {"path", "reason", "why"}

    def test_other_needs_its_text(self):
        typed = {"path": "non_technical", "reason": "other", "why": "ele contou"}

        assert problems_of(read_correction, typed) == {"reason_text": Problem.MISSING}


def test_a_note_needs_words():
    assert problems_of(read_note, {"note": " "}) == {"note": Problem.MISSING}
