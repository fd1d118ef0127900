"""One line per event: what the card says of a case's latest changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cards.elements import Json, one_line, rich, run
from cards.formats import listed, short_moment
from cards.labels import OUTCOME_WORDS, STEPS
from retention.domain.cancellation import CancellationPath
from retention.domain.events import (
    CaseClaimed,
    CaseOpened,
    CaseReverted,
    Event,
    NoteAdded,
    OutcomeRecorded,
    RequestRepeated,
    ReversalFailed,
    StepsTicked,
)

_LONGEST_NAME = 40
_LONGEST_NOTE = 140


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
    who = one_line(event.by.first_name, at_most=_LONGEST_NAME)
    return f"{who} {_done(event)}"


def _done(event: Event) -> str:
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
        case CaseClaimed():
            return "assumiu"
        case _:
            return _written_down(event)


def _written_down(event: Event) -> str:
    match event:
        case NoteAdded():
            return f"anotou: {one_line(event.text, at_most=_LONGEST_NOTE)}"
        case StepsTicked():
            return f"fez no Salesforce: {listed([STEPS[step] for step in event.steps])}"
        case OutcomeRecorded():
            return f"registrou o resultado: {OUTCOME_WORDS[event.kind]}"
        case _:
            return "mudou o caso"


def _quoted(words: str) -> str:
    return f"“{one_line(words, at_most=_LONGEST_NOTE)}”"
