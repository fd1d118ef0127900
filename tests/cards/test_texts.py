"""Replies in the thread: whom they call, what the notification says, what cannot be forged."""

from dataclasses import replace

from cards.texts import announcement, mention_tag
from retention.domain.cancellation import CancellationReason
from retention.domain.events import OutcomeKind
from tests.cards.gallery import (
    ANA,
    BLOCKED,
    BRUNO,
    CALLED,
    CANTINA,
    FERNANDA,
    HOSTILE_LEAD,
    HOSTILE_NAME,
    NON_TECHNICAL,
    NOW,
    OPEN,
    PADARIA,
    a_case,
    actor,
    claimed,
    ended,
    hostile_case,
    not_reverted,
    reverted,
)


def last(case, mentions=()):
    return announcement(case, case.history[-1], mentions)


class TestHandover:
    def test_calls_both_leads_and_notifies_in_one_line(self):
        said = last(a_case(), CALLED)

        assert said.text == (
            "<at>Fernanda Lima</at> <at>Bruno Carvalho</at> "
            "ALTA · Padaria Sol pede cancelamento · Caso 00012345\n\n"
            "Técnico sem abertura: falha não resolvida na raiz."
        )
        assert said.summary == "ALTA · Padaria Sol pede cancelamento · Caso 00012345"
        assert said.mentioned == (FERNANDA, BRUNO)

    def test_a_reason_outside_the_list_is_said_in_its_own_words(self):
        judgement = replace(
            NON_TECHNICAL, reason=CancellationReason.OTHER, reason_text="vai *viajar*"
        )

        assert r"Não técnico: outros: vai \*viajar\*." in last(a_case(PADARIA, judgement)).text

    def test_a_failed_reversal_calls_again_and_says_so(self):
        said = last(not_reverted(), CALLED)

        assert said.text.startswith("<at>Fernanda Lima</at> <at>Bruno Carvalho</at> ALTA · ")
        assert said.summary == "ALTA · Cantina da Nonna pede cancelamento · Caso 00012398"
        assert "O RC tentou, e o cliente ainda quer sair." in said.text


class TestPathOne:
    def test_the_adm_fin_is_told_and_nobody_is_called(self):
        said = last(a_case(CANTINA, OPEN))

        assert said.text.startswith("Adm/Fin, só para conhecimento: Cantina da Nonna, Caso 000")
        assert "em tratativa no RC com Ana Souza, sem ação sua agora" in said.text
        assert "<at>" not in said.text
        assert said.mentioned == ()

    def test_a_reversal_says_who_confirmed_when_and_by_which_way(self):
        said = last(reverted(), [FERNANDA])

        assert "revertido pelo RC" in said.summary
        assert said.text.startswith("<at>Fernanda Lima</at> ALTA · Cantina da Nonna")
        assert "Seu Marcos confirmou às 15:06, por telefone." in said.text


class TestSmallChanges:
    def test_a_claim_is_one_line(self):
        assert last(claimed()).text == "Fernanda Lima assumiu o caso."

    def test_an_outcome_is_one_line(self):
        said = last(ended(OutcomeKind.RETAINED))

        assert said.text == "Fernanda Lima registrou o resultado: retido."

    def test_a_note_keeps_its_lines_and_loses_its_markup(self):
        case = a_case()
        case.add_note(by=actor(ANA), at=NOW, text="- um\n\n    dois\n# três", request_id="n")

        assert last(case).text == "📝 Ana Souza anotou:\n\n\\- um\n\ndois\n\n\\# três"

    def test_a_second_request_brings_its_words(self):
        case = a_case()
        case.repeat_request(by=actor(ANA), at=NOW, verbatim="Cadê?", request_id="d")

        assert last(case).text == "O cliente pediu de novo; Ana Souza juntou aqui: “Cadê?”"


class TestForgery:
    def test_only_our_own_mentions_are_tags(self):
        for event in hostile_case().history:
            text = announcement(hostile_case(), event, CALLED).text

            assert text.count("<at>") == len(CALLED)
            assert "[clique](" not in text

    def test_a_name_cannot_break_out_of_its_tag(self):
        tag = mention_tag(HOSTILE_LEAD)

        assert tag.count("<") == tag.count(">") == 2

    def test_the_notification_is_plain_text(self):
        facts = replace(PADARIA, customer=HOSTILE_NAME)

        assert last(a_case(facts, BLOCKED)).summary == (
            f"ALTA · {HOSTILE_NAME} pede cancelamento · Caso 00012345"
        )
