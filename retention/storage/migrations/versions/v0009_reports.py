"""What reports count of each case; the digests of the leaders, and their personal chats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_MOMENT = sa.DateTime(timezone=True)
_COLUMNS: Mapping[str, Any] = {
    "handed_over_at": _MOMENT,
    "claimed_at": _MOMENT,
    "reverted_at": _MOMENT,
    "ended_at": _MOMENT,
    "outcome": sa.Text(),
    "real_reason": sa.Text(),
    "has_feedback": sa.Boolean(),
    "by_exception": sa.Boolean(),
    "exception_open": sa.Boolean(),
    "closed_in_crm_at": _MOMENT,
    "plan_due": sa.Date(),
    "moved_at": _MOMENT,
}
_CASES = sa.table(
    "cases", sa.column("number"), *(sa.column(name, kind) for name, kind in _COLUMNS.items())
)
_EVENTS = sa.table(
    "case_events",
    sa.column("number"),
    sa.column("version"),
    sa.column("type"),
    sa.column("data", sa.Text()),
    sa.column("at", _MOMENT),
    sa.column("by_id"),
)
_CASES_AT_ONCE = 500


def upgrade() -> None:
    for name, kind in _COLUMNS.items():
        op.add_column("cases", sa.Column(name, kind))
    _count_what_there_is()
    op.create_index("cases_by_opening", "cases", ["opened_at"])
    op.create_index("cases_by_claim", "cases", ["claimed_at"])
    op.create_index("cases_by_reversal", "cases", ["reverted_at"])
    op.create_index("cases_by_end", "cases", ["ended_at"])
    op.create_index(
        "cases_by_exception",
        "cases",
        ["ended_at"],
        sqlite_where=sa.text("exception_open = 1"),
        postgresql_where=sa.text("exception_open"),
    )
    op.create_table(
        "digests",
        sa.Column("leader_id", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_table(
        "personal_chats",
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("service_url", sa.Text),
        sa.Column("conversation", sa.Text),
        sa.Column("unreachable_since", _MOMENT),
        sa.Column("muted", sa.JSON, nullable=False),
    )


def _count_what_there_is() -> None:
    """Read the history of every case once, some cases at a time."""
    connection = op.get_bind()
    change = (
        sa.update(_CASES)
        .where(_CASES.c.number == sa.bindparam("of_number"))
        .values({name: sa.bindparam(f"new_{name}", type_=kind) for name, kind in _COLUMNS.items()})
    )
    page = (
        sa.select(_EVENTS)
        .where(_EVENTS.c.number > sa.bindparam("after"))
        .where(_EVENTS.c.number <= sa.bindparam("after") + _CASES_AT_ONCE)
        .order_by(_EVENTS.c.number, _EVENTS.c.version)
    )
    last = connection.scalar(sa.select(sa.func.max(_CASES.c.number))) or 0
    for after in range(0, last, _CASES_AT_ONCE):
        rows = connection.execute(page, {"after": after}).all()
        changes = [
            {"of_number": number, **_marks(list(events))}
            for number, events in groupby(rows, key=lambda row: row.number)
        ]
        if changes:
            connection.execute(change, changes)


def _marks(events: list[Any]) -> dict[str, Any]:
    """Do what `domain/case_marks.py` did when this was written."""
    marks: dict[str, Any] = dict.fromkeys(_COLUMNS)
    marks |= {"has_feedback": False, "by_exception": False, "exception_open": False}
    for event in events:
        data = event.data if isinstance(event.data, dict) else json.loads(event.data)
        _heed(marks, event.type, data, event.at, event.by_id)
    return {f"new_{name}": value for name, value in marks.items()}


def _heed(marks: dict[str, Any], kind: str, data: dict[str, Any], at: datetime, by: str) -> None:
    before, after = data.get("before"), data.get("after")
    if after == "in_treatment" != before:
        marks |= dict.fromkeys(("handed_over_at", "claimed_at", "reverted_at", "plan_due"))
    if after == "awaiting_admfin" != before:
        marks |= {"handed_over_at": at, "claimed_at": None}
    if by != "crm":
        marks["moved_at"] = at
    match kind, data.get("kind"):
        case "CaseClaimed", _:
            marks["claimed_at"] = marks["claimed_at"] or at
        case "CaseReverted", _:
            marks["reverted_at"] = at
        case "PlanMade", _:
            marks["plan_due"] = date.fromisoformat(data["due"])
        case "CrmHeard", "closed":
            marks["closed_in_crm_at"] = at
        case "CrmHeard", "status":
            marks["closed_in_crm_at"] = None
        case "OutcomeRecorded", outcome:
            marks |= {"ended_at": at, "outcome": outcome, "real_reason": data.get("real_reason")}
            marks["has_feedback"] = data.get("feedback_channel") not in {None, "no_contact"}
            marks["by_exception"] = marks["exception_open"] = bool(data.get("override"))
        case _:
            pass
