"""The form: every word kept, every problem beside its field, nothing proposed without a reason."""

from dataclasses import replace

import pytest

from cards.duplicate_card import duplicate_card
from cards.facts_card import facts_card
from cards.judgement_card import judgement_card
from cards.receipt_card import receipt_card
from retention.domain.classification import SignalRole
from retention.domain.errors import Problem
from tests.cards.gallery import (
    CALLED,
    CANTINA,
    DAILY_WORK,
    EMPORIO,
    HOSTILE,
    HOSTILE_READ,
    HOSTILE_TYPED,
    LAST_CHANCE_READ,
    LEFT_READ,
    OPEN,
    PADARIA,
    PATTERN,
    PRINTER_READ,
    TYPED,
    UNSURE,
    URL,
    a_case,
    a_draft,
    claimed,
    line_of,
)
from tests.cards.teams_rules import all_text, inputs, shown_actions, titles, walk


def facts(answers=TYPED, problems=None):
    draft = a_draft(answers)
    return facts_card(draft, case_number_pattern=PATTERN, problems=problems or {})


def judgement(read=PRINTER_READ, said=PADARIA, answers=None, problems=None):
    draft = a_draft(answers or {})
    return judgement_card(draft, said, read, called=CALLED, problems=problems or {})


def errors(card):
    return {e["id"]: e["text"] for e in walk(card) if str(e.get("id")).startswith("error-")}


class TestFacts:
    def test_asks_by_the_promised_labels_with_everything_in_sight(self):
        card = facts()

        assert [field["label"] for field in inputs(card).values()] == [
            "Nº do Caso",
            "Cliente",
            "Canal de origem",
            "Nas palavras do cliente",
            "Humor do cliente",
            "CNPJ ou CPF",
            "Valor mensal (R$)",
            "Contato",
        ]
        assert not any(element.get("isVisible") is False for element in walk(card))
        assert titles(card) == ["Continuar", "Descartar"]

    @pytest.mark.parametrize("answers", [TYPED, HOSTILE_TYPED])
    def test_everything_typed_is_in_its_field_again(self, answers):
        values = {name: field.get("value", "") for name, field in inputs(facts(answers)).items()}

        assert values == dict(answers)

    def test_the_mood_is_neutral_until_somebody_says_otherwise(self):
        assert inputs(facts({}))["mood"]["value"] == "neutral"
        assert inputs(facts({"mood": "angry"}))["mood"]["value"] == "angry"

    def test_the_client_checks_the_number_by_the_configured_pattern(self):
        assert inputs(facts())["crm_case"]["regex"] == PATTERN

    def test_a_number_of_another_shape_is_told_the_shape(self):
        eight = facts(problems={"crm_case": Problem.CASE_NUMBER})
        other = facts_card(
            a_draft(TYPED),
            case_number_pattern=r"^[A-Z]\d+$",
            problems={"crm_case": Problem.CASE_NUMBER},
        )

        assert errors(eight)["error-crm_case"] == (
            "⚠️ O número do Caso tem 8 algarismos, como no Salesforce."
        )
        assert "como aparece no Salesforce" in errors(other)["error-crm_case"]

    def test_each_problem_stands_right_below_its_field(self):
        problems = {"customer": Problem.MISSING, "monthly_value": Problem.MONEY}

        body = facts(problems=problems)["body"]

        ids = [element.get("id") for element in body]
        for field in problems:
            assert ids.index(f"error-{field}") == ids.index(field) + 1
        assert "Cliente e Valor mensal (R$)" in all_text(
            next(element for element in body if element.get("id") == "errors")
        )

    def test_a_forged_choice_is_not_preselected(self):
        assert "value" not in inputs(facts({"channel": "carrier_pigeon"}))["channel"]


