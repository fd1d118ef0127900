"""The living card: who has the ball, which buttons the status allows, what is in it for ever."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cards.case_card import case_card
from cards.quote import LONGEST_QUOTE, merged
from retention.domain.cancellation import CancellationPath, CancellationReason
from retention.domain.case import Outcome
from retention.domain.events import FeedbackChannel, HandoverStep, OutcomeKind
from retention.domain.fast_lane import Attempts
from tests.cards.gallery import (
    ANA,
    BRUNO,
    CALLED,
    CANTINA,
    FERNANDA,
    GUSTAVO,
    HOSTILE_WORDS,
    NON_TECHNICAL,
    NOW,
    OPEN,
    PADARIA,
    a_case,
    actor,
    claimed,
    ended,
    minutes,
    not_reverted,
    reverted,
)
from tests.cards.teams_rules import all_text, inputs, shown_actions, titles, walk


def shown(case, now=NOW, called=CALLED, notice=None):
    return case_card(case, called=called, now=now, notice=notice)


def band(card, name):
    return next(element for element in card["body"] if element.get("id") == name)


PRIVATE = ("Risco de detrator…", "Preciso de apoio")
PATH_1 = (
    "Registrar resposta",
    "Anotar",
    "Corrigir classificação",
    "Corrigir nº do Caso",
    "Adiar lembrete",
    *PRIVATE,
)
QUEUED = [
    "Assumir",
    "Atribuir a…",
    "Anotar",
    "Corrigir classificação",
    "Corrigir nº do Caso",
    *PRIVATE,
    "Salvar passos",
]


class TestButtons:
    @pytest.mark.parametrize(
        ("case", "expected"),
        [
            (
                a_case(CANTINA, OPEN),
                [
                    "Montar plano",
                    "Acionar N2",
                    "Acionar líder RC",
                    *PATH_1,
                    "Detalhes",
                    "Salvar passos",
                ],
            ),
            (a_case(), QUEUED),
            (reverted(), QUEUED),
            (not_reverted(), QUEUED),
            (
                claimed(),
                [
                    "Triangular",
                    "Registrar resultado",
                    "Pedir informação",
                    "Anotar",
                    "Cliente decidiu",
                    "Encerrar tentativas",
                    "Atribuir a…",
                    "Devolver",
                    "Corrigir classificação",
                    "Corrigir nº do Caso",
                    "Adiar lembrete",
                    *PRIVATE,
                    "Salvar passos",
                ],
            ),
            (ended(OutcomeKind.RETAINED), ["Marcar agora", "Salvar passos", "Histórico"]),
            (ended(OutcomeKind.LOST), ["Marcar agora", "Salvar passos", "Histórico"]),
            (ended(OutcomeKind.VOID), ["Histórico"]),
        ],
    )
    def test_are_those_the_status_allows(self, case, expected):
        assert titles(shown(case)) == expected

    def test_carry_the_case_and_its_version_and_nothing_else(self):
        case = claimed()

        data = [a["data"] for a in shown_actions(shown(case)) if a["type"] == "Action.Execute"]

        assert data == [{"case": case.code, "v": case.version}] * (12 + len(PRIVATE))


class TestOrder:
    def test_blocks_come_in_the_order_of_the_grammar(self):
        ids = [element.get("id") for element in shown(a_case())["body"] if element.get("id")]

        assert ids == ["quote", "status", "next", "crm", "history"]

    def test_the_customers_words_stand_first_and_literally(self):
        assert f"“{PADARIA.verbatim}”" in all_text(band(shown(a_case()), "quote"))


class TestStatusBand:
    def test_says_whose_it_is_and_since_when(self):
        assert "Sem dono ainda · desde **14:02**" in all_text(shown(a_case()))
        assert "Com **Fernanda Lima** desde 14:11 · ALTA" in all_text(shown(claimed()))

    def test_the_next_day_the_day_is_written(self):
        words = all_text(shown(a_case(), NOW + timedelta(days=1)))

        assert "desde **ter, 24/11, às 14:02**" in words

    def test_a_reversal_stays_visible_with_its_evidence(self):
        words = all_text(band(shown(reverted()), "status"))

        assert "Revertido pelo RC · confirmado por Seu Marcos, às 15:06, por telefone" in words

    def test_a_reversal_that_was_corrected_is_not_called_a_failure(self):
        case = reverted()
        case.reclassify(
            by=actor(ANA),
            at=minutes(90),
            path=CancellationPath.TECHNICAL_BLOCKED,
            reason=CancellationReason.SLOW_SUPPORT,
            why="Mudou de ideia.",
        )

        words = all_text(shown(case))

        assert "O RC tentou" not in words
        assert "o RC tentou" not in words
        assert "o cliente não quer nova tentativa do suporte" in words

    def test_a_failed_reversal_reads_as_path_two(self):
        words = all_text(shown(not_reverted()))

        assert "⏳ Aguardando Adm/Fin · ALTA" in words
        assert "Caminho: Técnico sem abertura" in words

    def test_the_value_stays_or_leaves(self):
        kept, lost = ended(OutcomeKind.RETAINED), ended(OutcomeKind.LOST)

        assert "ficam **R$ 349,90** por mês" in all_text(shown(kept))
        assert "saem **R$ 349,90** por mês" in all_text(shown(lost))


class TestUnfinished:
    @pytest.mark.parametrize("case", [a_case(), ended(OutcomeKind.LOST)])
    def test_says_what_is_missing_and_who_can_help(self, case):
        card = shown(replace(case, unfinished=frozenset({"case_thread"})))

        assert "⚠️ Uma atualização não chegou ao tópico." in all_text(band(card, "unfinished"))

    def test_says_nothing_when_nothing_is_missing(self):
        assert "⚠️" not in all_text(shown(a_case()))


class TestNextStep:
    def test_names_the_lead_on_duty_and_tells_who_else_was_called(self):
        words = all_text(band(shown(a_case()), "next"))

        assert "**Fernanda Lima**, assuma o caso" in words
        assert "Bruno Carvalho (líder do RC) também" in words

    def test_names_whoever_is_called_now(self):
        words = all_text(band(shown(a_case(), called=(GUSTAVO,)), "next"))

        assert "**Gustavo Rocha**, assuma o caso" in words

    def test_nobody_on_duty_leaves_no_gap(self):
        words = all_text(band(shown(a_case(), called=()), "next"))

        assert "**Adm/Fin**, assuma o caso" in words

    def test_a_non_technical_case_gives_its_own_reason(self):
        words = all_text(band(shown(a_case(PADARIA, NON_TECHNICAL)), "next"))

        assert "o motivo não é técnico" in words

    def test_an_author_who_claimed_is_not_asked_to_call_themselves(self):
        case = a_case(by=GUSTAVO)
        case.claim(by=actor(GUSTAVO), at=minutes(1))

        assert "na linha" not in all_text(shown(case))


class TestSteps:
    def test_path_one_has_none_before_its_answer(self):
        assert "Salesforce" not in all_text(shown(a_case(CANTINA, OPEN)))
        assert "☑️ Passos no Salesforce · 0 de 4" in all_text(shown(reverted()))

    def test_what_is_done_by_hand_is_named_as_it_is_configured(self):
        values = {HandoverStep.STATUS: "Aguardando Financeiro", HandoverStep.PRIORITY: "Urgente"}

        card = case_card(reverted(), called=CALLED, now=NOW, crm_values=values)

        choices = {each["value"]: each["title"] for each in inputs(card)["crm_steps"]["choices"]}
        assert choices[HandoverStep.QUEUE] == "Fila: FOOD - ADMINISTRATIVO/FINANCEIRO"
        assert choices[HandoverStep.STATUS] == "Status: Aguardando Financeiro"
        assert choices[HandoverStep.PRIORITY] == "Prioridade: Urgente"

    def test_a_saved_step_becomes_a_line_and_leaves_the_choice(self):
        card = shown(claimed())

        choices = [choice["value"] for choice in inputs(card)["crm_steps"]["choices"]]

        assert choices == [HandoverStep.MENTION, HandoverStep.PRIORITY]
        assert "✅ Fila · Ana, 14:05" in all_text(card)
        assert "☑️ Passos no Salesforce · 2 de 4" in all_text(card)

    def test_nothing_is_left_to_save_when_all_is_done(self):
        case = claimed()
        case.tick(by=actor(BRUNO), at=minutes(30), steps=HandoverStep)

        card = shown(case)

        assert inputs(card) == {}
        assert "Salvar passos" not in titles(card)


class TestHistory:
    def test_shows_the_three_newest_first(self):
        case = claimed()
        case.add_note(by=actor(ANA), at=minutes(20), text="Ligou de novo.", request_id="n")

        lines = all_text(band(shown(case), "history")).splitlines()[1:]

        assert lines == [
            "14:22 · Ana anotou: Ligou de novo.",
            "14:11 · Fernanda assumiu",
            "14:05 · Ana fez no Salesforce: Fila e Status",
        ]

    def test_is_folded_once_the_case_is_closed(self):
        history = band(shown(ended(OutcomeKind.LOST)), "history")

        assert history["isVisible"] is False
        assert len(history["items"]) == 5


class TestEnd:
    def test_attempts_are_not_called_what_the_customer_answered(self):
        case = claimed()
        attempts = Attempts(3, (FeedbackChannel.PHONE,), minutes(50))
        case.end_attempts(by=actor(FERNANDA), at=minutes(60), attempts=attempts)
        outcome = Outcome(
            OutcomeKind.LOST,
            CancellationReason.PRICE,
            feedback_channel=FeedbackChannel.PHONE,
            feedback_result="Não conseguimos contato.",
            lesson="Pedir um segundo telefone já no primeiro pedido do cliente.",
        )
        case.record_outcome(by=actor(FERNANDA), at=minutes(70), outcome=outcome)

        words = all_text(shown(case))

        assert "💬 Retorno do cliente\nNão conseguimos contato." in words
        assert "O que o cliente respondeu" not in words

    def test_steps_that_were_not_marked_are_told_and_folded(self):
        card = shown(ended(OutcomeKind.LOST))

        assert "⬜ Prioridade · sem registro" in all_text(card)
        [form] = [e for e in walk(card) if e.get("id") == "crm_by_hand"]
        assert (form["isVisible"], "Salvar passos" in titles(form)) == (False, True)


class TestQuote:
    def test_long_words_fold_and_none_is_lost(self):
        facts = replace(PADARIA, verbatim=HOSTILE_WORDS)

        quote = band(shown(a_case(facts)), "quote")
        rest = next(e for e in walk(quote) if e.get("id") == "quote-rest")
        paragraphs = [e for e in walk(quote) if e["type"] == "RichTextBlock"]
        head, tail = ("".join(run["text"] for run in p["inlines"]) for p in paragraphs[:2])

        assert rest["isVisible"] is False
        assert len(head) <= LONGEST_QUOTE + 2
        together = head[1:-1] + tail[1:-1]
        assert together.replace("\u200b", "") == HOSTILE_WORDS

    def test_short_words_have_nothing_to_unfold(self):
        assert "Ler tudo" not in titles(shown(a_case()))

    @pytest.mark.parametrize(
        ("spans", "result"),
        [
            ([(0, 4), (2, 6)], [(0, 6)]),
            ([(0, 9), (2, 3)], [(0, 9)]),
            ([(5, 7), (0, 2)], [(0, 2), (5, 7)]),
            ([(0, 2), (2, 4)], [(0, 4)]),
            ([(-5, 3), (8, 99), (50, 60)], [(0, 3), (8, 10)]),
            ([(4, 4), (6, 5)], []),
        ],
    )
    def test_marked_spans_may_overlap_nest_or_leave_the_text(self, spans, result):
        assert merged(spans, 10) == result
