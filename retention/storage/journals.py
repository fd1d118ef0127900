"""Small tables that are only added to: refused and private actions, welcomed conversations."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.case import CaseNumber
from retention.domain.people import PersonRef
from retention.storage.audit_chain import REFUSAL_ENTRY, sealed
from retention.storage.tables import audit, counters, insert_or, welcomes

_NEXT_ID = (
    sa.update(counters)
    .where(counters.c.name == "refusal")
    .values(value=counters.c.value + 1)
    .returning(counters.c.value)
)
_HASH = sa.select(audit.c.hash).where(audit.c.id == bindparam("id"))
_REFUSED = sa.insert(audit)
_CONTAINS = sa.select(welcomes.c.at).where(welcomes.c.conversation == bindparam("conversation"))
_ADD = insert_or(welcomes).on_conflict_do_nothing(index_elements=["conversation"])


class SqlAuditLog:
    """Implements `AuditLog` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def refused(
        self, *, at: datetime, by: PersonRef, action: str, number: CaseNumber | None, why: str
    ) -> None:
        """Append that somebody tried what they may not do.

        Refusals share one chain: the counter lets one transaction at a time write to it.
        """
        next_id = (await self._connection.execute(_NEXT_ID)).scalar_one()
        # A statement of its own: only now does it see what the one before us has written.
        found = await self._connection.execute(_HASH, {"id": next_id - 1})
        row = {
            "id": next_id,
            "at": at,
            "by_id": by.id,
            "by_name": by.name,
            "action": action,
            "number": number,
            "why": why,
        }
        await self._connection.execute(
            _REFUSED, list(sealed([row], REFUSAL_ENTRY, previous=found.scalar_one_or_none()))
        )

    async def noted(
        self, *, at: datetime, by: PersonRef, action: str, number: CaseNumber | None, what: str
    ) -> None:
        """Append what somebody did in private, in the chain of the refusals."""
        await self.refused(at=at, by=by, action=action, number=number, why=what)


class SqlWelcomes:
    """Implements `Welcomes` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def contains(self, conversation: str) -> bool:
        result = await self._connection.execute(_CONTAINS, {"conversation": conversation})
        return result.first() is not None

    async def add(self, conversation: str, *, at: datetime) -> None:
        """Remember a conversation; again is harmless."""
        await self._connection.execute(_ADD, {"conversation": conversation, "at": at})
