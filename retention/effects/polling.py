"""DBOS looks at its queues without work where there is none.

At every poll DBOS 2 reads how the queue is set up and builds anew the statement that takes work:
four queues, asked ten times a second, were a quarter of a core on an idle machine. Here how a queue
is set up is what this process has said, and a poll asks one prepared question first: each time
while there is work, once a second for what others have enqueued.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from dbos._queue import Queue
    from dbos._sys_db import SystemDatabase

_AWAKE_SECONDS = 2.0
"""For so long each poll looks: whatever was enqueued is committed by then, or a look later."""
_ASLEEP_SECONDS = 1.0


class QuietQueues:
    """Which queues are worth a look; stands before DBOS's own database from its launch on."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._set_up: dict[str, Queue] = {}
        self._awake_until: defaultdict[str, float] = defaultdict(float)
        self._look_at: defaultdict[str, float] = defaultdict(float)

    def stand_before(self, database: SystemDatabase) -> None:
        """Answer DBOS's polls."""
        read, take = database.get_queue, database.start_queued_partitioned_workflows
        engine, has_any = database.engine, _has_any(database.tables.workflow_status)

        def get_queue(name: str, **options: Any) -> Queue | None:
            return self._set_up.get(name) or read(name, **options)

        def take_if_any(queue: Queue, *arguments: Any, **options: Any) -> list[str]:
            if not self._is_due(queue.name):
                return []
            with engine.connect() as connection:
                if connection.scalar(has_any, {"queue": queue.name}) is None:
                    return []
            self.wake(queue.name)
            return take(queue, *arguments, **options)

        vars(database).update(get_queue=get_queue, start_queued_partitioned_workflows=take_if_any)

    def set_up(self, queue: Queue) -> None:
        """Say how a queue is set up; of others DBOS reads it."""
        self._set_up[queue.name] = queue

    def wake(self, queue: str) -> None:
        """Have each poll look at a queue for a while: something was enqueued, or waits there."""
        self._awake_until[queue] = self._monotonic() + _AWAKE_SECONDS

    def _is_due(self, queue: str) -> bool:
        now = self._monotonic()
        if now < self._look_at[queue] and now >= self._awake_until[queue]:
            return False
        self._look_at[queue] = now + _ASLEEP_SECONDS
        return True


def _has_any(effects: sa.Table) -> sa.Select[Any]:
    """Ask along DBOS's index of what is in flight, whose condition SQLite wants word for word."""
    waits: sa.ColumnElement[str] = sa.literal_column("'ENQUEUED'")
    runs: sa.ColumnElement[str] = sa.literal_column("'PENDING'")
    return (
        sa.select(sa.literal_column("1"))
        .where(effects.c.queue_name == sa.bindparam("queue"))
        .where(effects.c.status == waits, effects.c.status.in_([waits, runs]))
        .limit(1)
    )
