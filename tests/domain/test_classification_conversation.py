"""A pasted conversation is judged by what the customer said in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.classifier import load_classifier
from config.lexicon import load_lexicon
from retention.domain.cancellation import CancellationReason, Intent
from retention.domain.classification_conversation import customer_side

SPEAKERS = load_lexicon().speakers
CLASSIFIER = load_classifier()

LABELLED = """Cliente: a impressora travou de novo
Atendente: o senhor quer cancelar o contrato?
Cliente: não, quero que arrumem"""
STAMPED = """[14:02] Ana Souza: Bom dia, em que posso ajudar?
[14:03] João: vendi o restaurante
e preciso encerrar o contrato
[14:04] Ana Souza: O preço ficou caro? Posso oferecer um desconto"""
WHATSAPP = """22/11/2026 14:00 - As mensagens são protegidas com criptografia de ponta a ponta.
22/11/2026 14:02 - João da Padaria: já contratei outro sistema
22/11/2026 14:03 - Suporte: sinto muito, foi demora no atendimento?
22/11/2026 14:05 - João da Padaria: pode encerrar"""
IPHONE = """[22/11/2026, 14:02:33] +55 11 98765-4321: quero encerrar a assinatura
[22/11/2026, 14:03:01] Retenção: aguarde um momento, o sistema travou"""
HOUR_FIRST = """14:02 Cliente: quero encerrar
14:03 Atendente: foi o preço?"""
STAFF_IN_THE_NAME = """Ana Suporte: foi o preço?
João: quero encerrar
Suporte - Beatriz Lima Souza: entendi
João: hoje ainda"""
BOLD = """**Atendente:** foi o preço?
**João**: quero encerrar
*Atendente*: entendi
**João**: hoje ainda"""
DIRECTION_MARKS = """\u200e[22/11/2026, 14:02:33] João: \u200equero encerrar
\u200e[22/11/2026, 14:03:01] Suporte: foi o preço?"""
ROUND_BRACKETS = """(14:02:11) Suporte: foi o preço?
(14:03:20) João: quero encerrar"""
SQUARE_BRACKETS = """[21/11/2026 14:02] Ana: em que posso ajudar?
[21/11/2026 14:03] João: quero encerrar"""
COMPANY = """João: quero encerrar
Empresa: foi o preço?
João: hoje ainda"""
TEAMS_TWO_LINES = """Ana Suporte
14:02
foi o preço?
João da Padaria
14:03
quero encerrar"""
TEAMS_ONE_LINE = """Ana Suporte  14:02
foi o preço?
João da Padaria  ontem 14:03
quero encerrar"""
TEAMS_OLD = """[21/11 14:02] Ana Suporte
foi o preço?
[21/11 14:03] João da Padaria
quero encerrar"""
HOUR_BEHIND = """Cliente (14:02): quero encerrar
Atendente (14:03): foi o preço?"""


def heard(text: str) -> list[str]:
    return [line.strip() for line in customer_side(text, SPEAKERS).split("\n") if line.strip()]


class TestWhoSpeaks:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (LABELLED, ["a impressora travou de novo", "não, quero que arrumem"]),
            (STAMPED, ["vendi o restaurante", "e preciso encerrar o contrato"]),
            (WHATSAPP, ["já contratei outro sistema", "pode encerrar"]),
            (IPHONE, ["quero encerrar a assinatura"]),
            (HOUR_FIRST, ["quero encerrar"]),
            (HOUR_BEHIND, ["quero encerrar"]),
            (STAFF_IN_THE_NAME, ["quero encerrar", "hoje ainda"]),
            (BOLD, ["quero encerrar", "hoje ainda"]),
            (DIRECTION_MARKS, ["\u200equero encerrar"]),
            (ROUND_BRACKETS, ["quero encerrar"]),
            (SQUARE_BRACKETS, ["quero encerrar"]),
            (COMPANY, ["quero encerrar", "hoje ainda"]),
            (TEAMS_TWO_LINES, ["quero encerrar"]),
            (TEAMS_ONE_LINE, ["quero encerrar"]),
            (TEAMS_OLD, ["quero encerrar"]),
        ],
    )
    def test_only_the_customers_turns_are_heard(self, text, said):
        assert heard(text) == said

    @pytest.mark.parametrize(
        "text",
        [
            "Problema: o sistema trava\nMotivo: preço",
            "o cliente da mesa 5 pediu: cancelar o item",
            "10:30 liguei pro suporte: ninguém atende",
            "Suporte: nota zero\nSistema: nota zero",
            "Hoje o atendente falou o seguinte: espere",
            "às 14:02 caiu\nàs 15:10 caiu",
            "Cliente: Padaria Sol\nEmpresa: Sol Ltda\nMotivo: preço",
            "Ninguém ajuda\nfalei com suporte: nada\nliguei pro suporte: nada",
            "caiu ontem 14:02\ne de novo 15:10\nquero sair",
            "",
        ],
    )
    def test_a_text_that_is_no_conversation_stays_as_it_is(self, text):
        assert customer_side(text, SPEAKERS) == text

    def test_staff_alone_is_not_taken_for_silence(self):
        text = "Atendente: o cliente ligou e quer encerrar"

        assert customer_side(text, SPEAKERS) == text

    def test_strangers_are_heard_all_of_them(self):
        assert heard("[14:02] João: trava todo dia\n[14:03] Maria: e é caro") == [
            "trava todo dia",
            "e é caro",
        ]

    @pytest.mark.parametrize("speaker", ["Ana Souza", "Ana Souza Lima", "ana lima"])
    def test_our_own_people_are_known_by_name(self, speaker):
        text = f"[14:02] {speaker}: o preço subiu?\n[14:03] Carlos: quero encerrar"

        side = customer_side(text, SPEAKERS, staff=["Ana Souza Lima"])

        assert side.strip() == "quero encerrar"

    def test_a_first_name_alone_may_be_a_customers(self):
        text = "[14:02] Ana: quero encerrar\n[14:03] Bia Reis: o preço subiu?"

        side = customer_side(text, SPEAKERS, staff=["Ana Souza", "Bia Reis"])

        assert side.strip() == "quero encerrar"

    @given(
        st.lists(
            st.sampled_from(
                [
                    LABELLED,
                    WHATSAPP,
                    TEAMS_OLD,
                    BOLD,
                    "oi",
                    "[14:02] Ana: ",
                    "Ana\n14:02\n",
                    "\n",
                    "Cliente:",
                ]
            )
        )
    )
    def test_every_character_keeps_its_place(self, pieces):
        text = "\n".join(pieces)

        side = customer_side(text, SPEAKERS)

        assert len(side) == len(text)
        assert all(kept in {typed, "\n"} for kept, typed in zip(side, text, strict=True))


class TestWhatItMeans:
    def test_words_of_the_staff_are_no_wish_to_leave(self):
        assert CLASSIFIER.classify(LABELLED).intent is Intent.COMPLAINT_RISK

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (STAMPED, CancellationReason.OWNERSHIP_CHANGE),
            (WHATSAPP, CancellationReason.COMPETITOR),
            (IPHONE, None),
        ],
    )
    def test_the_motive_is_the_customers_not_the_agents_guess(self, text, reason):
        found = CLASSIFIER.classify(text)

        assert (found.intent, found.reason) == (Intent.CANCEL_REQUEST, reason)

    @pytest.mark.parametrize("text", [LABELLED, STAMPED, WHATSAPP, IPHONE])
    def test_signals_are_literal_and_never_reach_into_somebody_elses_words(self, text):
        found = CLASSIFIER.classify(text)

        assert found.signals
        assert all(text[s.start : s.end] == s.text for s in found.signals)
        assert all(s.text in customer_side(text, SPEAKERS) for s in found.signals)
