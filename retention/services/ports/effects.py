"""Durable effects: what happens after a commit, at least once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from retention.domain.case import CaseNumber

NO_EVENT = 0
"""The version of an effect that is about no event: it only shows the present case."""


NO_CASE = CaseNumber(0)
"""The case of an effect that is about none."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One event × one subscriber, to run at least once after the commit.

    Effects of one `lane` run one after the other, by `seq` (>= 1, rising with the events of the
    lane). `key` is unique for ever: the same key again is no second effect, except as a `replay`
    (1, 2 …), which runs the same work under the same key once more.
    """

    subscriber: str
    key: str
    lane: str
    seq: int
    number: CaseNumber
    version: int
    replay: int = 0


class Effects(Protocol):
    async def enqueue(self, effect: Effect) -> None:
        """Write the effect in the present transaction."""
        ...


class Subscriber(Protocol):
    """A reaction to a committed event. Runs at least once: harmless when repeated or late."""

    async def __call__(self, *, key: str, number: CaseNumber, version: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """Effects that wait or run, counted up to 1,000; the age of the oldest, 0.0 without any."""

    count: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """Effects that wait or run (counted up to 1,000), and effects given up."""

    pending: int
    buried: int
    oldest_seconds: float
    """Age of the oldest pending effect; 0.0 when nothing is pending."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """An effect as the engine knows it; `run_id` is its own, new with each replay."""

    run_id: str
    subscriber: str
    key: str
    number: CaseNumber
    version: int
    replay: int = 0


class Graveyard(Protocol):
    """Where the engine puts what it gives up. Both notes may come more than once."""

    async def bury(self, effect: Attempted, *, error: str) -> None:
        """Keep an effect that was given up; `error` is the name of a class."""
        ...

    async def rise(self, effect: Attempted) -> None:
        """Note that a replay succeeded."""
        ...


class WaitingEffects(Protocol):
    """What the engine has still to do."""

    async def waiting(self, *, of: Collection[str] | None = None) -> Waiting:
        """Measure what waits, of all subscribers or of some."""
        ...


class EndedEffects(Protocol):
    """The engine's memory of effects that no longer run."""

    async def broken(self, *, limit: int) -> Sequence[Attempted]:
        """List those the engine itself stopped, past all our handling of errors."""
        ...

    async def finished(self, *, before: datetime, limit: int) -> Sequence[Attempted]:
        """List those that ended before a moment, in whatever way we handled."""
        ...

    async def forget(self, effects: Sequence[Attempted]) -> None: ...


class Ledger(Protocol):
    async def once(
        self,
        key: str,
        send: Callable[[], Awaitable[str]],
        find: Callable[[], Awaitable[str | None]] | None = None,
    ) -> str:
        """Send what must not be sent twice; return the id the receiver gave.

        The key is an effect's, a colon, and which of its messages it is. Writes `sending` before
        and `sent` after, each in its own transaction. A key already `sent` returns its id without
        sending. After an attempt that may have gone out (a crash in between, `outcome_unknown`)
        `find` looks for the message first: the id it gives counts as sent. Without `find`, or when
        it gives None, the message is sent once more: the one window in which a duplicate is
        possible.
        """
        ...

    async def forget(self, effect_keys: Sequence[str]) -> None:
        """Delete what these effects sent, unless they are buried: those may be replayed."""
        ...


@dataclass(frozen=True, slots=True)
class BuriedEffect:
    """An effect the engine gave up: what it was, and why and when it was given up.

    `number` is NO_CASE where it was about none. `error` is the name of the error's class. `replays`
    counts the replays that failed too.
    """

    key: str
    subscriber: str
    number: CaseNumber
    version: int
    error: str
    buried_at: datetime
    replays: int = 0


class Burials(Protocol):
    """The effects that were given up and have not succeeded since."""

    async def add(self, buried: BuriedEffect) -> None:
        """Insert or replace."""
        ...

    async def get(self, key: str) -> BuriedEffect | None: ...

    async def all(self) -> Sequence[BuriedEffect]:
        """List them, oldest first."""
        ...

    async def count(self) -> int: ...

    async def remove(self, key: str) -> bool:
        """Forget one; False when there was none."""
        ...
