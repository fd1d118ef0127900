"""The card of path 1, of documents, of a move by words, of an exception, of a first case."""

from dataclasses import replace

import pytest

from cards.case_card import case_card
from config.playbooks import load_playbooks
from retention.domain.cancellation import CancellationReason
from retention.domain.case import Case, CaseNumber
from retention.domain.events import OutcomeKind
from tests.cards.gallery import (
    ANA,
    BLOCKED,
    BRUNO,
    CALLED,
    CANTINA,
    FERNANDA,
    NOW,
    OPEN,
    PADARIA,
    PAPERS,
    a_case,
    actor,
    claimed,
    ended,
    minutes,
)
from tests.cards.teams_rules import all_text, inputs, shown_actions, titles, walk
from tests.cards.test_case_card import band
from tests.cards.workbench import (
    NEXT_STEPS,
    PLAN,
    by_exception,
    first_case,
    moved_by_words,
    treated,
    with_papers,
)

COMPETITOR = replace(load_playbooks()[CancellationReason.COMPETITOR], documents=PAPERS)


def shown(case, now=NOW, playbook=None):
    return case_card(case, called=CALLED, now=now, playbook=playbook)


def secondary(card):
    return [a["title"] for a in shown_actions(card) if a.get("mode") == "secondary"]


class TestTreatment:
    def test_the_plan_comes_first_and_then_the_answer(self):
        assert titles(shown(a_case(CANTINA, OPEN)))[0] == "Montar plano"
        assert titles(shown(treated()))[0] == "Registrar resposta"
        assert "Mudar plano" in secondary(shown(treated()))

    def test_a_pending_call_offers_to_answer_and_not_to_call_again(self):
        card = shown(treated())

        assert "Atendo o chamado" in titles(card)
        assert "Acionar N2" in titles(card)
        assert "Acionar líder RC" not in titles(card)

    def test_an_rc_lead_who_has_the_case_is_not_to_be_called_to_it(self):
        case = a_case(CANTINA, OPEN)
        case.take_treatment(by=actor(BRUNO), at=minutes(5))

        offered = titles(shown(case))

        assert "Acionar líder RC" not in offered
        assert "Acionar N2" in offered

    def test_calls_say_who_was_called_and_who_is_coming(self):
        words = all_text(band(shown(treated()), "calls"))

        assert "🙋 Bruno Carvalho · atende desde 14:22" in words
        assert "📣 Bruno Carvalho (líder do RC) · chamado por Ana, 14:32" in words

    def test_whoever_was_called_is_asked_first(self):
        words = all_text(band(shown(treated()), "next"))

        assert words.startswith("👉 Agora faça\n**Bruno**, Ana está chamando.")
        assert "**Bruno** segue o plano até **qua, 25/11**. **Ana**, registre aqui" in words

    def test_whoever_follows_a_plan_of_their_own_is_told_to(self):
        case = a_case(CANTINA, OPEN)
        case.make_plan(by=actor(ANA), at=minutes(5), plan=replace(PLAN, who=ANA.ref))

        words = all_text(band(shown(case), "next"))

        assert words == (
            "👉 Agora faça\n**Ana**, siga o plano até **qua, 25/11** e registre aqui o que o "
            "cliente decidir."
        )

    def test_next_steps_that_the_customer_was_not_told_come_first(self):
        case = a_case(CANTINA, OPEN)
        untold = replace(PLAN, who=ANA.ref, told="")
        case.make_plan(by=actor(ANA), at=minutes(5), plan=untold)

        words = all_text(band(shown(case), "next"))

        assert "**Ana**, conte ao cliente os próximos passos, siga o plano" in words

    def test_a_saved_step_becomes_a_line_and_leaves_the_choice(self):
        card = shown(treated())

        assert "☑️ Passos do RC · 3 de 4" in all_text(card)
        assert "✅ Ouvir com empatia · Ana, 14:05" in all_text(card)
        assert [c["value"] for c in inputs(card)["rc_steps"]["choices"]] == ["act"]

    def test_the_plan_says_what_who_by_when_and_what_the_customer_was_told(self):
        words = all_text(band(shown(treated()), "plan"))

        assert "Refazer a integração do iFood" in words
        assert "Quem: Bruno Carvalho · até: qua, 25/11" in words
        assert f"Combinado com o cliente: “{NEXT_STEPS}” (Ana, 14:30)" in words

    def test_what_is_known_folds_behind_one_button(self):
        playbook = load_playbooks()[CancellationReason.INTEGRATION_FISCAL]
        for guided in (None, playbook):
            card = shown(treated(), playbook=guided)

            [fold] = [a for a in shown_actions(card) if a["type"] == "Action.ToggleVisibility"]

            hidden = {e["id"] for e in walk(card) if e.get("isVisible") is False}
            assert {"facts", "steps-done", "plan-told", "history"} <= hidden
            assert set(fold["targetElements"]) == hidden

    def test_its_playbook_guides(self):
        playbook = load_playbooks()[CancellationReason.INTEGRATION_FISCAL]

        assert "Diga assim" in all_text(shown(treated(), playbook=playbook))


