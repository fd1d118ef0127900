"""Load: so many turns at once, or so many a second as they happen to come."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from bench.bots import Bot

Turn = Callable[[], Awaitable[None]]
"""One turn, from its request to its answer; raises when the answer is no good one."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run of turns took. `latencies` in seconds, sorted; CPU in seconds, of the bot."""

    turns: int
    seconds: float
    cpu: float
    latencies: tuple[float, ...]

    @property
    def cpu_ms(self) -> float:
        """CPU per turn, in milliseconds."""
        return self.cpu * 1000 / self.turns

    @property
    def rate(self) -> float:
        """Turns in a second."""
        return self.turns / self.seconds

    def percentile_ms(self, share: float) -> float:
        """A latency in milliseconds: 0.5 is the median, 1.0 the longest."""
        return self.latencies[round((len(self.latencies) - 1) * share)] * 1000


async def at_once(bot: Bot, turns: Iterable[Turn], *, users: int) -> Measured:
    """Let so many users take turns, each the next one when theirs is answered."""
    left = iter(list(turns))
    latencies: list[float] = []

    async def user() -> None:
        for turn in left:
            began = time.perf_counter()
            await turn()
            latencies.append(time.perf_counter() - began)

    cpu, began = bot.usage().cpu, time.perf_counter()
    await asyncio.gather(*(user() for _ in range(users)))
    return _measured(bot, cpu, began, latencies)


async def as_they_come(bot: Bot, turns: Iterable[Turn], *, per_second: float) -> Measured:
    """Begin turns at random moments, so many a second; a late start counts as latency."""
    chance = random.Random(7)  # noqa: S311 - no secret
    latencies: list[float] = []

    async def take(turn: Turn, due: float) -> None:
        await turn()
        latencies.append(time.perf_counter() - due)

    cpu, began = bot.usage().cpu, time.perf_counter()
    due = began
    async with asyncio.TaskGroup() as group:
        for turn in turns:
            due += chance.expovariate(per_second)
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            group.create_task(take(turn, due))
    return _measured(bot, cpu, began, latencies)


def _measured(bot: Bot, cpu: float, began: float, latencies: list[float]) -> Measured:
    seconds = time.perf_counter() - began
    return Measured(len(latencies), seconds, bot.usage().cpu - cpu, tuple(sorted(latencies)))
