"""`/fluxo` and the playbook on the case card: where the case stands, what to do, by which rule."""

from dataclasses import replace
from datetime import date

import pytest

from cards.flow_card import case_flow_card, process_card
from cards.playbook_part import guidance
from config.playbooks import load_playbooks
from retention.domain.cancellation import CancellationPath, CancellationReason
from retention.domain.events import HandoverStep, OutcomeKind
from retention.domain.treatment import Plan
from tests.cards.gallery import (
    ANA,
    CALLED,
    CANTINA,
    EMPORIO,
    NON_TECHNICAL,
    OPEN,
    PAPERS,
    URL,
    a_case,
    actor,
    claimed,
    ended,
    minutes,
    not_reverted,
    reverted,
)
from tests.cards.teams_rules import all_text, walk

BOOKS = load_playbooks()


def flow(case, **around):
    return all_text(case_flow_card(case, called=CALLED, **around)).replace("\u00a0", " ")


def guided(case, **changes):
    return guidance(case, replace(BOOKS[case.judgement.reason], **changes))


def open_text(elements):
    """What is read without unfolding anything."""
    folded = [e for element in elements for e in walk(element) if e.get("isVisible") is False]
    hidden = {text for element in folded for text in all_text(element).splitlines()}
    shown = [text for element in elements for text in all_text(element).splitlines()]
    return "\n".join(text for text in shown if text not in hidden)


class TestFlow:
    def test_the_process_shows_the_three_paths_each_step_with_its_rule(self):
        words = all_text(process_card()).replace("\u00a0", " ")

        for title in ("1: técnico com abertura", "2: técnico sem abertura", "3: não técnico"):
            assert f"Caminho {title}" in words
        assert words.count("documento 002, ") == 10
        assert "📍" not in words

    @pytest.mark.parametrize(
        ("case", "place", "rule"),
        [
            (
                a_case(CANTINA, OPEN),
                "Técnico com abertura: ouvir",
                "1, passo 1",
            ),
            (reverted(), "Técnico com abertura: passar ao Adm/Fin", "1, passo 3"),
            (a_case(), "Técnico sem abertura: passar ao Adm/Fin", "2, passo 2"),
        ],
    )
    def test_a_case_says_where_it_stands_and_by_which_rule(self, case, place, rule):
        assert f"📍 {place} · regra: documento 002, seção {rule}" in flow(case)

    def test_after_the_claim_it_says_what_the_owner_does_although_a_tick_is_missing(self):
        place = "📍 Técnico sem abertura: conversar e fechar · regra: documento 002, Fluxo"

        assert place in flow(claimed())

    def test_the_steps_of_its_path_say_in_words_what_is_done_due_and_to_come(self):
        words = flow(a_case(EMPORIO, NON_TECHNICAL))

        assert "📍 Caminho 3: não técnico\n**O caso está aqui.**" in words
        assert "✅ Entender o motivo · feito" in words
        assert "👉 Passar ao Adm/Fin · agora · 0 de 4 no Salesforce" in words
        assert "◻️ Conversar e fechar · depois" in words

    def test_the_other_paths_stand_there_in_outline(self):
        assert "Ouvir → Agir na causa → Passar ao Adm/Fin → Conversar e fechar" in flow(a_case())

    def test_what_to_do_now_is_said_to_somebody(self):
        assert "👉 Agora faça\n**Fernanda Lima**, assuma o caso" in flow(a_case())

    def test_steps_missing_in_salesforce_are_still_counted_after_the_claim(self):
        assert "👉 Passar ao Adm/Fin · agora · 2 de 4 no Salesforce" in flow(claimed())
        assert "👉 Conversar e fechar · agora" in flow(claimed())

    def test_the_handover_is_done_once_all_its_steps_are(self):
        case = claimed()
        case.tick(by=actor(ANA), at=minutes(20), steps=HandoverStep)

        assert "✅ Passar ao Adm/Fin · feito · 4 de 4 no Salesforce" in flow(case)

    def test_nothing_is_called_done_at_registration_on_path_1(self):
        assert "✅" not in flow(a_case(CANTINA, OPEN))

    def test_the_code_stands_on_a_line_where_no_phone_breaks_it(self):
        assert f"\nCaso {CANTINA.crm_case_number} · RET-0042\n" in flow(a_case(CANTINA, OPEN))

    def test_a_case_that_left_path_1_is_shown_there_too(self):
        assert "Este caso começou aqui: o RC tentou, e o cliente ainda quer sair." in flow(
            not_reverted()
        )

    def test_a_case_that_was_corrected_shows_where_it_began(self):
        case = a_case(CANTINA, OPEN)
        case.reclassify(
            by=actor(ANA),
            at=minutes(5),
            path=CancellationPath.NON_TECHNICAL,
            reason=CancellationReason.PRICE,
            why="Falou do reajuste.",
        )

        assert "Este caso começou aqui e depois mudou de caminho." in flow(case)

    def test_an_ended_case_asks_for_nothing(self):
        words = flow(ended(OutcomeKind.LOST))

        assert "caminho concluído" in words
        assert "◻️ Passar ao Adm/Fin · ficou sem registro · 2 de 4 no Salesforce" in words
        assert "Agora faça" not in words
        assert "agora" not in words

    def test_elsewhere_it_leads_to_the_thread(self):
        card = case_flow_card(a_case(), called=CALLED, thread_url=URL)

        assert [e["url"] for e in walk(card) if e["type"] == "Action.OpenUrl"] == [URL]


