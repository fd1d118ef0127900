"""The lead's desk on a case card: its buttons, what was asked, what the customer decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cards.actions.case import ClaimCase, OpenNoteForm, OpenReclassifyForm, OpenSnoozeForm
from cards.actions.closing import OpenDocumentsForm, OpenResultForm
from cards.actions.desk import (
    OpenAskForm,
    OpenAssignForm,
    OpenAttemptsForm,
    OpenDecisionForm,
    OpenGiveBackForm,
    OpenInfoForm,
    WithdrawQuestion,
)
from cards.actions.numbers import OpenNumberForm
from cards.actions.triangulation import OpenAttendedForm, OpenTriangulationForm
from cards.desk_words import attempts_words
from cards.documents_part import documents_of
from cards.elements import Json, action_set, container, heading, rich, run
from cards.formats import moment
from cards.next_step import is_call_due
from cards.plain_text import one_line, plain
from cards.private_part import private_buttons
from retention.domain.case import Case
from retention.domain.events import CaseStatus

_LONGEST_NAME = 40
_LONGEST_WORDS = 280


def desk_buttons(case: Case, documents: Sequence[str]) -> Json:
    """Offer what the status allows: first what is due, the rest behind the "…".

    Args:
        case: a case that was handed over and has not ended.
        documents: those that its reason needs.
    """
    is_calling = case.triangulation is not None
    has_papers = bool(documents_of(case, documents))
    match case.status:
        case CaseStatus.AWAITING_ADMFIN:
            mine = [
                ClaimCase.on(case, "Assumir", style="positive"),
                OpenAssignForm.on(case, "Atribuir a…", secondary=case.moved_by_words is not None),
                OpenNoteForm.on(case, "Anotar"),
                _documents(case, secondary=True) if has_papers else None,
            ]
        case CaseStatus.AWAITING_INFO:
            mine = [
                OpenInfoForm.on(case, "Responder", style="positive"),
                _attended(case) if is_calling else None,
                WithdrawQuestion.on(case, "Dispensar a pergunta", secondary=is_calling),
                OpenNoteForm.on(case, "Anotar"),
                _documents(case, secondary=True) if has_papers else None,
                OpenResultForm.on(case, "Registrar resultado", secondary=True),
                *_of_the_owner(case),
            ]
        case CaseStatus.LEAVING:
            mine = [
                OpenResultForm.on(case, "Registrar resultado", style="positive"),
                _attended(case) if is_calling else None,
                _documents(case) if has_papers else None,
                OpenNoteForm.on(case, "Anotar", secondary=is_calling),
                *_of_the_owner(case),
            ]
        case _ if is_call_due(case):
            mine = [
                OpenTriangulationForm.on(case, "Triangular", style="positive"),
                OpenResultForm.on(case, "Registrar resultado"),
                OpenAskForm.on(case, "Pedir informação"),
                OpenNoteForm.on(case, "Anotar", secondary=True),
                _documents(case, secondary=True) if has_papers else None,
                *_of_the_owner(case),
            ]
        case _ if is_calling:
            mine = [
                _attended(case, is_due=True),
                OpenResultForm.on(case, "Registrar resultado"),
                OpenNoteForm.on(case, "Anotar"),
                OpenAskForm.on(case, "Pedir informação", secondary=True),
                _documents(case, secondary=True) if has_papers else None,
                *_of_the_owner(case),
            ]
        case _:
            mine = [
                OpenResultForm.on(case, "Registrar resultado", style="positive"),
                OpenAskForm.on(case, "Pedir informação"),
                OpenNoteForm.on(case, "Anotar"),
                _documents(case, secondary=True) if has_papers else None,
                *_of_the_owner(case),
            ]
    return action_set(
        *mine,
        OpenReclassifyForm.on(case, "Corrigir classificação", secondary=True),
        OpenNumberForm.on(case, "Corrigir nº do Caso", secondary=True),
        OpenSnoozeForm.on(case, "Adiar lembrete", secondary=True)
        if case.holder or case.documents_asked
        else None,
        *private_buttons(case),
        spacing="Small",
    )


def question_section(case: Case, now: datetime) -> Json | None:
    """Show who was asked what, and until when; None while nothing is asked."""
    asked = case.question
    if asked is None:
        return None
    return container(
        heading(f"💬 Pergunta a {plain(_short(asked.person.name))}", section=True, spacing="None"),
        rich(run(one_line(asked.what, at_most=_LONGEST_WORDS))),
        rich(
            run(f"{_short(asked.by.first_name)}, {moment(asked.at, now)} · até ", small=True),
            run(moment(asked.until, now), small=True, bold=True),
        ),
        id="question",
        spacing="Medium",
    )


def farewell_section(case: Case, now: datetime) -> Json | None:
    """Show that the customer has decided, or could not be reached; None while there is hope."""
    decided, tried = case.decision, case.attempts
    if decided is None and tried is None:
        return None
    return container(
        rich(
            run("🚪 O cliente disse: ", bold=True),
            run(f"“{one_line(decided.said, at_most=_LONGEST_WORDS)}” "),
            run(f"({_short(decided.by.first_name)}, {moment(decided.at, now)})"),
        )
        if decided
        else None,
        rich(run("📵 Tentativas encerradas: ", bold=True), run(f"{attempts_words(tried)}."))
        if tried
        else None,
        id="farewell",
        spacing="Medium",
    )


def _of_the_owner(case: Case) -> list[Json]:
    """Offer what whoever has the case may do with it, besides what is due."""
    decides = case.status is not CaseStatus.LEAVING
    calls = decides and not is_call_due(case)
    return [
        *([OpenTriangulationForm.on(case, "Triangular", secondary=True)] if calls else []),
        *([OpenDecisionForm.on(case, "Cliente decidiu", secondary=True)] if decides else []),
        OpenAttemptsForm.on(case, "Encerrar tentativas", secondary=True),
        OpenAssignForm.on(case, "Atribuir a…", secondary=True),
        OpenGiveBackForm.on(case, "Devolver", secondary=True),
    ]


def _attended(case: Case, *, is_due: bool = False) -> Json:
    title = "Registrar se atendeu"
    return OpenAttendedForm.on(case, title, style="positive" if is_due else None)


def _documents(case: Case, *, secondary: bool = False) -> Json:
    return OpenDocumentsForm.on(case, "Documentos", secondary=secondary)


def _short(name: str) -> str:
    return one_line(name, at_most=_LONGEST_NAME)
