"""What was counted of a case before it began anew: no number of a month that is over changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_MOMENT = sa.DateTime(timezone=True)
_EVENTS = sa.table(
    "case_events",
    sa.column("number"),
    sa.column("version"),
    sa.column("type"),
    sa.column("data", sa.Text()),
    sa.column("at", _MOMENT),
)
_CASES_AT_ONCE = 500


def upgrade() -> None:
    rounds = op.create_table(
        "former_rounds",
        sa.Column("number", sa.Integer, sa.ForeignKey("cases.number"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("handed_over_at", _MOMENT),
        sa.Column("claimed_at", _MOMENT),
        sa.Column("reverted_at", _MOMENT),
    )
    op.create_index("former_rounds_by_claim", "former_rounds", ["claimed_at"])
    op.create_index("former_rounds_by_reversal", "former_rounds", ["reverted_at"])
    _find_what_there_is(rounds)


def _find_what_there_is(rounds: sa.Table) -> None:
    """Read the history of every case once, some cases at a time."""
    connection = op.get_bind()
    page = (
        sa.select(_EVENTS)
        .where(_EVENTS.c.number > sa.bindparam("after"))
        .where(_EVENTS.c.number <= sa.bindparam("after") + _CASES_AT_ONCE)
        .order_by(_EVENTS.c.number, _EVENTS.c.version)
    )
    last = connection.scalar(sa.select(sa.func.max(_EVENTS.c.number))) or 0
    for after in range(0, last, _CASES_AT_ONCE):
        rows = connection.execute(page, {"after": after}).all()
        found = [
            {"number": number, **each}
            for number, events in groupby(rows, key=lambda row: row.number)
            for each in _former(events)
        ]
        if found:
            connection.execute(sa.insert(rounds), found)


def _former(events: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Do what `domain/case_marks.py` did when this was written."""
    handed_over: datetime | None = None
    claimed: datetime | None = None
    reverted: datetime | None = None
    for event in events:
        data = event.data if isinstance(event.data, dict) else json.loads(event.data)
        before, after = data.get("before"), data.get("after")
        goes_back = after == "in_treatment" != before
        is_queued = after == "awaiting_admfin" != before
        lost = {
            "handed_over_at": handed_over,
            "claimed_at": claimed if goes_back or is_queued else None,
            "reverted_at": reverted if goes_back else None,
        }
        if lost["claimed_at"] or lost["reverted_at"]:
            yield {"version": event.version, **lost}
        if goes_back:
            handed_over = claimed = reverted = None
        if is_queued:
            handed_over, claimed = event.at, None
        if event.type in {"CaseClaimed", "CaseAssigned"}:
            claimed = claimed or event.at
        elif event.type == "CaseReverted":
            reverted = event.at