class TestGuidance:
    def test_who_leaves_no_room_is_asked_one_thing_alone(self):
        book = BOOKS[a_case().judgement.reason]
        blocked = "\n".join(all_text(each) for each in guidance(a_case(), book))
        opened = "\n".join(all_text(each) for each in guidance(a_case(judgement=OPEN), book))

        assert "Pergunte só isto" in blocked
        assert [question in blocked for question in book.questions].count(True) == 1
        assert all(question in opened for question in book.questions)

    def test_while_the_rc_treats_the_case_the_script_for_the_mood_stands_open(self):
        case = a_case(CANTINA, OPEN)
        playbook = BOOKS[case.judgement.reason]

        words = open_text(guided(case))

        assert "cliente frustrado" in words
        assert playbook.script(CANTINA.mood, OPEN.path) in words
        assert playbook.questions[0] not in words

    def test_each_step_of_the_path_comes_with_its_rule(self):
        case = a_case(CANTINA, OPEN)
        steps = BOOKS[case.judgement.reason].steps[CancellationPath.TECHNICAL_OPEN]

        [section] = guided(case)

        lines = all_text(section).splitlines()
        for number, step in enumerate(steps, start=1):
            assert f"{number}. {step.words} ({step.rule})" in lines

    def test_questions_diagnosis_offers_and_documents_are_one_press_away(self):
        [section] = guided(a_case(CANTINA, OPEN))

        words = all_text(section)

        assert "• O que parou: pedido, pagamento ou emissão de nota?" in words
        assert "Técnico: Certificado vencido" in words
        assert "Benefício extra, treinamento e desconto por alguns meses." in words
        assert "📄 Documentos do motivo: nenhum, por enquanto." in words

    def test_who_is_not_let_act_is_told_not_to_insist(self):
        [blocked], [opened] = guided(a_case()), guided(a_case(CANTINA, OPEN))

        assert "não insista" in all_text(blocked)
        assert "não insista" not in all_text(opened)

    def test_with_the_admfin_only_the_place_stands_open(self):
        words = open_text(guided(a_case()))

        assert words.splitlines()[0].startswith("📍 Técnico sem abertura")
        assert "Diga assim" not in words

    def test_on_path_3_it_stands_open_that_no_documents_are_asked_for(self):
        words = open_text(guided(a_case(EMPORIO, NON_TECHNICAL)))

        assert "📄 Documentos do motivo: nenhum, por enquanto." in words
        assert "toml" not in words

    def test_with_a_plan_the_script_folds(self):
        case = a_case(CANTINA, OPEN)
        plan = Plan("Refazer a integração", ANA.ref, date(2026, 11, 25))
        case.make_plan(by=actor(ANA), at=minutes(5), plan=plan)

        assert "Diga assim" not in open_text(guided(case))

    def test_off_path_1_the_script_is_another(self):
        case = a_case(CANTINA, replace(OPEN, path=CancellationPath.TECHNICAL_BLOCKED))
        playbook = BOOKS[case.judgement.reason]

        [section] = guided(case)

        assert playbook.script(CANTINA.mood, OPEN.path) not in all_text(section)
        assert playbook.script(CANTINA.mood, case.judgement.path) in all_text(section)

    def test_defined_documents_are_left_to_their_own_section_once_handed_over(self):
        [treated] = guided(a_case(CANTINA, OPEN), documents=PAPERS)
        [handed_over] = guided(a_case(EMPORIO, NON_TECHNICAL), documents=PAPERS)

        assert "Distrato assinado, Contrato social e RG e CPF de quem assina." in all_text(treated)
        assert "Distrato assinado" not in all_text(handed_over)

    def test_no_offer_stands_beside_a_step_that_forbids_it(self):
        [section] = guided(a_case(EMPORIO, NON_TECHNICAL))

        assert "não faça oferta" in all_text(section)
        assert "oferecer" not in all_text(section)

    def test_a_reason_without_offers_speaks_of_none(self):
        [section] = guided(a_case(), offers=())

        assert "oferecer" not in all_text(section)

    def test_an_ended_case_needs_none(self):
        assert guided(ended(OutcomeKind.RETAINED)) == []
