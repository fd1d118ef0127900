"""Measure the bot beside B, a bare botbuilder 4.17.1 echo, and F, the floor: `make bench`.

    python -m bench [--rounds N] [--rows ROW,ROW] [--out FILE]

Prints what was measured and writes it as Markdown; ends with 1 when a gate does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

import uvloop

from bench import growth, isolation, loop, table
from bench.bots import ROOT, pin_harness
from bench.figures import Figures
from bench.gates import GATES
from bench.isolation import Isolation
from bench.rounds import Stage, one_round
from bench.teams import Teams

IN_ROUNDS = ("help", "form", "register", "claim", "delivered", "many", "far", "slow")
"""Measured in each round, beside B and F; `many` is 64 users, and with them the peak of memory."""
ONCE = {
    "stalls": loop.stalls,
    "idle": loop.idle,
    "growth": growth.measure,
    "hour": loop.hour,
}
ROWS = (*IN_ROUNDS, *ONCE)
_OUT = ROOT / "var" / "bench"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", default="all", help=f"all, or some of {','.join(ROWS)}")
    parser.add_argument("--mode", choices=("open", "auth", "both"), default="both")
    parser.add_argument("--out", type=Path, default=_OUT / "bench.md")
    given = parser.parse_args()
    rows = ROWS if given.rows == "all" else tuple(given.rows.split(","))
    if unknown := set(rows) - set(ROWS):
        parser.error(f"no such rows: {', '.join(sorted(unknown))}")
    modes = ("open", "auth") if given.mode == "both" else (given.mode,)
    if "auth" in modes and (reason := isolation.why_not()):
        say(f"without auth: {reason}")
        modes = ("open",)

    _OUT.mkdir(parents=True, exist_ok=True)
    pin_harness()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(measure(modes, rows, given.rounds))
    verdicts = [verdict for gate in GATES if (verdict := gate.verdict(figures))]
    found = table.document(figures, modes, verdicts)
    given.out.write_text(found)
    say(found)
    return 0 if all(verdict.holds for verdict in verdicts) else 1


async def measure(modes: tuple[str, ...], rows: tuple[str, ...], rounds: int) -> Figures:
    """Run all rounds, the modes in turn."""
    figures = Figures()
    with tempfile.TemporaryDirectory(dir=_OUT) as folder:
        stages = [await _stage(mode, Path(folder), rows, figures) for mode in modes]
        for figures.round in range(rounds):
            for stage in stages if set(rows) & set(IN_ROUNDS) else ():
                await one_round(stage)
                say(f"round {figures.round + 1} of {rounds}, {stage.mode}: measured")
        for row in rows:
            if row in ONCE:
                await ONCE[row](stages[0])
                say(f"{row}: measured")
    return figures


async def _stage(mode: str, folder: Path, rows: tuple[str, ...], figures: Figures) -> Stage:
    teams, isolated = Teams(), None
    if mode == "open":
        await teams.open()
    else:
        isolated = Isolation(folder / "isolation")
        await teams.open_with_tls(isolated.certificate)
    stage = Stage(mode, teams, folder, isolated, rows, figures)
    await stage.prepare()
    return stage


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
