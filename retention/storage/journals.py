"""Small tables that are only added to: refused actions, welcomed conversations."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from retention.domain.case import CaseNumber
from retention.domain.people import PersonRef
from retention.storage.tables import audit, insert_or, welcomes

_REFUSED = sa.insert(audit)
_CONTAINS = sa.select(welcomes.c.at).where(welcomes.c.conversation == bindparam("conversation"))
_ADD = insert_or(welcomes).on_conflict_do_nothing(index_elements=["conversation"])


class SqlAuditLog:
    """Implements `AuditLog` in the transaction of one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def refused(
        self, *, at: datetime, by: PersonRef, action: str, number: CaseNumber | None, why: str
    ) -> None:
        """Append that somebody tried what they may not do."""
        await self._connection.execute(
            _REFUSED,
            {
                "at": at,
                "by_id": by.id,
                "by_name": by.name,
                "action": action,
                "number": number,
                "why": why,
            },
        )


class SqlWelcomes:
    """Implements `Welcomes` in the transaction of one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def contains(self, conversation: str) -> bool:
        result = await self._connection.execute(_CONTAINS, {"conversation": conversation})
        return result.first() is not None

    async def add(self, conversation: str, *, at: datetime) -> None:
        """Remember a conversation; again is harmless."""
        await self._connection.execute(_ADD, {"conversation": conversation, "at": at})
