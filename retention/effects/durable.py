"""Effects on DBOS: an outbox with lanes, written in the transaction of the change itself.

DBOS is used as a durable queue, not as a workflow language: one workflow of one kind, whose id is
the key of the effect. All business state stays in the tables of the cases.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus

from retention.database import Connection, Database
from retention.domain.case import CaseNumber
from retention.effects.heartbeat import Heartbeat
from retention.effects.polling import QuietQueues
from retention.effects.runner import Retries, Runner
from retention.effects.statements import keep_statements
from retention.services.ports.effects import Attempted, Effect, Graveyard, Subscriber, Waiting

log = structlog.get_logger(__name__)

_APPLICATION = "retencao"
_WORKFLOW = "effect"
_VERSION = "1"
"""Pinned: DBOS would leave work begun by another version of the program alone for ever."""
_LANES_AT_ONCE = 50
_THREADS = 8
"""Of DBOS, for its questions to the database; without a limit each busy moment leaves more."""
_POLL_SECONDS = 0.1
_LISTEN_SECONDS = 0.5
_STARTS_BEFORE_GIVING_UP = 50
"""How often an effect may be found unfinished after a crash before it counts as broken."""
_UNFINISHED = ["ENQUEUED", "PENDING"]
_FINISHED = ["SUCCESS", "CANCELLED"]
_BROKEN = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_COUNTED_AT_MOST = 1_000
PATIENT = Retries()


class DurableEffects:
    """Run each effect at least once after its commit, one by one within a lane.

    One object per process and life: after `stop`, build another.

    Outcomes of a subscriber: `RetryAfter` waits as long as asked, holding only its lane;
    `PermanentError` buries the effect at once; anything else is tried again with growing pauses.
    Each subscriber has a queue of its own: its failures use up nobody else's lanes.

    Args:
        app: the engine whose transactions `enqueue` joins.
        system: a synchronous engine on the same database, for DBOS.
        retries: how patiently a failing effect is tried again.
        dead_after_seconds: silence after which another process takes over (PostgreSQL).
    """

    def __init__(
        self,
        *,
        app: Database,
        system: sa.Engine,
        retries: Retries = PATIENT,
        dead_after_seconds: float = 6.0,
    ) -> None:
        self._system = system
        self._retries = retries
        self._is_alone = system.dialect.name == "sqlite"
        # One process serves a SQLite file: under one name it finds its work again at once.
        self._id = "only" if self._is_alone else f"{platform.node()}-{uuid4().hex}"
        self._heartbeat = Heartbeat(app, self._id, dead_after_seconds)
        self._serializer = DBOSPortableJSONSerializer()
        self._client = DBOSClient(
            system_database_engine=system,
            application_name=_APPLICATION,
            serializer=self._serializer,
            lazy=True,
        )
        keep_statements(self._client._sys_db)  # noqa: SLF001 - there is no public way
        self._dead_after = dead_after_seconds
        self._stray_since: dict[str, float] = {}
        self._queues = QuietQueues()
        self._runner: Runner

    async def enqueue(self, connection: Connection, effect: Effect) -> None:
        """Write the effect in the transaction of the connection; a known key changes nothing."""
        options: EnqueueOptions = {
            "workflow_name": _WORKFLOW,
            "queue_name": _queue_of(effect.subscriber),
            "workflow_id": f"{effect.key}#{effect.replay}" if effect.replay else effect.key,
            "queue_partition_key": effect.lane,
            "priority": effect.seq,
        }

        def write(connection: sa.Connection) -> None:
            self._client.enqueue_in_transaction(
                connection,
                options,
                effect.subscriber,
                effect.key,
                effect.number,
                effect.version,
                effect.replay,
            )

        connection.defer_sync(write)
        self._queues.wake(_queue_of(effect.subscriber))

    async def start(self, subscribers: Mapping[str, Subscriber], graveyard: Graveyard) -> None:
        """Begin, once, to run effects on the running loop; creates DBOS's tables when missing."""
        self._runner = Runner(subscribers, graveyard, self._retries)
        _quieten_dbos()
        dbos = DBOS(
            config={
                "name": _APPLICATION,
                "system_database_engine": self._system,
                "serializer": self._serializer,
                "executor_id": self._id,
                "application_version": _VERSION,
                "log_level": "WARNING",
                "max_executor_threads": _THREADS,
                # Messages between workflows, which nobody here sends: only how fast it stops.
                "use_listen_notify": False,
                "notification_listener_polling_interval_sec": _LISTEN_SECONDS,
            }
        )
        DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=_STARTS_BEFORE_GIVING_UP)(
            self._workflow()
        )
        if not self._is_alone:
            await self._heartbeat.beat()
        # An effect of a subscriber that is not there waits in its queue until it comes back.
        DBOS.listen_queues([_queue_of(subscriber) for subscriber in subscribers])
        DBOS.launch()
        database = dbos._sys_db  # noqa: SLF001 - there is no public way
        keep_statements(database)
        self._queues.stand_before(database)
        for subscriber in subscribers:
            queue = await DBOS.register_queue_async(
                _queue_of(subscriber),
                partition_concurrency=1,
                worker_concurrency=_LANES_AT_ONCE,
                polling_interval_sec=_POLL_SECONDS,
            )
            self._queues.set_up(queue)
        if not self._is_alone:
            self._heartbeat.start(
                find_working=self._find_working, adopt=self._adopt, reclaim=self._reclaim
            )

    async def stop(self, timeout_seconds: int = 20) -> None:
        """Let running attempts finish; what waits or is queued stays for the next start."""
        self._heartbeat.only_beat()
        await self._runner.stop()
        await self._destroy(timeout_seconds if self._runner.is_busy else 0)
        if not self._is_alone:
            await self._heartbeat.stop()

    async def waiting(self, *, of: Collection[str] | None = None) -> Waiting:
        """Measure what waits, of all subscribers or of some; before `start` too."""
        queues = None if of is None else [_queue_of(subscriber) for subscriber in of]
        pending = await self._list(status=_UNFINISHED, queue_name=queues, limit=_COUNTED_AT_MOST)
        now = datetime.now(UTC).timestamp()
        oldest = min((found.created_at or 0) / 1000 for found in pending) if pending else now
        return Waiting(len(pending), max(0.0, now - oldest))

    async def broken(self, *, limit: int) -> Sequence[Attempted]:
        """List what DBOS stopped by itself, past all our handling of errors."""
        found = await self._list(status=_BROKEN, limit=limit, load_input=True)
        return [_attempted(status) for status in found]

    async def finished(self, *, before: datetime, limit: int) -> Sequence[Attempted]:
        """List what ended before a moment, oldest first."""
        found = await self._list(
            status=_FINISHED, completed_before=before.isoformat(), limit=limit, load_input=True
        )
        return [_attempted(status) for status in found]

    async def forget(self, effects: Sequence[Attempted]) -> None:
        """Delete what DBOS knows of these effects."""
        await self._client.delete_workflows_async([effect.run_id for effect in effects])

    async def _list(self, *, load_input: bool = False, **filters: Any) -> list[WorkflowStatus]:
        return await self._client.list_workflows_async(
            name=_WORKFLOW, load_input=load_input, load_output=False, **filters
        )

    def _find_working(self) -> Mapping[str, set[str]]:
        """Name the processes that have begun effects and not ended them, with the runs of each."""
        pending = self._client.list_workflows(
            name=_WORKFLOW, status="PENDING", load_input=False, load_output=False
        )
        found: dict[str, set[str]] = defaultdict(set)
        for status in pending:
            found[str(status.executor_id)].add(status.workflow_id)
        return found

    def _adopt(self, executors: list[str]) -> None:
        """Queue again what these processes left unfinished. Blocks."""
        DBOS._recover_pending_workflows(executors)  # noqa: SLF001 - there is no public way

    def _reclaim(self, said_to_run: set[str]) -> None:
        """Queue again what this process took from a queue and never began. Blocks.

        So it is when the database goes away while DBOS takes an effect: the commit was done, its
        answer lost. One that is about to begin, or to be written down, is not stray for so long.
        """
        now = time.monotonic()
        stray = {run_id for run_id in said_to_run if not self._runner.holds(run_id)}
        self._stray_since = {run_id: self._stray_since.get(run_id, now) for run_id in stray}
        for run_id, since in self._stray_since.items():
            if now - since >= self._dead_after:
                self._client._sys_db.reenqueue_for_recovery(run_id, [self._id], "")  # noqa: SLF001
                log.warning("effect.reclaimed", run=run_id)

    def _workflow(self) -> Callable[..., Awaitable[str]]:
        runner = self._runner

        async def effect(
            subscriber: str, key: str, number: int, version: int, replay: int = 0
        ) -> str:
            run_id = str(DBOS.workflow_id)
            return await runner.run(
                Attempted(run_id, subscriber, key, CaseNumber(number), version, replay)
            )

        return effect

    async def _destroy(self, timeout_seconds: int) -> None:
        """End DBOS from a thread of its own: it blocks while effects finish on this loop."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def destroy() -> None:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=timeout_seconds)
            loop.call_soon_threadsafe(done.set)

        # DBOS made its own executor the loop's default, and shuts that down; turns go on meanwhile.
        loop.set_default_executor(ThreadPoolExecutor())
        threading.Thread(target=destroy, name="effects-stop", daemon=True).start()
        await done.wait()


def _queue_of(subscriber: str) -> str:
    return f"effects-{subscriber}"


def _attempted(status: WorkflowStatus) -> Attempted:
    """Read an effect from what DBOS kept of it."""
    assert status.input is not None  # noqa: S101 - listed with its input
    subscriber, key, number, version, *rest = status.input["args"]
    replay = rest[0] if rest else 0
    return Attempted(status.workflow_id, subscriber, key, CaseNumber(number), version, replay)


def _quieten_dbos() -> None:
    """Send DBOS's warnings the way of all other logs."""
    dbos_log = logging.getLogger("dbos")
    if not dbos_log.handlers:
        dbos_log.addHandler(logging.NullHandler())  # it adds a console handler when there is none
