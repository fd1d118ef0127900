"""Each entry of the audit is chained to the one before it by a hash."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_BEGINNING = "0" * 64
_BATCH = 1_000
_STAMP = ("at", "by_id", "by_name")


def _table(name: str, *columns: str) -> sa.TableClause:
    kinds: dict[str, Any] = {"at": sa.DateTime(timezone=True), "data": sa.JSON()}
    return sa.table(name, *(sa.column(each, kinds.get(each)) for each in (*columns, "hash")))


_EVENTS = _table("case_events", "number", "version", "type", "data", *_STAMP)
_REFUSALS = _table("audit", "id", *_STAMP, "action", "number", "why")
_COUNTERS = sa.table("counters", sa.column("name"), sa.column("value"))


def upgrade() -> None:
    for table in (_EVENTS, _REFUSALS):
        op.add_column(table.name, sa.Column("hash", sa.Text, nullable=False, server_default=""))
        _let_change(table.name)
    _seal_events()
    last = _seal_refusals()
    op.execute(sa.insert(_COUNTERS).values(name="refusal", value=last))
    for table in (_EVENTS, _REFUSALS):
        _refuse_change(table.name)


def _seal_events() -> None:
    change = (
        sa.update(_EVENTS)
        .where(
            _EVENTS.c.number == sa.bindparam("of_number"),
            _EVENTS.c.version == sa.bindparam("of_version"),
        )
        .values(hash=sa.bindparam("new_hash"))
    )
    number, last = 0, _BEGINNING
    for rows in _batches(_EVENTS, (_EVENTS.c.number, _EVENTS.c.version)):
        changes = []
        for row in rows:
            last = _seal(last if row.number == number else _BEGINNING, row._asdict())
            number = row.number
            changes.append({"of_number": number, "of_version": row.version, "new_hash": last})
        op.get_bind().execute(change, changes)


def _seal_refusals() -> int:
    """Chain them and close the gaps between their ids; returns the last id."""
    change = (
        sa.update(_REFUSALS)
        .where(_REFUSALS.c.id == sa.bindparam("old_id"))
        .values(id=sa.bindparam("new_id"), hash=sa.bindparam("new_hash"))
    )
    new_id, last = 0, _BEGINNING
    for rows in _batches(_REFUSALS, (_REFUSALS.c.id,)):
        changes = []
        for row in rows:
            new_id += 1
            last = _seal(last, {**row._asdict(), "id": new_id})
            changes.append({"old_id": row.id, "new_id": new_id, "new_hash": last})
        op.get_bind().execute(change, changes)
    return new_id


def _batches(
    table: sa.TableClause, key: tuple[sa.ColumnElement[Any], ...]
) -> Iterator[Sequence[sa.Row[Any]]]:
    """Read a table in the order of its key, some rows at a time."""
    page = sa.select(table).order_by(*key).limit(_BATCH)
    rows = op.get_bind().execute(page).all()
    while rows:
        yield rows
        reached = tuple(getattr(rows[-1], column.name) for column in key)
        rows = op.get_bind().execute(page.where(sa.tuple_(*key) > reached)).all()


def _seal(previous: str, row: dict[str, Any]) -> str:
    entry = {name: value for name, value in row.items() if name != "hash"}
    at: datetime = row["at"]
    moment = at if at.tzinfo else at.replace(tzinfo=UTC)
    entry["at"] = moment.astimezone(UTC).isoformat(timespec="microseconds")
    canonical = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256((previous + canonical).encode()).hexdigest()


def _let_change(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {table}_refuses_update")
    else:
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_refuses_change")


def _refuse_change(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_refuses_update BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    else:
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_refuses_change")
