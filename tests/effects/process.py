"""A process that runs effects, to be killed.

    python -m tests.effects.process URL JOURNAL DEAD_AFTER POINT

The journal is the outside world: what was sent stands in it. At the named point the process kills
itself, once per journal. At the point `silent` it never ends the effect it began.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from retention.effects.durable import DurableEffects
from retention.storage.engine import open_engines
from retention.storage.ledger import SqlLedger
from tests.fakes import FakeGraveyard


def write(journal, *words):
    with journal.open("a") as file:
        file.write(" ".join(words) + "\n")


def die_at(point, journal, wanted):
    mark = journal.with_suffix(".died")
    if point == wanted and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


async def serve(url, journal, dead_after, wanted):
    engines = open_engines(url)
    ledger = SqlLedger(engines.notes)
    effects = DurableEffects(app=engines.app, system=engines.sync, dead_after_seconds=dead_after)

    async def post(*, key, number, version):
        async def send():
            die_at("before_send", journal, wanted)
            write(journal, "SENT", key)
            die_at("after_send", journal, wanted)
            return f"id-{key}"

        write(journal, "BEGUN", key)
        if wanted == "silent":
            await asyncio.Event().wait()
        await ledger.once(key, send)
        die_at("before_checkpoint", journal, wanted)

    await effects.start({"post": post}, FakeGraveyard())
    write(journal, "READY", str(os.getpid()))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await effects.stop()
    await engines.dispose()


if __name__ == "__main__":
    url, journal, dead_after, point = sys.argv[1:]
    asyncio.run(serve(url, Path(journal), float(dead_after), point))
