"""Effects on DBOS: an outbox with lanes, written in the transaction of the change itself.

DBOS is used as a durable queue, not as a workflow language: one workflow of one kind, whose id is
the key of the effect. All business state stays in the tables of the cases.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import threading
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from retention.domain.case import CaseNumber
from retention.effects.heartbeat import Heartbeat
from retention.services.ports import Backlog, Effect, PermanentError, RetryAfter, Subscriber

log = structlog.get_logger(__name__)

_APPLICATION = "retencao"
_QUEUE = "effects"
_WORKFLOW = "effect"
_VERSION = "1"
"""Pinned: DBOS would leave work begun by another version of the program alone for ever."""
_LANES_AT_ONCE = 50
_POLL_SECONDS = 0.1
_STARTS_BEFORE_GIVING_UP = 50
"""How often an effect may be found unfinished after a crash before it counts as buried."""
_COUNTED_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Retries:
    """How patient an effect is: waits double up to the longest one, then the effect is buried.

    The default tries for about an hour (1, 2, 4 … 256 s, then 300 s each): the messenger may be
    down that long, and the lane must keep its order meanwhile.
    """

    first_seconds: float = 1.0
    longest_seconds: float = 300.0
    attempts: int = 20

    def wait_after(self, failures: int) -> float:
        """Return the seconds to wait after so many failures in a row."""
        return min(self.first_seconds * 2.0 ** (failures - 1), self.longest_seconds)


PATIENT = Retries()


class Buried(Exception):
    """An effect was given up: its key is in the log, the lane goes on."""


class DurableEffects:
    """Run each effect at least once after its commit, one by one within a lane.

    One object per process and life: after `stop`, build another.

    Outcomes of a subscriber: `RetryAfter` waits as long as asked, holding only its lane;
    `PermanentError` buries the effect at once; anything else is tried again with growing pauses.

    Args:
        app: the engine whose transactions `enqueue` joins.
        system: a synchronous engine on the same database, for DBOS.
        retries: how patiently a failing effect is tried again.
        dead_after_seconds: silence after which another process takes over (PostgreSQL).
    """

    def __init__(
        self,
        *,
        app: AsyncEngine,
        system: sa.Engine,
        retries: Retries = PATIENT,
        dead_after_seconds: float = 15.0,
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
        self._subscribers: Mapping[str, Subscriber] = {}
        self._unfinished: set[asyncio.Task[Any]] = set()
        self._waiting: set[asyncio.Task[Any]] = set()
        self._is_stopping = False

    async def enqueue(self, connection: AsyncConnection, effect: Effect) -> None:
        """Write the effect in the transaction of the connection; a known key changes nothing."""
        options: EnqueueOptions = {
            "workflow_name": _WORKFLOW,
            "queue_name": _QUEUE,
            "workflow_id": effect.key,
            "queue_partition_key": effect.lane,
            "priority": effect.seq,
        }

        def write(connection: sa.Connection) -> None:
            self._client.enqueue_in_transaction(
                connection, options, effect.subscriber, effect.key, effect.number, effect.version
            )

        await connection.run_sync(write)

    async def start(self, subscribers: Mapping[str, Subscriber]) -> None:
        """Begin, once, to run effects on the running loop; creates DBOS's tables when missing."""
        self._subscribers = subscribers
        _quieten_dbos()
        DBOS(
            config={
                "name": _APPLICATION,
                "system_database_engine": self._system,
                "serializer": self._serializer,
                "executor_id": self._id,
                "application_version": _VERSION,
                "log_level": "WARNING",
                # Messages between workflows, which nobody here sends: only how fast it stops.
                "use_listen_notify": False,
                "notification_listener_polling_interval_sec": _POLL_SECONDS,
            }
        )
        DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=_STARTS_BEFORE_GIVING_UP)(self._flow())
        if not self._is_alone:
            await self._heartbeat.beat()
        DBOS.launch()
        await DBOS.register_queue_async(
            _QUEUE,
            partition_concurrency=1,
            worker_concurrency=_LANES_AT_ONCE,
            polling_interval_sec=_POLL_SECONDS,
        )
        if not self._is_alone:
            self._heartbeat.start(adopt=self._adopt)

    async def stop(self, timeout_seconds: int = 20) -> None:
        """Let running attempts finish; what waits or is queued stays for the next start."""
        self._is_stopping = True
        self._heartbeat.only_beat()
        for task in self._waiting:
            task.cancel()
        await asyncio.sleep(0)
        await self._destroy(timeout_seconds if self._unfinished else 0)
        if not self._is_alone:
            await self._heartbeat.stop()

    async def backlog(self) -> Backlog:
        """Measure what waits and what was given up."""
        pending = await self._client.list_workflows_async(
            name=_WORKFLOW,
            status=["ENQUEUED", "PENDING"],
            limit=_COUNTED_AT_MOST,
            load_input=False,
            load_output=False,
        )
        buried = await self._client.list_workflows_async(
            name=_WORKFLOW,
            status=["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
            limit=_COUNTED_AT_MOST,
            load_input=False,
            load_output=False,
        )
        now = datetime.now(UTC).timestamp()
        oldest = min((found.created_at or 0) / 1000 for found in pending) if pending else now
        return Backlog(len(pending), len(buried), max(0.0, now - oldest))

    def _adopt(self, executors: list[str]) -> bool:
        """Queue again what these processes left unfinished; tell whether nothing is left."""
        DBOS._recover_pending_workflows(executors)  # noqa: SLF001 - there is no public way
        return not self._client.list_workflows(
            executor_id=executors, status="PENDING", limit=1, load_input=False, load_output=False
        )

    def _flow(self) -> Any:
        async def effect(subscriber: str, key: str, number: int, version: int) -> None:
            with self._unfinished_task():
                await self._run(subscriber, key, number, version)

        return effect

    async def _run(self, subscriber: str, key: str, number: int, version: int) -> None:
        failures = 0
        while True:
            outcome = await DBOS.run_step_async(
                {"name": "attempt"}, self._attempt, subscriber, key, number, version, failures
            )
            if outcome["done"]:
                return
            if outcome["buried"]:
                raise Buried(key)
            failures = outcome["failures"]
            await self._wait(outcome["wait_seconds"])

    async def _attempt(
        self, subscriber: str, key: str, number: int, version: int, failures: int
    ) -> dict[str, Any]:
        """Call the subscriber once; the outcome, never an error's text, is what is recorded."""
        note = log.bind(key=key, subscriber=subscriber)
        try:
            await self._subscribers[subscriber](key=key, number=CaseNumber(number), version=version)
        except RetryAfter as pause:
            note.info("effect.paused", seconds=pause.seconds)
            return _outcome(wait_seconds=pause.seconds, failures=failures)
        except PermanentError as error:
            note.error("effect.buried", error=type(error).__name__)
            return _outcome(buried=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, the lane must not lose its effect
            failures += 1
            note = note.bind(error=type(error).__name__, at=_place_of(error), failures=failures)
            if failures == self._retries.attempts:
                note.error("effect.buried")
                return _outcome(buried=True)
            seconds = self._retries.wait_after(failures)
            note.warning("effect.failed", retry_in_seconds=seconds)
            return _outcome(wait_seconds=seconds, failures=failures)
        return _outcome(done=True)

    async def _wait(self, seconds: float) -> None:
        """Sleep through restarts: the moment to go on is stored."""
        task = _current_task()
        self._stop_here_when_stopping()
        self._waiting.add(task)
        try:
            await DBOS.sleep_async(seconds)
        finally:
            self._waiting.discard(task)

    @contextmanager
    def _unfinished_task(self) -> Iterator[None]:
        self._stop_here_when_stopping()
        task = _current_task()
        self._unfinished.add(task)
        try:
            yield
        finally:
            self._unfinished.discard(task)

    def _stop_here_when_stopping(self) -> None:
        """Leave the effect unfinished in the database, where the next start finds it."""
        if self._is_stopping:
            raise asyncio.CancelledError

    async def _destroy(self, timeout_seconds: int) -> None:
        """End DBOS from a thread of its own: it blocks while effects finish on this loop."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def destroy() -> None:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=timeout_seconds)
            loop.call_soon_threadsafe(done.set)

        threading.Thread(target=destroy, name="effects-stop", daemon=True).start()
        await done.wait()
        # DBOS made its own executor the loop's default, and has just shut that down.
        loop.set_default_executor(ThreadPoolExecutor())


def _outcome(
    *, done: bool = False, buried: bool = False, wait_seconds: float = 0.0, failures: int = 0
) -> dict[str, Any]:
    return {"done": done, "buried": buried, "wait_seconds": wait_seconds, "failures": failures}


def _current_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - effects run as tasks of the loop
    return task


def _place_of(error: Exception) -> str:
    """Say where an error arose, without its text, which may hold what a customer said."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


def _quieten_dbos() -> None:
    """Send DBOS's warnings the way of all other logs, and its report of a buried effect nowhere."""
    dbos_log = logging.getLogger("dbos")
    if not dbos_log.handlers:
        dbos_log.addHandler(logging.NullHandler())  # it adds a console handler when there is none
        dbos_log.addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], Buried))
