"""What reports count of cases, in SQL: never more than one span of time, along its indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.cancellation import CancellationPath, CancellationReason
from retention.domain.case_marks import FormerRound, Marks
from retention.domain.events import OutcomeKind
from retention.domain.report import CaseFigures, Span
from retention.storage.case_lists import LINES, lines_of
from retention.storage.tables import UtcDateTime, cases, former_rounds

_MARKS = tuple(field.name for field in fields(Marks))
_FIGURES = LINES.add_columns(
    cases.c.path,
    cases.c.reason,
    cases.c.monthly_value_cents,
    *(cases.c[name] for name in _MARKS),
).order_by(cases.c.opened_at, cases.c.number)
_SINCE = bindparam("since", type_=UtcDateTime)
_UNTIL = bindparam("until", type_=UtcDateTime)


def _numbers_where(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(cases.c.number).where(*conditions)


def _within(moment: sa.Column[Any]) -> sa.Select[Any]:
    return sa.select(moment.table.c.number).where(moment >= _SINCE, moment < _UNTIL)


_COUNTED_BEFORE = (former_rounds.c.claimed_at, former_rounds.c.reverted_at)
_COUNTED = (
    cases.c.opened_at,
    cases.c.claimed_at,
    cases.c.reverted_at,
    cases.c.ended_at,
    *_COUNTED_BEFORE,
)
_FORMER = (
    sa.select(former_rounds)
    .where(former_rounds.c.number.in_(sa.union(*map(_within, _COUNTED_BEFORE))))
    .order_by(former_rounds.c.version)
)
_BETWEEN = _FIGURES.where(cases.c.number.in_(sa.union(*map(_within, _COUNTED))))
_OPEN_AT = _FIGURES.where(
    cases.c.number.in_(
        sa.union(
            _numbers_where(cases.c.is_open, cases.c.opened_at <= _UNTIL),
            _numbers_where(cases.c.ended_at > _UNTIL, cases.c.opened_at <= _UNTIL),
        )
    )
)
_EXCEPTIONS = _FIGURES.where(cases.c.number.in_(_numbers_where(cases.c.exception_open)))


class SqlFigures:
    """Implements `FiguresRepository` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def between(self, span: Span) -> Sequence[CaseFigures]:
        """List the cases to which something countable happened in a span, oldest first.

        They hold their former rounds where those have something in it too.
        """
        moments = {"since": span.since, "until": span.until}
        former: dict[int, list[FormerRound]] = defaultdict(list)
        for row in await self._connection.execute(_FORMER, moments):
            values = (row.version, row.handed_over_at, row.claimed_at, row.reverted_at)
            former[row.number].append(FormerRound(*values))
        found = _figures_of(await self._connection.execute(_BETWEEN, moments))
        return [replace(each, former=tuple(former[each.line.number])) for each in found]

    async def open_at(self, moment: datetime) -> Sequence[CaseFigures]:
        """List the cases that were open at a moment, oldest first."""
        return _figures_of(await self._connection.execute(_OPEN_AT, {"until": moment}))

    async def exceptions(self) -> Sequence[CaseFigures]:
        """List the cases ended by exception that no leader has seen yet."""
        return _figures_of(await self._connection.execute(_EXCEPTIONS))


def _figures_of(rows: Iterable[Any]) -> Sequence[CaseFigures]:
    found = list(rows)
    return [
        CaseFigures(
            line=line,
            path=CancellationPath(row.path),
            reason=CancellationReason(row.reason),
            monthly_value=row.monthly_value_cents,
            marks=_marks_of(row),
        )
        for row, line in zip(found, lines_of(found), strict=True)
    ]


def _marks_of(row: Any) -> Marks:
    values = {name: getattr(row, name) for name in _MARKS}
    for name in ("has_feedback", "by_exception", "exception_open"):
        values[name] = bool(values[name])
    values["outcome"] = row.outcome and OutcomeKind(row.outcome)
    values["real_reason"] = row.real_reason and CancellationReason(row.real_reason)
    return Marks(**values)
