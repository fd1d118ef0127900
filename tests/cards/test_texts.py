"""Replies in the thread: whom they call, what the notification says, what cannot be forged."""

from dataclasses import replace

from cards.texts import announcement, mention_tag
from retention.domain.cancellation import CancellationPath, CancellationReason
from retention.domain.events import CaseOpened, HelpAnswered, HelpCalled, OutcomeKind, PlanMade
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
from tests.cards.workbench import (
    by_exception,
    first_case,
    given_back,
    moved_by_words,
    treated,
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
        assert "Confirmado por Seu Marcos, às 15:06, por telefone." in said.text


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


class TestTreatment:
    def called(self, *mentions):
        case = treated()
        event = next(each for each in case.history if isinstance(each, HelpCalled))
        return announcement(case, event, mentions)

    def test_a_call_mentions_who_is_called_and_says_where(self):
        said = self.called(BRUNO)

        assert said.text.startswith(
            "<at>Bruno Carvalho</at>, Ana Souza chama você \\(N2\\): Cantina da Nonna, Caso 000"
        )
        assert said.summary.startswith("Ana Souza chama você (N2): Cantina da Nonna")
        assert said.mentioned == (BRUNO,)

    def test_who_cannot_be_mentioned_is_called_by_name(self):
        assert self.called().text.startswith("Bruno Carvalho, Ana Souza chama você")

    def test_an_answer_says_that_the_case_stays(self):
        case = treated()
        event = next(each for each in case.history if isinstance(each, HelpAnswered))

        assert announcement(case, event).text == (
            "Bruno Carvalho atende o chamado.\n\nO caso segue com Ana."
        )

    def test_a_plan_says_what_who_by_when_and_what_was_told(self):
        case = treated()
        event = next(each for each in case.history if isinstance(each, PlanMade))

        text = announcement(case, event).text

        assert "Refazer a integração do iFood" in text
        assert "Bruno Carvalho, até qua, 25/11" in text
        assert "Combinado com o cliente: “Refazemos a integração hoje" in text


class TestReclassified:
    def test_a_move_by_words_is_a_handover_and_says_why(self):
        said = last(moved_by_words(), CALLED)

        assert said.text.startswith("<at>Fernanda Lima</at> <at>Bruno Carvalho</at> ALTA · ")
        assert "Ana escreveu “já contratou outro sistema”: se não for isso" in said.text
        assert "desfaça no caso" in said.text

    def test_a_correction_says_before_after_and_why(self):
        text = last(given_back()).text

        assert text.startswith("Classificação corrigida: Padaria Sol, Caso 00012345")
        assert "agora é técnico com abertura" in text
        assert "antes, técnico sem abertura" in text
        assert "Por quê: “na ligação ele pediu mais uma chance”" in text

    def test_taking_it_back_is_said(self):
        case = moved_by_words()
        case.take_back(by=actor(ANA), at=NOW)

        assert "Ana desfez a mudança: agora é técnico com abertura" in last(case).text


class TestFirstCase:
    def test_on_path_1_the_companion_alone_is_called(self):
        said = last(first_case(), [FERNANDA])

        assert said.text.startswith("Adm/Fin, só para conhecimento")
        assert said.text.endswith("🌟 É o primeiro caso de Ana: <at>Fernanda Lima</at> acompanha.")
        assert said.mentioned == (FERNANDA,)

    def test_on_the_other_paths_the_companion_is_called_with_the_leads(self):
        case = first_case()
        (opened,) = case.pull_unsaved()
        assert isinstance(opened, CaseOpened)
        opened = replace(opened, path=CancellationPath.NON_TECHNICAL)

        text = announcement(case, opened, CALLED).text

        assert text.startswith("<at>Fernanda Lima</at> <at>Bruno Carvalho</at> ALTA")
        assert text.endswith("🌟 É o primeiro caso de Ana: Fernanda Lima acompanha.")
        assert text.count("<at>") == 2


class TestException:
    def test_it_is_said_in_the_thread(self):
        assert "Encerrado por exceção: “A loja já fechou" in last(by_exception()).text
