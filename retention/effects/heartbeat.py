"""Fail-over between processes: who is silent for too long loses its unfinished effects to a peer.

All times are the database's, so clocks of different hosts need not agree.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

log = structlog.get_logger(__name__)

_beats = sa.table(
    "executor_beat", sa.column("id", sa.Text), sa.column("seen", sa.DateTime(timezone=True))
)
_BEAT = (
    insert(_beats)
    .values(id=bindparam("id"), seen=sa.func.now())
    .on_conflict_do_update(index_elements=["id"], set_={"seen": sa.func.now()})
)
_GOODBYE = sa.update(_beats).where(_beats.c.id == bindparam("own_id")).values(seen=None)
_IS_GONE = _beats.c.seen.is_(None)
_IS_SILENT = _beats.c.seen < sa.func.now() - bindparam("dead_after", type_=sa.Interval)
_GONE = sa.select(_beats.c.id).where(_IS_GONE)
_GONE_OR_SILENT = sa.select(_beats.c.id).where(sa.or_(_IS_GONE, _IS_SILENT))
_FORGET = sa.delete(_beats).where(
    _beats.c.id.in_(bindparam("ids", expanding=True)), sa.or_(_IS_GONE, _IS_SILENT)
)

Adopt = Callable[[list[str]], bool]
"""Queue the unfinished effects of these processes again; blocks; False when some are left."""


class Heartbeat:
    """Say again and again that this process lives, and adopt the effects of those that do not."""

    def __init__(self, engine: AsyncEngine, executor_id: str, dead_after_seconds: float) -> None:
        self._engine = engine
        self._id = executor_id
        self._dead_after = dead_after_seconds
        self._last_beat = self._steady_since = -math.inf
        self._adopt: Adopt | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, *, adopt: Adopt) -> None:
        """Beat on the running loop until `stop`."""
        self._adopt = adopt
        self._task = asyncio.create_task(self._beat_for_ever())

    def only_beat(self) -> None:
        """Adopt nothing more, but still live: running effects are being finished."""
        self._adopt = None

    async def stop(self) -> None:
        """Say goodbye: peers, or the next start, adopt at once what was left unfinished."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        async with self._engine.begin() as connection:
            await connection.execute(_GOODBYE, {"own_id": self._id})

    async def beat(self) -> None:
        """Say once that this process lives."""
        async with self._engine.begin() as connection:
            await connection.execute(_BEAT, {"id": self._id})

    async def _beat_for_ever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._dead_after):
                    await self.beat()
                    self._note_beat()
                    if self._adopt is not None:
                        await self._adopt_effects(self._adopt)
            except Exception as error:  # noqa: BLE001 - a heart goes on, whatever happens
                log.warning("heartbeat.missed", error=type(error).__name__)
            await asyncio.sleep(self._dead_after / 6)

    def _note_beat(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._last_beat > self._dead_after / 2:
            self._steady_since = now
        self._last_beat = now

    async def _adopt_effects(self, adopt: Adopt) -> None:
        # After an outage of the database everybody looks silent: peers get time to beat first.
        is_steady = self._last_beat - self._steady_since >= self._dead_after
        dead = _GONE_OR_SILENT if is_steady else _GONE
        async with self._engine.connect() as connection:
            found = list((await connection.execute(dead, self._silence)).scalars())
        if not found or not await asyncio.to_thread(adopt, found):
            return
        log.info("heartbeat.adopted", executors=len(found))
        async with self._engine.begin() as connection:
            await connection.execute(_FORGET, {"ids": found, **self._silence})

    @property
    def _silence(self) -> dict[str, Any]:
        return {"dead_after": timedelta(seconds=self._dead_after)}
