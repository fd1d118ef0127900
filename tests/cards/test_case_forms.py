"""Forms on a case: what was typed comes back; no client blocks what the server permits."""

import pytest

from cards.case_forms import note_card, reclassify_card
from cards.closing_forms import documents_card, result_card
from cards.documents_part import documents_named
from cards.errors import OUTDATED_FORM
from cards.treatment_forms import answer_card, plan_card
from retention.domain.errors import Problem
from retention.domain.events import DocumentState
from tests.cards.gallery import (
    ANA,
    BRUNO,
    CANTINA,
    HOSTILE_WORDS,
    NOW,
    OPEN,
    PAPERS,
    a_case,
    actor,
    claimed,
    minutes,
)
from tests.cards.teams_rules import all_text, inputs, shown_actions
from tests.cards.workbench import NEXT_STEPS, PLAN, treated, with_papers


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
            "Próximos passos informados ao cliente",
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
        assert required(answer()) == ["answer", "told"]

    def test_keeps_what_was_typed(self):
        typed = {
            "answer": "reverted",
            "told": "Ligamos amanhã",
            "confirmed_by": "Seu Marcos",
            "confirmed_date": "2026-11-30",
            "confirmed_time": "",
            "confirmed_channel": "phone",
            "customer_said": HOSTILE_WORDS[:600],
        }

        assert values(answer(typed=typed)) == typed

    def test_what_the_plan_says_was_told_is_preset(self):
        assert values(answer_card(treated(), now=NOW))["told"] == NEXT_STEPS


class TestPlan:
    TEAM = (ANA.ref, BRUNO.ref)

    def test_is_preset_to_the_author_and_today(self):
        card = plan_card(a_case(CANTINA, OPEN), self.TEAM, now=NOW, day=NOW.date())

        assert values(card)["plan_who"] == ANA.id
        assert values(card)["plan_due"] == "2026-11-24"

    def test_the_day_is_marked_as_needed(self):
        card = plan_card(a_case(CANTINA, OPEN), self.TEAM, now=NOW, day=NOW.date())

        assert required(card) == ["plan_what", "plan_who", "plan_due"]

    def test_is_preset_to_the_plan_there_is(self):
        card = plan_card(treated(), self.TEAM, now=NOW, day=NOW.date())

        assert values(card) == {
            "plan_what": PLAN.what,
            "plan_who": BRUNO.id,
            "plan_due": "2026-11-25",
            "told": NEXT_STEPS,
        }

    def test_keeps_what_was_typed(self):
        typed = {
            "plan_what": HOSTILE_WORDS[:600],
            "plan_who": BRUNO.id,
            "plan_due": "2026-11-20",
            "told": "",
        }

        assert (
            values(plan_card(treated(), self.TEAM, now=NOW, day=NOW.date(), typed=typed)) == typed
        )


class TestReclassify:
    def test_is_preset_to_what_the_case_is_now(self):
        card = reclassify_card(a_case())

        assert values(card) == {
            "path": "technical_blocked",
            "reason": "recurring_issue",
            "why": "",
        }

    def test_says_what_the_case_is_now_whatever_is_typed(self):
        card = reclassify_card(a_case(), typed={"path": "non_technical"}, notice=OUTDATED_FORM)

        assert "Agora: Técnico sem abertura · falha não resolvida na raiz" in all_text(card)
        assert all_text(card).startswith("ℹ️ O caso mudou enquanto você escrevia")
        assert values(card)["path"] == "non_technical"

    def test_keeps_what_was_typed(self):
        typed = {"path": "non_technical", "reason": "other", "reason_text": "x", "why": "y"}

        assert values(reclassify_card(a_case(), typed=typed)) == typed


class TestDocuments:
    def test_asks_only_for_what_has_not_happened(self):
        card = documents_card(with_papers(), PAPERS, may_validate=True)

        asked = {
            name: [choice["title"] for choice in field["choices"]]
            for name, field in inputs(card).items()
        }
        assert asked == {
            "doc_requested": [PAPERS[2]],
            "doc_received": list(PAPERS[1:]),
            "doc_validated": list(PAPERS[1:]),
        }

    def test_what_has_come_in_is_not_asked_for(self):
        case = with_papers()
        case.mark_documents(
            by=actor(ANA), at=minutes(20), documents=PAPERS[2:], state=DocumentState.RECEIVED
        )

        asked = inputs(documents_card(case, PAPERS, may_validate=True))

        assert "doc_requested" not in asked
        assert [each["title"] for each in asked["doc_validated"]["choices"]] == list(PAPERS[1:])

    def test_who_checks_none_is_not_asked_to(self):
        card = documents_card(with_papers(), PAPERS, may_validate=False)

        assert "doc_validated" not in inputs(card)


class TestResult:
    def test_the_declared_reason_is_preselected_and_told(self):
        card = result_card(claimed())

        assert values(card)["real_reason"] == "recurring_issue"
        assert "Motivo dito: falha não resolvida na raiz." in all_text(card)

    def test_not_getting_through_is_no_way_of_its_own(self):
        ways = [c["title"] for c in inputs(result_card(claimed()))["feedback_channel"]["choices"]]

        assert ways == ["Telefone", "Chat", "WhatsApp", "E-mail"]

    def test_what_to_mend_stands_below_its_field(self):
        body = result_card(claimed(), problems={"lesson": Problem.MISSING})["body"]

        at = next(place for place, each in enumerate(body) if each.get("id") == "lesson")
        assert body[at + 1]["id"] == "error-lesson"

    def test_no_request_after_all_needs_no_feedback(self):
        assert required(result_card(claimed())) == ["outcome", "real_reason"]

    def test_the_exception_is_offered_once_something_is_missing(self):
        problems = {"lesson": Problem.MISSING}

        assert "override" not in inputs(result_card(claimed()))
        assert "override" in inputs(result_card(claimed(), problems=problems))
        assert "override" in inputs(result_card(claimed(), by_exception=True))

    def test_missing_papers_can_be_validated_on_the_spot(self):
        card = result_card(claimed(), missing=PAPERS[:1], typed={"doc_validated": "x"})

        [choice] = inputs(card)["doc_validated"]["choices"]
        assert documents_named(choice["value"], PAPERS) == PAPERS[:1]

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
    "card",
    [
        note_card(a_case(), "k"),
        answer(),
        result_card(claimed()),
        plan_card(treated(), (ANA.ref,), now=NOW, day=NOW.date()),
        reclassify_card(a_case()),
        documents_card(with_papers(), PAPERS, may_validate=True),
    ],
    ids=lambda _: "",
)
def test_the_way_back_is_never_blocked_by_an_empty_field(card):
    back = shown_actions(card)[-1]

    assert back["title"] == "Voltar"
    assert back["verb"] == "case.view"
    assert back["associatedInputs"] == "none"
