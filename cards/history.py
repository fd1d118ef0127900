"""One line per event: what the card says of a case's latest changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from cards.crm_words import CrmEvent, crm_event_words
from cards.desk_words import DeskEvent, desk_done
from cards.elements import Json, rich, run
from cards.formats import calendar_day, listed, short_moment
from cards.labels import (
    DOCUMENT_STATES,
    HELPERS,
    OUTCOME_WORDS,
    PATHS,
    STEPS,
    TREATMENT_STEPS,
    decapitalised,
    reason_words,
)
from cards.plain_text import one_line
from cards.reminder_words import ClockEvent, clock_done
from cards.triangulation_part import TriangulationEvent, triangulation_done
from retention.domain.cancellation import CancellationPath
from retention.domain.events import (
    CaseClaimed,
    CaseNumberCorrected,
    CaseOpened,
    CaseReclassified,
    CaseReverted,
    DocumentsMarked,
    Event,
    ExceptionSeen,
    HelpAnswered,
    HelpCalled,
    MovedBy,
    NoteAdded,
    OutcomeRecorded,
    PlanMade,
    RequestRepeated,
    ReversalFailed,
    StepsTicked,
    TreatmentTaken,
    TreatmentTicked,
)

_LONGEST_NAME = 40
_LONGEST_NOTE = 140
_ALWAYS: Mapping[type[Event], str] = {
    CaseClaimed: "assumiu",
    ExceptionSeen: "tomou ciência da exceção",
    TreatmentTaken: "segue com a tratativa",
}
"""What is said of events that hold nothing more than who and when."""


def history_lines(events: Iterable[Event], now: datetime | None = None) -> list[Json]:
    """Show events, each with its moment in front; the events come in the order to show."""
    return [
        rich(
            run(short_moment(event.at, now), bold=True),
            run(f" · {event_words(event)}"),
        )
        for event in events
    ]


def event_words(event: Event) -> str:
    """Say an event in one short sentence, unescaped."""
    if isinstance(event, CrmEvent):
        return crm_event_words(event)
    who = one_line(event.by.first_name, at_most=_LONGEST_NAME)
    if isinstance(event, ClockEvent):
        return f"{who} {clock_done(event)}"
    if isinstance(event, TriangulationEvent):
        return f"{who} {triangulation_done(event)}"
    return f"{who} {desk_done(event) if isinstance(event, DeskEvent) else _done(event)}"


def _done(event: Event) -> str:
    if type(event) in _ALWAYS:
        return _ALWAYS[type(event)]
    match event:
        case CaseOpened():
            told = event.path is CancellationPath.TECHNICAL_OPEN
            return f"registrou o pedido e {'avisou' if told else 'chamou'} o Adm/Fin"
        case RequestRepeated():
            return f"juntou outro pedido: {_quoted(event.verbatim)}"
        case CaseReverted():
            return "registrou a resposta: revertido"
        case ReversalFailed():
            said = f", {_quoted(event.customer_said)}" if event.customer_said else ""
            return f"registrou a resposta: não revertido{said}"
        case _:
            return _treated(event)


def _treated(event: Event) -> str:
    match event:
        case TreatmentTicked():
            steps = [decapitalised(TREATMENT_STEPS[step]) for step in event.steps]
            return f"fez: {listed(steps)}"
        case HelpCalled():
            who = one_line(event.person.name, at_most=_LONGEST_NAME)
            return f"chamou {who} ({HELPERS[event.role]})"
        case HelpAnswered():
            return f"atende o chamado ({listed([HELPERS[role] for role in event.roles])})"
        case PlanMade():
            who = one_line(event.who.first_name, at_most=_LONGEST_NAME)
            return f"fez o plano: {who}, até {calendar_day(event.due)}"
        case _:
            return _written_down(event)


def _written_down(event: Event) -> str:
    match event:
        case NoteAdded():
            return f"anotou: {one_line(event.text, at_most=_LONGEST_NOTE)}"
        case StepsTicked():
            return f"fez no Salesforce: {listed([STEPS[step] for step in event.steps])}"
        case DocumentsMarked():
            papers = one_line(listed(event.documents), at_most=_LONGEST_NOTE)
            return f"marcou como {DOCUMENT_STATES[event.state]}: {papers}"
        case CaseReclassified() | CaseNumberCorrected():
            return _corrected(event)
        case OutcomeRecorded():
            by_exception = ", por exceção" if event.override else ""
            return f"registrou o resultado: {OUTCOME_WORDS[event.kind]}{by_exception}"
        case _:
            return "mudou o caso"


def _corrected(event: CaseReclassified | CaseNumberCorrected) -> str:
    if isinstance(event, CaseNumberCorrected):
        return f"corrigiu o nº do Caso: de {event.number_before} para {event.number_after}"
    changed = change_words(event)
    match event.moved_by:
        case MovedBy.WORDS:
            return f"escreveu {_quoted(event.why)}, e o caso {changed}"
        case MovedBy.UNDO:
            return f"desfez a mudança: {changed}"
        case MovedBy.PERSON:
            return f"corrigiu a classificação: {changed}. Por quê: {_quoted(event.why)}"


def change_words(event: CaseReclassified) -> str:
    """Say what the classification is now and what it was, unescaped: "agora é …; antes, …"."""
    path_before, path = decapitalised(PATHS[event.path_before]), decapitalised(PATHS[event.path])
    before = f"“{reason_words(event.reason_before, event.reason_text_before)}”"
    after = f"“{reason_words(event.reason, event.reason_text)}”"
    if path == path_before:
        return f"o motivo agora é {after}; antes, {before}"
    if before == after:
        return f"agora é {path}; antes, {path_before}"
    return f"agora é {path}, por {after}; antes, {path_before}, por {before}"


def _quoted(words: str) -> str:
    return f"“{one_line(words, at_most=_LONGEST_NOTE)}”"
