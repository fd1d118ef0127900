"""Where each case is discussed, in SQL."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.case import CaseNumber
from retention.domain.errors import CaseNotFound
from retention.services.ports.cases import CaseThread
from retention.storage.places import place_json, place_of
from retention.storage.tables import insert_or, threads

_GET = sa.select(threads).where(threads.c.number == bindparam("number"))
_CASE_IN = sa.select(sa.func.max(threads.c.number)).where(
    threads.c.conversation == bindparam("conversation")
)
_INSERT = insert_or(threads)
_SAVE = _INSERT.on_conflict_do_update(
    index_elements=["number"],
    set_={
        column.name: _INSERT.excluded[column.name]
        for column in (
            threads.c.service_url,
            threads.c.place,
            threads.c.receipt,
            threads.c.conversation,
        )
    },
)


class SqlThreads:
    """Implements `ThreadRepository` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, number: CaseNumber) -> CaseThread:
        """Raises CaseNotFound."""
        row = (await self._connection.execute(_GET, {"number": number})).first()
        if row is None:
            raise CaseNotFound(str(number))
        return CaseThread(number, row.service_url, place_of(row.place), place_of(row.receipt))

    async def case_in(self, conversation: str) -> CaseNumber | None:
        """Find the newest case that is discussed in a conversation."""
        found = await self._connection.scalar(_CASE_IN, {"conversation": conversation})
        return None if found is None else CaseNumber(found)

    async def save(self, thread: CaseThread) -> None:
        """Insert or replace."""
        self._connection.defer(
            _SAVE,
            {
                "number": thread.number,
                "service_url": thread.service_url,
                "place": place_json(thread.place),
                "receipt": place_json(thread.receipt),
                "conversation": thread.place.conversation if thread.place else None,
            },
        )
