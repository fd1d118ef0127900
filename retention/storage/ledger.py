"""What was sent already, so that a repeated effect sends nothing twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncEngine

from retention.storage.tables import buried_effects, effect_ledger, insert_or

_SENDING, _SENT = "sending", "sent"
_BEGIN = (
    insert_or(effect_ledger)
    .values(key=bindparam("key"), effect=bindparam("effect"), state=_SENDING)
    .on_conflict_do_update(index_elements=["key"], set_={"state": effect_ledger.c.state})
    .returning(effect_ledger.c.state, effect_ledger.c.remote_id)
)
_FINISH = (
    sa.update(effect_ledger)
    .where(effect_ledger.c.key == bindparam("same_key"))
    .values(state=_SENT, remote_id=bindparam("sent_id"))
)
_IS_BURIED = sa.exists().where(buried_effects.c.key == effect_ledger.c.effect)
_FORGET = sa.delete(effect_ledger).where(
    effect_ledger.c.effect.in_(bindparam("effects", expanding=True)), ~_IS_BURIED
)


class SqlLedger:
    """Implements `Ledger`, each step in a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._unwritten: dict[str, str] = {}
        """What was sent while the database could not be told: key → the receiver's id."""

    async def once(self, key: str, send: Callable[[], Awaitable[str]]) -> str:
        """Send what must not be sent twice; return the id the receiver gave.

        Whatever `send` raises passes through, and the next call sends again.
        """
        begin = {"key": key, "effect": key.rpartition(":")[0]}
        async with self._engine.begin() as connection:
            entry = (await connection.execute(_BEGIN, begin)).one()
        if entry.state == _SENT:
            return str(entry.remote_id)
        if key not in self._unwritten:
            self._unwritten[key] = await send()
        remote_id = self._unwritten[key]
        async with self._engine.begin() as connection:
            await connection.execute(_FINISH, {"same_key": key, "sent_id": remote_id})
        self._unwritten.pop(key, None)
        return remote_id

    async def forget(self, effect_keys: Sequence[str]) -> None:
        """Delete what these effects sent, unless they are buried: those may be replayed."""
        async with self._engine.begin() as connection:
            await connection.execute(_FORGET, {"effects": list(effect_keys)})
