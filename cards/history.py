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
    match event:
        case CaseOpened(path=CancellationPath.TECHNICAL_OPEN):
            words = "registrou o pedido e avisou o Adm/Fin"
        case CaseOpened():
            words = "registrou o pedido e chamou o Adm/Fin"
        case RequestRepeated():
            words = f"juntou outro pedido: “{one_line(event.verbatim, at_most=_LONGEST_NOTE)}”"
        case CaseReverted():
            words = "registrou a resposta: revertido"
        case ReversalFailed():
            words = "registrou a resposta: não revertido"
        case CaseClaimed():
            words = "assumiu"
        case NoteAdded():
            words = f"anotou: {one_line(event.text, at_most=_LONGEST_NOTE)}"
        case StepsTicked():
            steps = listed([STEPS[step] for step in event.steps])
            words = f"fez no Salesforce: {steps}"
        case OutcomeRecorded():
            words = f"registrou o resultado: {OUTCOME_WORDS[event.kind]}"
        case _:
            words = "mudou o caso"
    return f"{who} {words}"
