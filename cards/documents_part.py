"""The documents of a case: where each stands on the card, and the form that moves them on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from cards.elements import Json, choice_input, container, heading, rich, run
from cards.formats import moment
from cards.labels import DOCUMENT_STATES, FIELDS
from cards.plain_text import one_line, plain
from retention.domain.case import Case
from retention.domain.events import DocumentState
from retention.domain.text import fold

STATE_INPUTS: Mapping[DocumentState, str] = {
    DocumentState.REQUESTED: "doc_requested",
    DocumentState.RECEIVED: "doc_received",
    DocumentState.VALIDATED: "doc_validated",
}
_MARKS = {
    None: "⬜",
    DocumentState.REQUESTED: "📨",
    DocumentState.RECEIVED: "📥",
    DocumentState.VALIDATED: "✅",
}
_NO_LETTERS = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 40


def document_key(name: str) -> str:
    """Name a document as a choice: "Contrato social" → ``contrato-social``; without commas."""
    return _NO_LETTERS.sub("-", fold(name)).strip("-")


def documents_named(keys: str, names: Iterable[str]) -> tuple[str, ...]:
    """Read a choice of several back into the names of documents; others are left out."""
    chosen = {key.strip() for key in keys.split(",")}
    return tuple(name for name in names if document_key(name) in chosen)


def documents_of(case: Case, required: Sequence[str]) -> tuple[str, ...]:
    """List the documents that a case needs or has, the needed ones first."""
    return tuple(dict.fromkeys((*required, *case.documents)))


def documents_section(case: Case, required: Sequence[str], now: datetime) -> Json | None:
    """Say where each document stands, who moved it there and when; None when there are none."""
    names = documents_of(case, required)
    if not names:
        return None
    done = sum(name in case.validated for name in names)
    return container(
        heading(f"📎 Documentos · {done} de {len(names)} conferidos", section=True, spacing="None"),
        *(_line(case, name, now) for name in names),
        id="documents",
    )


def state_input(state: DocumentState, names: Iterable[str], *, value: str = "") -> Json:
    """Ask which of these documents have reached a state."""
    field = STATE_INPUTS[state]
    return {
        **choice_input(
            field,
            FIELDS[field],
            {document_key(name): plain(name) for name in names},
            error="Marque um documento da lista.",
            expanded=True,
            several=True,
        ),
        **({"value": value} if value else {}),
    }


def _line(case: Case, name: str, now: datetime) -> Json:
    reached = case.documents.get(name, {})
    state = max(reached, key=list(DocumentState).index, default=None)
    if state is None:
        return rich(run(f"{_MARKS[None]} "), run(name, bold=True), run(" · falta pedir"))
    event = reached[state]
    who = one_line(event.by.first_name, at_most=_LONGEST_NAME)
    return rich(
        run(f"{_MARKS[state]} "),
        run(name, bold=True),
        run(f" · {DOCUMENT_STATES[state]} · {who}, {moment(event.at, now)}"),
    )
