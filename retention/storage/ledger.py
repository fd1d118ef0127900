"""What was sent already, so that a repeated effect sends nothing twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncEngine

from retention.storage.tables import effect_ledger, insert_or

_SENDING, _SENT = "sending", "sent"
_BEGIN = (
    insert_or(effect_ledger)
    .values(key=bindparam("key"), state=_SENDING)
    .on_conflict_do_update(index_elements=["key"], set_={"state": effect_ledger.c.state})
    .returning(effect_ledger.c.state, effect_ledger.c.remote_id)
)
_FINISH = (
    sa.update(effect_ledger)
    .where(effect_ledger.c.key == bindparam("same_key"))
    .values(state=_SENT, remote_id=bindparam("sent_id"))
)


class SqlLedger:
    """Implements `Ledger`, each step in a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def once(self, key: str, send: Callable[[], Awaitable[str]]) -> str:
        """Send what must not be sent twice; return the id the receiver gave.

        Whatever `send` raises passes through, and the next call sends again.
        """
        async with self._engine.begin() as connection:
            entry = (await connection.execute(_BEGIN, {"key": key})).one()
        if entry.state == _SENT:
            return str(entry.remote_id)
        remote_id = await send()
        async with self._engine.begin() as connection:
            await connection.execute(_FINISH, {"same_key": key, "sent_id": remote_id})
        return remote_id
