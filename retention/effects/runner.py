"""What one effect does from its first attempt until it is done or buried: one DBOS workflow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from dbos import DBOS
from structlog.contextvars import bound_contextvars

from retention.domain.case import case_code
from retention.services.ports.effects import NO_CASE, Attempted, Graveyard, Subscriber
from retention.services.ports.failures import Away, PermanentError, RetryAfter, raised_at

log = structlog.get_logger(__name__)
_DOUBLINGS = 32
"""From so many on, any wait is the longest; a number of floating point ends at 1,024."""


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
        return self._grown(self.first_seconds, failures)

    def pause_after(self, asked: RetryAfter, earlier: int) -> float:
        """Return the seconds to pause when so many pauses came before, in a row.

        Each leaves two rows behind that every start reads again, so those of a long absence grow.
        """
        return self._grown(asked.seconds, earlier + 1) if isinstance(asked, Away) else asked.seconds

    def _grown(self, first: float, count: int) -> float:
        return min(first * 2.0 ** min(count - 1, _DOUBLINGS), self.longest_seconds)


class Runner:
    """Run effects as steps of workflows, and stop where a later start can go on.

    Steps are recorded in their order: changing it breaks effects that are under way.
    """

    def __init__(
        self, subscribers: Mapping[str, Subscriber], graveyard: Graveyard, retries: Retries
    ) -> None:
        self._subscribers = subscribers
        self._graveyard = graveyard
        self._retries = retries
        self._unfinished: dict[str, asyncio.Task[Any]] = {}
        """Run ids, each with its task."""
        self._waiting: set[asyncio.Task[Any]] = set()
        self._is_stopping = False

    @property
    def is_busy(self) -> bool:
        """Tell whether attempts are running."""
        return bool(self._unfinished)

    def holds(self, run_id: str) -> bool:
        """Tell whether an effect is under way here."""
        return run_id in self._unfinished

    async def run(self, effect: Attempted) -> str:
        """Try until the effect is done or buried; returns which."""
        about = {} if effect.number == NO_CASE else {"case": case_code(effect.number)}
        with self._unfinished_task(effect.run_id), bound_contextvars(effect=effect.key, **about):
            outcome = await self._try_until_it_ends(effect)
            if error := outcome["buried"]:
                await self._write("bury", lambda: self._graveyard.bury(effect, error=error))
                return "buried"
            if effect.replay:
                await self._write("rise", lambda: self._graveyard.rise(effect))
            return "done"

    async def stop(self) -> None:
        """End all waiting and begin nothing more; attempts that run go on."""
        self._is_stopping = True
        for task in self._waiting:
            task.cancel()
        await asyncio.sleep(0)

    async def _try_until_it_ends(self, effect: Attempted) -> dict[str, Any]:
        failures = pauses = 0
        while True:
            outcome = await DBOS.run_step_async(
                {"name": "attempt"}, self._attempt, effect, failures, pauses
            )
            if outcome["done"] or outcome["buried"]:
                return outcome
            failures = outcome["failures"]
            pauses = outcome.get("pauses", 0)  # what an older program recorded does not count them
            await self._wait(outcome["wait_seconds"])

    async def _attempt(self, effect: Attempted, failures: int, pauses: int) -> dict[str, Any]:
        """Call the subscriber once; the outcome, never an error's text, is what is recorded."""
        note = log.bind(subscriber=effect.subscriber)
        try:
            await self._call(effect)
        except RetryAfter as asked:
            seconds = self._retries.pause_after(asked, pauses)
            note.info("effect.paused", seconds=seconds)
            return _outcome(wait_seconds=seconds, failures=failures, pauses=pauses + 1)
        except PermanentError as error:
            note.error("effect.buried", error=type(error).__name__)
            return _outcome(buried=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - whatever it is, the lane must not lose its effect
            failures += 1
            note = note.bind(error=type(error).__name__, at=raised_at(error), failures=failures)
            if failures == self._retries.attempts:
                note.error("effect.buried")
                return _outcome(buried=type(error).__name__)
            seconds = self._retries.wait_after(failures)
            note.warning("effect.failed", retry_in_seconds=seconds)
            return _outcome(wait_seconds=seconds, failures=failures)
        return _outcome(done=True)

    async def _call(self, effect: Attempted) -> None:
        subscriber = self._subscribers[effect.subscriber]
        await subscriber(key=effect.key, number=effect.number, version=effect.version)

    async def _write(self, name: str, write: Callable[[], Awaitable[None]]) -> None:
        """Write to the graveyard, however long the database needs to come back."""

        async def try_to() -> bool:
            try:
                await write()
            except Exception as error:  # noqa: BLE001 - an effect is never given up in silence
                reason = {"error": type(error).__name__, "at": raised_at(error)}
                log.warning("graveyard.not_written", **reason)
                return False
            return True

        failures = 0
        while not await DBOS.run_step_async({"name": name}, try_to):
            failures += 1
            await self._wait(self._retries.wait_after(failures))

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
    def _unfinished_task(self, run_id: str) -> Iterator[None]:
        self._stop_here_when_stopping()
        if self.holds(run_id):
            raise asyncio.CancelledError  # the run that goes on will end it
        self._unfinished[run_id] = _current_task()
        try:
            yield
        finally:
            del self._unfinished[run_id]

    def _stop_here_when_stopping(self) -> None:
        """Leave the effect unfinished in the database, where the next start finds it."""
        if self._is_stopping:
            raise asyncio.CancelledError


def _outcome(
    *,
    done: bool = False,
    buried: str = "",
    wait_seconds: float = 0.0,
    failures: int = 0,
    pauses: int = 0,
) -> dict[str, Any]:
    """Say how an attempt ended; `buried` is the name of the error that ended it for good."""
    return {
        "done": done,
        "buried": buried,
        "wait_seconds": wait_seconds,
        "failures": failures,
        "pauses": pauses,
    }


def _current_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - effects run as tasks of the loop
    return task
