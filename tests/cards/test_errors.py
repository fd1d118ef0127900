"""Refusals: who may, what happened, that nothing was lost. Never a system word."""

from datetime import timedelta

import pytest

from cards.errors import errors_notice, notice_for
from cards.sentences import sentence
from retention.domain.case import CaseAction
from retention.domain.errors import (
    AlreadyDone,
    AnsweredOtherwise,
    CannotClose,
    CaseNotFound,
    DraftNotFound,
    DuplicateOpenCase,
    IllegalTransition,
    InvalidAnswers,
    NextStepsNotTold,
    NobodyToCall,
    NoNotices,
    NotAllowed,
    NothingChanges,
    NotTheAuthor,
    OutdatedForm,
    Problem,
    RehearsalNotFound,
    RetentionError,
    StaleCase,
    SupportCallNotFound,
)
from retention.domain.events import CaseStatus, Requirement
from retention.domain.people import Role
from tests.cards.gallery import ANA, BRUNO, FERNANDA, GUSTAVO, HOSTILE_PERSON, NOW

LEADS = frozenset({Role.ADMFIN_LEAD})
REFUSALS: list[RetentionError] = [
    NotAllowed(CaseAction.CLAIM, LEADS),
    NotAllowed(CaseAction.ANSWER, frozenset({Role.RC_LEAD}), ANA.ref),
    AlreadyDone(CaseAction.CLAIM, FERNANDA.ref, NOW),
    AnsweredOtherwise(CaseAction.ANSWER, ANA.ref, NOW),
    CaseNotFound("RET-0099"),
    DraftNotFound(),
    RehearsalNotFound(),
    SupportCallNotFound(),
    NotTheAuthor(ANA.ref),
    IllegalTransition(CaseStatus.IN_TREATMENT, CaseStatus.WITH_ADMFIN),
    IllegalTransition(CaseStatus.AWAITING_ADMFIN, CaseStatus.RETAINED),
    IllegalTransition(CaseStatus.LOST, CaseAction.TICK),
    DuplicateOpenCase("00012345"),
    IllegalTransition(CaseStatus.IN_TREATMENT, CaseAction.ANSWER_CALL),
    IllegalTransition(CaseStatus.AWAITING_ADMFIN, CaseAction.TREAT),
    NobodyToCall(Role.N2),
    NoNotices(),
    NextStepsNotTold(),
    NothingChanges(),
    CannotClose((Requirement.LESSON, Requirement.DOCUMENTS), ("Distrato assinado",)),
    StaleCase(),
    OutdatedForm(),
    InvalidAnswers({"customer": Problem.MISSING}),
]


class TestNoticeFor:
    def test_a_refusal_names_who_may_and_says_that_nothing_changed(self):
        error = NotAllowed(CaseAction.CLAIM, LEADS)

        notice = notice_for(error, holders=[FERNANDA, GUSTAVO], now=NOW)

        assert notice.title == "🔒 Assumir é com o Adm/Fin"
        assert "podem assumir: **Fernanda Lima** (de plantão) e **Gustavo Rocha**" in notice.text
        assert "Só você vê este aviso, e nada mudou no caso." in notice.text

    def test_the_author_of_a_case_may_answer_beside_the_rc_lead(self):
        error = NotAllowed(CaseAction.ANSWER, frozenset({Role.RC_LEAD}), ANA.ref)

        notice = notice_for(error, holders=[BRUNO], now=NOW)

        assert "podem registrar: **Ana Souza** e **Bruno Carvalho**" in notice.text

    def test_a_single_person_may_in_the_singular(self):
        error = NotAllowed(CaseAction.CLAIM, LEADS)

        assert "pode assumir: **Gustavo" in notice_for(error, holders=[GUSTAVO], now=NOW).text

    def test_a_second_press_hears_who_was_faster_and_when(self):
        error = AlreadyDone(CaseAction.CLAIM, FERNANDA.ref, NOW)

        notice = notice_for(error, now=NOW + timedelta(minutes=1))

        assert notice.title == "ℹ️ Já feito por Fernanda Lima às 14:02"
        assert "Nada foi feito em dobro." in notice.text

    @pytest.mark.parametrize("error", REFUSALS, ids=lambda error: type(error).__name__)
    def test_every_refusal_has_words_of_its_own(self, error):
        notice = notice_for(error, holders=[FERNANDA], now=NOW)

        assert notice.title != notice_for(RetentionError(), now=NOW).title
        assert notice.text.strip().endswith((".", "aqui."))
        assert "!" not in notice.title + notice.text

    def test_a_case_that_cannot_close_says_everything_it_lacks(self):
        error = CannotClose((Requirement.LESSON, Requirement.DOCUMENTS), ("Distrato assinado",))

        assert notice_for(error, now=NOW).text == "Falta: lição e documentos (Distrato assinado)."

    def test_who_is_missing_to_call_is_named(self):
        assert "N2" in notice_for(NobodyToCall(Role.N2), now=NOW).title

    def test_names_in_a_refusal_are_escaped(self):
        error = NotAllowed(CaseAction.CLAIM, LEADS)

        assert "<at>" not in notice_for(error, holders=[HOSTILE_PERSON], now=NOW).text


class TestErrorsNotice:
    def test_names_the_fields_and_promises_that_nothing_typed_is_lost(self):
        problems = {"crm_case": Problem.MISSING, "tax_id": Problem.TAX_ID_DIGITS}

        notice = errors_notice(problems)

        assert notice.title == "⚠️ Ajuste 2 campos para continuar"
        assert notice.text == "Nº do Caso e CNPJ ou CPF. O que você escreveu continua aqui."


class TestSentence:
    def test_says_a_notice_without_markup_on_one_line(self):
        error = NotAllowed(CaseAction.CLAIM, LEADS)

        words = sentence(notice_for(error, holders=[FERNANDA], now=NOW))

        assert words == (
            "🔒 Assumir é com o Adm/Fin. Neste caso, pode assumir: Fernanda Lima (de plantão). "
            "Só você vê este aviso, e nada mudou no caso."
        )

    def test_names_come_out_as_they_are(self):
        assert HOSTILE_PERSON.name in sentence(
            notice_for(NotTheAuthor(HOSTILE_PERSON.ref), now=NOW)
        )
