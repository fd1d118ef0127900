"""What the bot remembers of the CRM, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.case import CaseNumber
from retention.domain.crm_profile import CrmCaseId
from retention.services.ports.crm_journal import CrmLink
from retention.storage.tables import cases, crm_heard, crm_links, crm_reading, insert_or

_LINK = sa.select(crm_links).where(crm_links.c.number == bindparam("number"))
_ADD_LINK = insert_or(crm_links).on_conflict_do_nothing()
_DROP_LINK = sa.delete(crm_links).where(crm_links.c.number == bindparam("number"))
_OPEN_LINKS = (
    sa.select(crm_links)
    .join(cases, cases.c.number == crm_links.c.number)
    .where(cases.c.is_open)
    .order_by(crm_links.c.number)
)
_HEAR = insert_or(crm_heard).on_conflict_do_nothing().returning(crm_heard.c.key)
_OLD = (
    sa.select(crm_heard.c.key)
    .where(crm_heard.c.heard_at < bindparam("before"))
    .limit(bindparam("most"))
)
_FORGET = sa.delete(crm_heard).where(crm_heard.c.key.in_(_OLD))
_INSTALLATION = sa.select(crm_reading.c.installation)
_CURSOR = sa.select(crm_reading.c.read_until)
_MOVE = sa.update(crm_reading).values(read_until=bindparam("to"))
_TAKE_TURN = (
    sa.update(crm_reading)
    .where(
        sa.or_(
            crm_reading.c.reader.is_(None),
            crm_reading.c.reader == bindparam("who"),
            crm_reading.c.turn_until <= bindparam("now"),
        )
    )
    .values(reader=bindparam("who"), turn_until=bindparam("until"))
)


class SqlCrmJournal:
    """Implements `CrmJournal` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def link(self, number: CaseNumber) -> CrmLink | None:
        row = (await self._connection.execute(_LINK, {"number": number})).first()
        return None if row is None else _link_of(row)

    async def add_link(self, link: CrmLink) -> None:
        """Remember the Caso of a case; again is harmless."""
        values = {"number": link.number, "crm_case": link.crm_case, "linked_at": link.linked_at}
        await self._connection.execute(_ADD_LINK, values)

    async def drop_link(self, number: CaseNumber) -> None:
        """Forget the Caso of a case; none there is harmless."""
        await self._connection.execute(_DROP_LINK, {"number": number})

    async def open_links(self) -> Sequence[CrmLink]:
        """List the Casos of all open cases."""
        return [_link_of(row) for row in await self._connection.execute(_OPEN_LINKS)]

    async def first_heard(self, keys: Sequence[str], *, at: datetime) -> AbstractSet[str]:
        """Remember the keys of changes; gives those nobody had heard before."""
        found: set[str] = set()
        for key in keys:
            heard = await self._connection.execute(_HEAR, {"key": key, "heard_at": at})
            found.update(heard.scalars())
        return found

    async def forget_heard(self, *, before: datetime, limit: int) -> int:
        """Delete up to `limit` keys heard before a moment; returns how many there were."""
        result = await self._connection.execute(_FORGET, {"before": before, "most": limit})
        return result.rowcount

    async def installation(self) -> str:
        """Tell this database from any other that writes into the same CRM."""
        return str(await self._connection.scalar(_INSTALLATION))

    async def cursor(self) -> datetime | None:
        """Give the moment up to which the CRM was read; None before the first time."""
        found: datetime | None = await self._connection.scalar(_CURSOR)
        return found

    async def move_cursor(self, to: datetime) -> None:
        await self._connection.execute(_MOVE, {"to": to})

    async def take_turn(self, reader: str, *, now: datetime, until: datetime) -> bool:
        """Make a process the one that reads, unless another one's turn still lasts."""
        taken = await self._connection.execute(
            _TAKE_TURN, {"who": reader, "now": now, "until": until}
        )
        return taken.rowcount == 1


def _link_of(row: sa.Row[tuple[object, ...]]) -> CrmLink:
    return CrmLink(CaseNumber(row.number), CrmCaseId(row.crm_case), row.linked_at)
