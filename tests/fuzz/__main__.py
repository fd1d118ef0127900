"""Fuzz `/api/messages`: mutations of every payload of Teams and of every button, judged by law.

    python -m tests.fuzz [--activities N] [--seed S] [--database sqlite|postgresql|both]

Prints what came of it; ends with 1 when a law is broken. The laws: no 5xx, an answer within 3 s, no
unexpected error in any log, answers and cards of known shape, nothing people typed acts as markup,
no effect given up, memory flat over the second half.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.databases import KINDS, database_of
from tests.fuzz.fuzz import Plan, fuzz
from tests.fuzz.report import table
from tests.scenarios.office import used_before

MAX_GROWTH_MIB = 32.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--activities", type=int, default=100_000, help="for each database")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=(*KINDS, "both"), default="sqlite")
    given = parser.parse_args(arguments)

    is_broken = False
    for kind in KINDS if given.database == "both" else (given.database,):
        with tempfile.TemporaryDirectory(prefix="retencao-fuzz-") as folder:
            for url in database_of(kind, Path(folder), used_before):
                report = asyncio.run(fuzz(Plan(given.activities, given.seed, kind), url))
                sys.stdout.write(f"{table(report)}\n")
                is_broken |= bool(report.faults) or report.growth_mib > MAX_GROWTH_MIB
    return int(is_broken)


if __name__ == "__main__":
    sys.exit(main())
