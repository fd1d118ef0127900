"""Who is away, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.people import Absence, PersonId, PersonRef
from retention.storage.tables import absences, insert_or

_SINCE = (
    sa.select(absences)
    .where(absences.c.until >= bindparam("day"))
    .order_by(absences.c.until, absences.c.person_id)
)
_INSERT = insert_or(absences)
_SET = _INSERT.on_conflict_do_update(
    index_elements=["person_id"],
    set_={
        name: _INSERT.excluded[name]
        for name in ("person_name", "until", "set_by_id", "set_by_name", "set_at")
    },
)
_END = sa.delete(absences).where(absences.c.person_id == bindparam("person"))
_FORGET = sa.delete(absences).where(absences.c.until < bindparam("day"))


class SqlAbsences:
    """Implements `Absences` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def since(self, day: date) -> Sequence[Absence]:
        """List those that last until a day or longer, whoever comes back first in front."""
        rows = await self._connection.execute(_SINCE, {"day": day})
        return [
            Absence(
                person=PersonRef(PersonId(row.person_id), row.person_name),
                until=row.until,
                set_by=PersonRef(PersonId(row.set_by_id), row.set_by_name),
                set_at=row.set_at,
            )
            for row in rows
        ]

    async def set(self, absence: Absence) -> None:
        """Insert or replace: a person has one absence at most."""
        values = {
            "person_id": absence.person.id,
            "person_name": absence.person.name,
            "until": absence.until,
            "set_by_id": absence.set_by.id,
            "set_by_name": absence.set_by.name,
            "set_at": absence.set_at,
        }
        await self._connection.execute(_SET, values)

    async def end(self, person: PersonId) -> None:
        """Forget that somebody is away; again is harmless."""
        await self._connection.execute(_END, {"person": person})

    async def forget(self, *, before: date) -> None:
        """Delete those that ended before a day."""
        await self._connection.execute(_FORGET, {"day": before})
