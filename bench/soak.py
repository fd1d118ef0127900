"""Many turns on one process: does it grow, does anything get stuck? `make soak`.

    python -m bench.soak [--turns N]

Cases live from request to claim, sixteen at once, each until all its effects are delivered. Prints
memory and open files on the way; ends with 1 when the bot grew by more than 2 MiB after the first
20,000 turns, leaks files, or left an effect undone.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import uvloop

from bench.bots import OURS, ROOT, Usage, pin_harness
from bench.figures import Figures
from bench.load import at_once
from bench.loop import TURNS_OF_A_LIFE, live
from bench.rounds import FEW, Served, Stage
from bench.teams import Teams

_BETWEEN_LOOKS = 10_000
_WARM_UP = 20_000
_MOST_GROWTH = 2.0
_MOST_FILES = 8
"""Open files may come and go by a few connections."""
_PENDING = re.compile(rb"^retencao_effects_(?:pending|buried) (\S+)$", re.MULTILINE)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--turns", type=int, default=120_000)
    given = parser.parse_args()
    pin_harness()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        broken = runner.run(soak(given.turns))
    for law in broken or ["every law holds"]:
        sys.stdout.write(f"{law}\n")
    return 1 if broken else 0


async def soak(turns: int) -> Sequence[str]:
    """Take so many turns; returns the laws that were broken."""
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    teams = Teams()
    await teams.open()
    with tempfile.TemporaryDirectory(dir=folder) as name:
        stage = Stage("open", teams, Path(name), None, (), Figures())
        await stage.prepare()
        async with stage.bot(OURS) as served:
            looks = await _looks(served, turns)
            undone = [float(found) for found in await _undone(served)]
    return broken_laws(looks, undone)


def broken_laws(looks: Sequence[Usage], undone: Sequence[float]) -> list[str]:
    """Judge what was seen after each ten thousand turns, and what was pending and buried."""
    warm = looks[min(_WARM_UP // _BETWEEN_LOOKS, len(looks)) - 1 :]
    laws = []
    if (growth := warm[-1].rss - warm[0].rss) > _MOST_GROWTH:
        laws.append(f"BROKEN: it grew by {growth:.1f} MiB after the warm-up")
    if (more := warm[-1].files - warm[0].files) > _MOST_FILES:
        laws.append(f"BROKEN: {more} files more are open than after the warm-up")
    if any(undone):
        laws.append(f"BROKEN: effects pending and buried: {undone}")
    return laws


async def _looks(served: Served, turns: int) -> Sequence[Usage]:
    found = []
    began, cpu = time.perf_counter(), served.bot.usage().cpu
    for done in range(_BETWEEN_LOOKS, turns + 1, _BETWEEN_LOOKS):
        lives = [partial(_live, served)] * (_BETWEEN_LOOKS // TURNS_OF_A_LIFE)
        await at_once(served.bot, lives, users=FEW)
        usage = served.bot.usage()
        found.append(usage)
        sys.stdout.write(
            f"{done} turns, {time.perf_counter() - began:.0f} s: {usage.rss:.1f} MiB, "
            f"{usage.files} open files, {(usage.cpu - cpu) * 1000 / done:.2f} ms CPU a turn\n"
        )
        sys.stdout.flush()
    return found


async def _live(served: Served) -> None:
    thread = await live(served.people, served.stage.teams)
    served.stage.teams.forget(thread)
    served.people.latencies.clear()


async def _undone(served: Served) -> Sequence[bytes]:
    await asyncio.sleep(1)
    _, metrics = await served.client.get("/metrics")
    found: list[bytes] = _PENDING.findall(metrics)
    return found


if __name__ == "__main__":
    sys.exit(main())
