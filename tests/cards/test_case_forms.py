"""Forms on a case: what was typed comes back; no client blocks what the server permits."""

import pytest

from cards.case_forms import answer_card, note_card, result_card
from retention.domain.errors import Problem
from tests.cards.gallery import CANTINA, HOSTILE_WORDS, NOW, OPEN, a_case, claimed
from tests.cards.teams_rules import all_text, inputs, shown_actions


def values(card):
    return {name: field.get("value", "") for name, field in inputs(card).items()}


def required(card):
    return [name for name, field in inputs(card).items() if field.get("isRequired")]


def answer(**more):
    return answer_card(a_case(CANTINA, OPEN), now=NOW, **more)


class TestNote:
    def test_carries_the_key_that_makes_a_repeat_harmless(self):
        save = shown_actions(note_card(a_case(), "k-1"))[0]

        assert save["data"] == {"case": "RET-0042", "v": 1, "k": "k-1"}

    def test_keeps_what_was_typed(self):
        problems = {"note": Problem.TOO_LONG}

        card = note_card(a_case(), "k-1", typed={"note": HOSTILE_WORDS}, problems=problems)

        assert values(card) == {"note": HOSTILE_WORDS}
        assert "⚠️ Ficou longo demais. Deixe só o principal." in all_text(card)


class TestAnswer:
    def test_asks_by_the_promised_labels(self):
        labels = [field["label"] for field in inputs(answer()).values()]

        assert labels == [
            "Resposta do cliente",
            "Quem confirmou",
            "Quando",
            "Hora",
            "Por onde",
            "O que o cliente disse",
        ]
        choices = inputs(answer())["answer"]["choices"]
        assert [choice["title"] for choice in choices] == ["Revertido", "Não revertido"]

    def test_the_moment_is_preset_to_now_in_sao_paulo(self):
        assert values(answer())["confirmed_date"] == "2026-11-24"
        assert values(answer())["confirmed_time"] == "14:02"

    def test_not_reverted_needs_no_evidence(self):
        assert required(answer()) == ["answer"]

    def test_keeps_what_was_typed(self):
        typed = {
            "answer": "reverted",
            "confirmed_by": "Seu Marcos",
            "confirmed_date": "2026-11-30",
            "confirmed_time": "",
            "confirmed_channel": "phone",
            "customer_said": HOSTILE_WORDS[:600],
        }

        assert values(answer(typed=typed)) == typed


class TestResult:
    def test_the_declared_reason_is_preselected_and_told(self):
        card = result_card(claimed())

        assert values(card)["real_reason"] == "recurring_issue"
        assert "Motivo dito: falha não resolvida na raiz." in all_text(card)

    def test_no_request_after_all_needs_no_feedback(self):
        assert required(result_card(claimed())) == ["outcome", "real_reason"]

    def test_keeps_what_was_typed(self):
        typed = {
            "outcome": "lost",
            "real_reason": "other",
            "real_reason_text": "Mudou de ramo",
            "feedback_channel": "email",
            "feedback_result": "não respondeu",
            "lesson": HOSTILE_WORDS[:600],
        }

        assert values(result_card(claimed(), typed=typed)) == typed


@pytest.mark.parametrize(
    "card", [note_card(a_case(), "k"), answer(), result_card(claimed())], ids=lambda _: ""
)
def test_the_way_back_is_never_blocked_by_an_empty_field(card):
    back = shown_actions(card)[-1]

    assert back["title"] == "Voltar"
    assert back["verb"] == "case.view"
    assert back["associatedInputs"] == "none"
