"""How the process fares: in light use, while effects drain, for an hour in small, idle."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.bots import OURS, ours_watched
from bench.load import as_they_come
from bench.people import People
from bench.rounds import FEW, Served, Stage, deliver, register_each
from bench.teams import Teams
from bench.watched import EVERY_SECONDS

WRITES_OF_A_LIFE = 6
"""The form, its second screen; card and reply of the case; card and reply of the claim."""
TURNS_OF_A_LIFE = 5
_TURNS, _PER_SECOND = 10_000, 50.0
_LIGHT_TURNS, _LIGHT_PER_SECOND = 1_000, 100.0
_CASES = 300
_SETTLE_SECONDS = 600.0
_UNTIL_QUIET_SECONDS, _IDLE_SECONDS = 5.0, 20.0
"""Queues are polled often for a while after each effect."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the loop was in a stretch of time, in milliseconds."""

    p99: float
    longest: float


def lateness(late: Iterable[tuple[float, float]], since: float, until: float) -> Lateness:
    """Read what was written of a loop that was looked at every `EVERY_SECONDS`.

    `late` holds moments and seconds; what was not worth writing counts as no lateness.
    """
    found = sorted((each for moment, each in late if since <= moment <= until), reverse=True)
    hundredth = round((until - since) / EVERY_SECONDS / 100)
    p99 = found[hundredth] if hundredth < len(found) else 0.0
    return Lateness(p99 * 1000, found[0] * 1000 if found else 0.0)


def read_lags(path: Path) -> list[tuple[float, float]]:
    """Read what `bench.watched` wrote on its end."""
    numbers = array("d", path.read_bytes())
    return list(zip(numbers[::2], numbers[1::2], strict=True))


async def live(people: People, teams: Teams) -> str:
    """Live a case from its request to its claim, and ask for help once; gives its thread."""
    request = await people.request()
    await people.fill_in(request)
    await people.register(request)
    await people.help()
    await people.claim(request)
    await teams.settled({request.thread: WRITES_OF_A_LIFE}, seconds=_SETTLE_SECONDS)
    return request.thread


async def stalls(stage: Stage) -> None:
    """Look at the loop in light use with nothing to drain, and while 300 cases drain."""
    lags = stage.folder / "lags"
    async with stage.bot(ours_watched(lags)) as served:
        await register_each(served, "", await served.requests(20), users=FEW)
        waiting = await served.requests(_CASES)
        light = time.monotonic()
        turns = [served.people.help] * _LIGHT_TURNS
        await as_they_come(served.bot, turns, per_second=_LIGHT_PER_SECOND)
        draining = time.monotonic()
        await deliver(served, waiting)
        done = time.monotonic()
    late = read_lags(lags)
    _note(stage, "idle loop", lateness(late, light, draining))
    _note(stage, "draining loop", lateness(late, draining, done))


async def idle(stage: Stage) -> None:
    """Look at what a bot takes with nothing to do."""
    async with stage.bot(OURS) as served:
        await served.help(50, FEW)
        await asyncio.sleep(_UNTIL_QUIET_SECONDS)
        cpu, began = served.bot.usage().cpu, time.perf_counter()
        await asyncio.sleep(_IDLE_SECONDS)
        share = (served.bot.usage().cpu - cpu) / (time.perf_counter() - began)
    stage.figures.add("loop", "ours", "idle", cpu_share=share)


async def hour(stage: Stage) -> None:
    """Take 50 turns a second as they happen to come, all effects running: an hour in small."""
    lags = stage.folder / "lags"
    async with stage.bot(ours_watched(lags)) as served:
        await served.help(100, FEW)
        began = time.monotonic()

        async def one() -> None:
            await live(served.people, stage.teams)

        lives = [one] * (_TURNS // TURNS_OF_A_LIFE)
        served.people.latencies.clear()
        found = await as_they_come(served.bot, lives, per_second=_PER_SECOND / TURNS_OF_A_LIFE)
        done = time.monotonic()
    _note(stage, "hour, the loop", lateness(read_lags(lags), began, done))
    _note_hour(served, found.cpu / found.seconds)


def _note_hour(served: Served, share: float) -> None:
    latencies = sorted(served.people.latencies)
    last = len(latencies) - 1
    served.stage.figures.add(
        "loop",
        "ours",
        "hour, turns",
        p50_ms=latencies[last // 2] * 1000,
        p99_ms=latencies[round(last * 0.99)] * 1000,
        max_ms=latencies[last] * 1000,
        cpu_share=share,
    )


def _note(stage: Stage, row: str, found: Lateness) -> None:
    stage.figures.add("loop", "ours", row, p99_ms=found.p99, max_ms=found.longest)
