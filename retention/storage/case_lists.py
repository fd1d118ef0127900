"""Lists of cases, each along an index of its own and never counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.case import CaseNumber
from retention.domain.case_line import CaseLine
from retention.domain.events import CaseStatus
from retention.domain.people import PersonId, PersonRef
from retention.services.ports.cases import CaseFilter
from retention.storage.places import place_of
from retention.storage.tables import cases, threads

LINES = sa.select(
    cases.c.number,
    cases.c.crm_case_number,
    cases.c.customer,
    cases.c.status,
    cases.c.opened_by_id,
    cases.c.opened_by_name,
    cases.c.opened_at,
    cases.c.owner_id,
    cases.c.owner_name,
    threads.c.place,
).join_from(cases, threads, threads.c.number == cases.c.number, isouter=True)
"""What `line_of` needs of a case."""

LIMIT = bindparam("limit", type_=sa.Integer)
_PERSON = bindparam("person", type_=sa.Text)
_OLDEST_FIRST = (cases.c.opened_at, cases.c.number)
_NEWEST_FIRST = (cases.c.opened_at.desc(), cases.c.number.desc())


def _oldest_open_of(column: sa.Column[Any]) -> sa.Select[Any]:
    oldest = (
        sa.select(cases.c.number)
        .where(cases.c.is_open, column == _PERSON)
        .order_by(*_OLDEST_FIRST)
        .limit(LIMIT)
        .subquery()
    )
    return sa.select(oldest.c.number)


_MINE = sa.union(_oldest_open_of(cases.c.opened_by_id), _oldest_open_of(cases.c.owner_id))
_FILTERED: Mapping[CaseFilter, sa.Select[Any]] = {
    CaseFilter.OPEN: LINES.where(cases.c.is_open).order_by(*_OLDEST_FIRST).limit(LIMIT),
    CaseFilter.MINE: LINES.where(cases.c.number.in_(_MINE)).order_by(*_OLDEST_FIRST).limit(LIMIT),
    CaseFilter.UNCLAIMED: LINES.where(cases.c.status == CaseStatus.AWAITING_ADMFIN)
    .order_by(*_OLDEST_FIRST)
    .limit(LIMIT),
    CaseFilter.WATCHED: LINES.where(cases.c.status == CaseStatus.RETAINED)
    .order_by(*_NEWEST_FIRST)
    .limit(LIMIT),
}
_CLOSED_FOR = (
    LINES.where(cases.c.crm_case_number == bindparam("crm_case_number"), ~cases.c.is_open)
    .order_by(cases.c.number.desc())
    .limit(LIMIT)
)


async def filtered(
    connection: Connection, which: CaseFilter, *, person: PersonId, limit: int
) -> Sequence[CaseLine]:
    """List cases, oldest first; watched ones newest first."""
    parameters: dict[str, Any] = {"limit": limit}
    if which is CaseFilter.MINE:
        parameters |= {"person": person}
    return lines_of(await connection.execute(_FILTERED[which], parameters))


async def closed_for(
    connection: Connection, crm_case_number: str, *, limit: int
) -> Sequence[CaseLine]:
    """List ended cases of a Caso, newest first."""
    parameters = {"crm_case_number": crm_case_number, "limit": limit}
    return lines_of(await connection.execute(_CLOSED_FOR, parameters))


def lines_of(rows: Iterable[Any]) -> Sequence[CaseLine]:
    """Read the rows of `LINES`."""
    return [
        CaseLine(
            number=CaseNumber(row.number),
            crm_case_number=row.crm_case_number,
            customer=row.customer,
            status=CaseStatus(row.status),
            opened_by=PersonRef(PersonId(row.opened_by_id), row.opened_by_name),
            opened_at=row.opened_at,
            owner=PersonRef(PersonId(row.owner_id), row.owner_name) if row.owner_id else None,
            thread=place_of(row.place),
        )
        for row in rows
    ]
