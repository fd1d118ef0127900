"""What was sent already, so that a repeated effect sends nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.services.ports.failures import TransientError
from retention.storage.tables import buried_effects, effect_ledger, insert_or

Written = TypeVar("Written")

_WRITERS = 4
_SENDING, _SENDING_AGAIN, _SENT = "sending", "sending again", "sent"
_BEGIN = (
    insert_or(effect_ledger)
    .values(key=bindparam("key"), effect=bindparam("effect"), state=_SENDING)
    .on_conflict_do_update(
        index_elements=["key"],
        set_={"state": sa.case((effect_ledger.c.state == _SENT, _SENT), else_=_SENDING_AGAIN)},
    )
    .returning(effect_ledger.c.state, effect_ledger.c.remote_id)
)
_FINISH = sa.text("UPDATE effect_ledger SET state = 'sent', remote_id = :sent_id WHERE key = :key")
"""As words: building a statement would take its time between sending and knowing it."""
_IS_BURIED = sa.exists().where(buried_effects.c.key == effect_ledger.c.effect)
_FORGET = sa.delete(effect_ledger).where(
    effect_ledger.c.effect.in_(bindparam("effects", expanding=True)), ~_IS_BURIED
)


class SqlLedger:
    """Implements `Ledger`, each step in a transaction of its own.

    A thread with a connection at hand writes it, in one statement: however busy the loop is, a
    message that is out must be known as such in the next moment.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._writers = ThreadPoolExecutor(_WRITERS, thread_name_prefix="ledger")
        self._unwritten: dict[str, str] = {}
        """What was sent while the database could not be told: key → the receiver's id."""
        self._refused: set[str] = set()
        """What was begun in this process's life and, as we know, never went out."""

    def close(self) -> None:
        """End the threads, once nothing is sent any more."""
        self._writers.shutdown(wait=False)

    async def once(
        self,
        key: str,
        send: Callable[[], Awaitable[str]],
        find: Callable[[], Awaitable[str | None]] | None = None,
    ) -> str:
        """Send what must not be sent twice; return the id the receiver gave.

        Whatever `send` raises passes through, and the next call looks with `find`, then sends.
        """
        begin = {"key": key, "effect": key.rpartition(":")[0]}
        entry = await self._write(lambda connection: connection.execute(_BEGIN, begin).one())
        if entry.state == _SENT:
            return str(entry.remote_id)
        if key not in self._unwritten:
            in_doubt = entry.state == _SENDING_AGAIN and key not in self._refused
            found = await find() if in_doubt and find is not None else None
            self._unwritten[key] = found or await self._send(key, send, in_doubt=in_doubt)
        remote_id = self._unwritten[key]
        finish = {"key": key, "sent_id": remote_id}
        await self._write(lambda connection: connection.execute(_FINISH, finish))
        self._unwritten.pop(key, None)
        return remote_id

    async def _send(self, key: str, send: Callable[[], Awaitable[str]], *, in_doubt: bool) -> str:
        """Send, and remember a plain refusal: what never went out need not be looked for."""
        self._refused.discard(key)
        try:
            return await send()
        except TransientError as error:
            if not in_doubt and not error.outcome_unknown:
                self._refused.add(key)
            raise

    async def forget(self, effect_keys: Sequence[str]) -> None:
        """Delete what these effects sent, unless they are buried: those may be replayed."""
        effects = {"effects": list(effect_keys)}
        await self._write(lambda connection: connection.execute(_FORGET, effects))

    async def _write(self, write: Callable[[sa.Connection], Written]) -> Written:
        def written() -> Written:
            with self._engine.begin() as connection:
                return write(connection)

        return await asyncio.get_running_loop().run_in_executor(self._writers, written)