class TestJudgement:
    @pytest.mark.parametrize(
        ("read", "said", "title", "path", "reason"),
        [
            (
                PRINTER_READ,
                PADARIA,
                "Parece técnico, sem abertura",
                "technical_blocked",
                "recurring_issue",
            ),
            (
                LAST_CHANCE_READ,
                CANTINA,
                "Parece técnico, com abertura",
                "technical_open",
                "recurring_issue",
            ),
            (LEFT_READ, EMPORIO, "Parece não técnico", "non_technical", "competitor"),
        ],
    )
    def test_proposes_and_preselects(self, read, said, title, path, reason):
        card = judgement(read, said)

        assert title in all_text(card)
        assert inputs(card)["path"]["value"] == path
        assert inputs(card)["reason"]["value"] == reason

    def test_the_words_that_led_there_are_quoted_and_bold(self):
        card = judgement()

        bold = [
            run["text"]
            for element in walk(card["body"][0])
            for run in element.get("inlines", [])
            if run.get("weight") == "Bolder"
        ]
        assert [signal.text for signal in PRINTER_READ.signals if signal.text in bold]
        assert "🎯 Intenção: “Só quero cancelar”, pede para encerrar." in all_text(card)
        assert "🚪 Abertura: “me manda logo pra quem resolve”, não deixa tentar." in all_text(card)

    def test_each_role_looks_the_same_in_the_quote_and_beside_its_name(self):
        card = judgement()

        looks = {
            part: {key for key in ("weight", "underline", "italic") if key in run}
            for element in walk(card)
            for run in element.get("inlines", [])
            for signal in PRINTER_READ.signals
            for part in (signal.text, f"“{signal.text}”")
            if run["text"] == part
        }

        told = {"intention": set(), "reason": {"underline"}, "opening": {"italic"}}
        assert looks == {
            part: {"weight"} | told[signal.role]
            for signal in PRINTER_READ.signals
            for part in (signal.text, f"“{signal.text}”")
        }

    def test_words_that_tell_two_things_look_like_both(self):
        card = judgement(LAST_CHANCE_READ, CANTINA)

        (run,) = (
            run
            for element in walk(card["body"][0])
            for run in element.get("inlines", [])
            if run["text"] == "se vocês resolverem agora, continuo"
        )

        assert (run["weight"], run["italic"]) == ("Bolder", True)

    def test_without_certainty_nothing_is_proposed_and_two_questions_are_asked(self):
        card = judgement(UNSURE, replace(PADARIA, verbatim="Quero cancelar o sistema."))

        assert "Não tenho certeza" in all_text(card)
        assert "O motivo é técnico?" in all_text(card)
        assert "O cliente deu abertura?" in all_text(card)
        assert "value" not in inputs(card)["path"]
        assert "value" not in inputs(card)["reason"]

    def test_an_unsure_guess_is_never_preselected(self):
        card = judgement(replace(PRINTER_READ, certain=False))

        assert "value" not in inputs(card)["path"]
        assert "value" not in inputs(card)["reason"]

    def test_daily_work_is_called_by_its_name_and_may_be_discarded(self):
        card = judgement(DAILY_WORK, replace(PADARIA, verbatim="Como cancelo a nota?"))

        assert "Parece rotina, não cancelamento" in all_text(card)
        assert "Descartar" in titles(card)
        assert "value" not in inputs(card)["path"]

    def test_what_the_agent_chose_wins_over_the_proposal(self):
        card = judgement(answers={"path": "technical_open", "reason": "price"})

        assert inputs(card)["path"]["value"] == "technical_open"
        assert inputs(card)["reason"]["value"] == "price"

    def test_other_is_asked_for_only_after_it_was_chosen(self):
        before = judgement()
        after = judgement(
            answers={"path": "non_technical", "reason": "other"},
            problems={"reason_text": Problem.MISSING},
        )

        assert "reason_text" not in inputs(before)
        assert inputs(after)["reason_text"]["label"] == "Qual motivo?"
        assert "error-reason_text" in errors(after)

    def test_says_whom_each_path_calls(self):
        here = all_text(judgement())
        elsewhere = all_text(
            judgement_card(a_draft(in_channel=False), PADARIA, PRINTER_READ, called=CALLED)
        )

        assert "chamo Fernanda Lima (Adm/Fin) e Bruno Carvalho (líder do RC) aqui no tópico" in here
        assert "**Com abertura:** o caso fica com você, e eu só aviso o Adm/Fin." in here
        assert "no canal" in elsewhere

    def test_overlapping_signals_keep_every_word_of_the_quote(self):
        card = judgement(HOSTILE_READ, HOSTILE)

        runs = [r["text"] for e in walk(card["body"][0]) for r in e.get("inlines", [])]

        assert {signal.role for signal in HOSTILE_READ.signals} == set(SignalRole)
        assert HOSTILE.verbatim[:200] in "".join(runs).replace("\u200b", "")


class TestDuplicate:
    def test_offers_to_join_to_look_and_to_mend_the_number(self):
        card = duplicate_card(a_draft(), claimed(), thread_url=URL)

        actions = {action["title"]: action for action in shown_actions(card)}

        assert list(actions) == ["Juntar ao caso aberto", "Abrir o tópico", "Corrigir o número"]
        assert actions["Abrir o tópico"]["url"] == URL
        assert "🤝 Em tratativa no Adm/Fin · com Fernanda Lima" in all_text(card)

    def test_without_a_thread_there_is_no_dead_link(self):
        offered = titles(duplicate_card(a_draft(), claimed()))

        assert "Abrir o tópico" not in offered

    def test_earlier_cases_are_remembered(self):
        card = duplicate_card(a_draft(), claimed(), earlier=[line_of(claimed())])

        assert "RET-0042 · 🤝 Em tratativa no Adm/Fin · pedido de 24/11/2026" in all_text(card)


class TestReceipt:
    def test_links_to_the_thread_once_it_is_there(self):
        assert [a["url"] for a in shown_actions(receipt_card(a_case(), URL))] == [URL]
        assert shown_actions(receipt_card(a_case())) == []

    def test_promises_what_the_path_does(self):
        assert "Chamei o Adm/Fin" in all_text(receipt_card(a_case()))
        assert "O caso está com você" in all_text(receipt_card(a_case(CANTINA, OPEN)))
