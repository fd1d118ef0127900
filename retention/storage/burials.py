"""Effects that were given up, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.case import CaseNumber
from retention.services.ports.effects import NO_CASE, BuriedEffect
from retention.storage.tables import buried_effects, insert_or

_INSERT = insert_or(buried_effects)
_ADD = _INSERT.on_conflict_do_update(
    index_elements=["key"],
    set_={
        column.name: _INSERT.excluded[column.name]
        for column in (
            buried_effects.c.error,
            buried_effects.c.buried_at,
            buried_effects.c.replays,
        )
    },
)
_ALL = sa.select(buried_effects).order_by(buried_effects.c.buried_at, buried_effects.c.key)
_GET = sa.select(buried_effects).where(buried_effects.c.key == bindparam("key"))
_COUNT = sa.select(sa.func.count()).select_from(buried_effects)
_REMOVE = sa.delete(buried_effects).where(buried_effects.c.key == bindparam("key"))


class SqlBurials:
    """Implements `Burials` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, buried: BuriedEffect) -> None:
        """Insert or replace."""
        number = None if buried.number == NO_CASE else buried.number
        await self._connection.execute(_ADD, {**asdict(buried), "number": number})

    async def get(self, key: str) -> BuriedEffect | None:
        row = (await self._connection.execute(_GET, {"key": key})).first()
        return _buried_of(row) if row is not None else None

    async def all(self) -> Sequence[BuriedEffect]:
        """List them, oldest first."""
        return [_buried_of(row) for row in await self._connection.execute(_ALL)]

    async def count(self) -> int:
        return int(await self._connection.scalar(_COUNT))

    async def remove(self, key: str) -> bool:
        """Forget one; False when there was none."""
        return (await self._connection.execute(_REMOVE, {"key": key})).rowcount == 1


def _buried_of(row: Any) -> BuriedEffect:
    return BuriedEffect(
        key=row.key,
        subscriber=row.subscriber,
        number=NO_CASE if row.number is None else CaseNumber(row.number),
        version=row.version,
        error=row.error,
        buried_at=row.buried_at,
        replays=row.replays,
    )
