"""Kill the real bot again and again, and prove that nothing was lost.

    python -m tests.drill [--kills N] [--database sqlite|postgresql|both] [--seed S] [--report FILE]

Prints a table for each database; ends with 1 when a law is broken. The laws: every accepted case is
in its thread with every reply and mention, in order; nothing is stuck or done twice; a message
appears twice only if a kill found it in flight, and that for less than 0.5 % of the effects.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.databases import KINDS
from tests.drill.drill import Plan, drill
from tests.drill.report import broken_laws, table


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="for each database")
    parser.add_argument("--database", choices=(*KINDS, "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--desks", type=int, default=2, help="people who work at the same time")
    parser.add_argument("--life", type=float, default=6.0, help="seconds a bot lives at most")
    parser.add_argument("--round", type=int, default=50, help="kills before all work is waited for")
    parser.add_argument("--cold", action="store_true", help="start each bot with a new Python")
    parser.add_argument("--report", type=Path, help="write the tables here too")
    parser.add_argument("--keep", type=Path, help="keep databases and logs in this folder")
    given = parser.parse_args(arguments)

    kinds = KINDS if given.database == "both" else (given.database,)
    results = []
    with tempfile.TemporaryDirectory(prefix="retencao-drill-") as temporary:
        for kind in kinds:
            folder = (given.keep or Path(temporary)) / kind
            if folder.exists():
                parser.error(f"{folder} is there already")
            folder.mkdir(parents=True)
            plan = Plan(
                kind,
                given.kills,
                seed=given.seed,
                desks=given.desks,
                round_size=given.round,
                longest_life_seconds=given.life,
                cold=given.cold,
            )
            results.append(asyncio.run(drill(plan, folder)))
            sys.stdout.write(f"{table(results[-1])}\n")
    if given.report is not None:
        given.report.write_text("\n".join(table(result) for result in results))
    return 1 if any(broken_laws(result) for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
