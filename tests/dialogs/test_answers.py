"""What typed text means: facts, answers and outcomes, with every problem found at once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dialogs.case_answers import read_answer, read_note, read_outcome
from dialogs.intake_answers import IntakeRules, read_facts, with_tax_id_masked
from retention.domain.cancellation import CancellationReason, Mood, OriginChannel
from retention.domain.errors import InvalidAnswers, Problem
from retention.domain.events import FeedbackChannel, OutcomeKind

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

    def test_nothing_else_is_asked_before_the_answer_itself(self):
        assert problems_of(read_answer, {}, now=NOW) == {"answer": Problem.MISSING}

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
        answer = read_answer({"answer": "not_reverted", "customer_said": " chega "}, now=NOW)

        assert (answer.reversal, answer.customer_said) == (None, "chega")


class TestOutcome:
    def test_kept_needs_feedback_and_lesson(self):
        found = problems_of(read_outcome, {"outcome": "retained", "real_reason": "price"})

        assert set(found) == {"feedback_channel", "feedback_result", "lesson"}

    def test_no_contact_needs_no_result(self):
        outcome = read_outcome(KEPT | {"feedback_channel": "no_contact", "feedback_result": ""})

        assert outcome.feedback_channel is FeedbackChannel.NO_CONTACT

    def test_void_needs_neither(self):
        outcome = read_outcome({"outcome": "void", "real_reason": "price"})

        assert outcome.kind is OutcomeKind.VOID
        assert outcome.feedback_channel is None

    def test_other_needs_its_text(self):
        found = problems_of(read_outcome, KEPT | {"real_reason": "other"})

        assert found == {"real_reason_text": Problem.MISSING}
        assert read_outcome(KEPT).real_reason is CancellationReason.PRICE


def test_a_note_needs_words():
    assert problems_of(read_note, {"note": " "}) == {"note": Problem.MISSING}