class TestMovedByWords:
    def test_says_why_and_offers_to_take_it_back(self):
        card = shown(moved_by_words(), minutes(13))

        assert "As palavras: “já contratou outro sistema”." in all_text(band(card, "moved"))
        assert "Não é isso, desfazer" in titles(card)
        assert "Não técnico" in all_text(card)

    def test_a_claimed_case_is_not_taken_back_with_one_press(self):
        case = moved_by_words()
        case.claim(by=actor(FERNANDA), at=minutes(14))

        assert "Não é isso, desfazer" not in titles(shown(case))


class TestDocuments:
    def test_each_says_where_it_stands(self):
        words = all_text(band(shown(with_papers(), minutes(31), COMPETITOR), "documents"))

        assert words.splitlines() == [
            "📎 Documentos · 1 de 3 conferidos",
            f"✅ {PAPERS[0]} · conferido · Fernanda, 14:17",
            f"📨 {PAPERS[1]} · pedido · Ana, 14:04",
            f"⬜ {PAPERS[2]} · falta pedir",
        ]

    def test_no_documents_no_section_and_no_button(self):
        card = shown(claimed())

        assert "📎" not in all_text(card)
        assert "Documentos" not in titles(card)


class TestException:
    def test_what_was_missing_and_why_stays_on_the_card(self):
        words = all_text(band(shown(by_exception(), minutes(5000)), "exception"))

        assert words.splitlines()[:3] == [
            "⚠️ Encerrado por exceção",
            "Sem: lição.",
            f"Documentos não conferidos: {PAPERS[1]} e {PAPERS[2]}.",
        ]
        assert "Fernanda: “A loja já fechou e ninguém mais atende por lá.”" in words

    @pytest.mark.parametrize("kind", OutcomeKind)
    def test_a_usual_end_shows_none(self, kind):
        assert "Encerrado" not in all_text(shown(ended(kind)))


class TestFirstCase:
    def test_names_the_companion_while_the_author_has_work(self):
        case = first_case()

        assert "**Primeiro caso de Ana.** Fernanda Lima acompanha." in all_text(shown(case))
        assert "Primeiro caso" not in all_text(shown(a_case(CANTINA, OPEN)))

    def test_a_first_author_is_not_told_to_tick_what_the_crm_ticks(self):
        by_hand, by_crm = (
            Case.open(
                number=CaseNumber(42),
                draft_id="d",
                facts=PADARIA,
                judgement=BLOCKED,
                by=actor(ANA),
                at=NOW,
                companion=FERNANDA.ref,
                in_crm=in_crm,
            )
            for in_crm in (False, True)
        )

        assert "Marque cada passo feito" in all_text(shown(by_hand))
        assert "eu mesmo faço e confiro" in all_text(shown(by_crm))
        assert "Marque cada passo feito" not in all_text(shown(by_crm))

    def test_a_claimed_case_needs_no_guide(self):
        case = first_case()
        case.fail_reversal(by=actor(BRUNO), at=NOW, customer_said="", told=NEXT_STEPS)
        case.claim(by=actor(FERNANDA), at=NOW)

        assert "Primeiro caso" not in all_text(shown(case))
