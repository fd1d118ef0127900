"""Fail-over between processes: who is silent for too long loses its unfinished effects to a peer.

All times are the database's, so clocks of different hosts need not agree.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from retention.database import Database

log = structlog.get_logger(__name__)

_beats = sa.table(
    "executor_beat", sa.column("id", sa.Text), sa.column("seen", sa.DateTime(timezone=True))
)
_BEAT = (
    insert(_beats)
    .values(id=bindparam("id"), seen=sa.func.now())
    .on_conflict_do_update(index_elements=["id"], set_={"seen": sa.func.now()})
)
_GOODBYE = sa.delete(_beats).where(_beats.c.id == bindparam("own_id"))
_IS_SILENT = _beats.c.seen < sa.func.now() - bindparam("dead_after", type_=sa.Interval)
_KNOWN = sa.select(_beats.c.id)
_HEARD = _KNOWN.where(~_IS_SILENT)
_FORGET = sa.delete(_beats).where(_IS_SILENT)

_GOODBYE_SECONDS = 1.0

FindWorking = Callable[[], Mapping[str, set[str]]]
"""Name the processes that have unfinished effects, and the runs of each; blocks."""
Adopt = Callable[[list[str]], None]
"""Queue the unfinished effects of these processes again; blocks."""
Reclaim = Callable[[set[str]], None]
"""Look at what is said to run in this process, and queue again what does not; blocks."""


class Heartbeat:
    """Say again and again that this process lives, and adopt the effects of those that do not.

    Whoever has unfinished effects and is not heard is dead: one that ended with a goodbye, one
    that was forgotten, and one silent for `dead_after_seconds`.
    """

    def __init__(self, database: Database, executor_id: str, dead_after_seconds: float) -> None:
        self._database = database
        self._id = executor_id
        self._dead_after = dead_after_seconds
        self._last_beat = self._steady_since = -math.inf
        self._find_working: FindWorking | None = None
        self._task: asyncio.Task[None] | None = None
        self._beating = asyncio.Lock()

    def start(self, *, find_working: FindWorking, adopt: Adopt, reclaim: Reclaim) -> None:
        """Beat on the running loop until `stop`."""
        self._find_working, self._adopt, self._reclaim = find_working, adopt, reclaim
        self._task = asyncio.create_task(self._beat_for_ever())

    def only_beat(self) -> None:
        """Adopt nothing more, but still live: running effects are being finished."""
        self._find_working = None

    async def stop(self) -> None:
        """Say goodbye: peers, or the next start, adopt at once what was left unfinished.

        Without a database it leaves in silence, after a moment.
        """
        try:
            async with asyncio.timeout(_GOODBYE_SECONDS):
                async with self._beating:  # a thread that asks the database cannot be cancelled
                    await self._cancel()
                async with self._database.begin() as connection:
                    await connection.execute(_GOODBYE, {"own_id": self._id})
        except Exception as error:  # noqa: BLE001 - nothing must keep the process from ending
            log.warning("heartbeat.no_goodbye", error=type(error).__name__)
            await self._cancel()

    async def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def beat(self) -> None:
        """Say once that this process lives."""
        async with self._database.begin() as connection:
            await connection.execute(_BEAT, {"id": self._id})

    async def _beat_for_ever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._dead_after), self._beating:
                    await self.beat()
                    self._note_beat()
                    if self._find_working is not None:
                        await self._adopt_effects(self._find_working)
            except Exception as error:  # noqa: BLE001 - a heart goes on, whatever happens
                log.warning("heartbeat.missed", error=type(error).__name__)
            await asyncio.sleep(self._dead_after / 6)

    def _note_beat(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._last_beat > self._dead_after / 2:
            self._steady_since = now
        self._last_beat = now

    async def _adopt_effects(self, find_working: FindWorking) -> None:
        # Asked before who lives: whoever begins to work in between has said already that it does.
        working = await asyncio.to_thread(find_working)
        # After an outage of the database everybody looks silent: peers get time to beat first.
        is_steady = self._last_beat - self._steady_since >= self._dead_after
        silence = {"dead_after": timedelta(seconds=self._dead_after)}
        async with self._database.begin() as connection:
            found = await connection.execute(*((_HEARD, silence) if is_steady else (_KNOWN, {})))
            dead = sorted(working.keys() - set(found.scalars()))
            if is_steady:
                await connection.execute(_FORGET, silence)
        if is_steady:
            await asyncio.to_thread(self._reclaim, working.get(self._id, set()))
        if dead:
            await asyncio.to_thread(self._adopt, dead)
            log.info("heartbeat.adopted", executors=len(dead))
