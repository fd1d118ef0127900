"""Our bot as it is measured: `python -m bench.watched`, in place of `app.py serve`.

With `BENCH_LAGS` it looks every 2 ms how late the loop is; on its end it writes the latenesses
above a millisecond to that file, each with its moment. With `BENCH_ENGINE=off` effects stay where
they were enqueued: no queue is ever read.
"""

from __future__ import annotations

import gc
import sys

if __name__ == "__main__":
    gc.disable()  # as app.py does
    sys.modules["rich"] = None  # type: ignore[assignment]  # a linter's, which no image has

import asyncio
import os
import time
from array import array
from collections.abc import Mapping
from pathlib import Path

import uvloop

import app
from config.logging import configure_logging
from config.settings import Settings, read_settings
from retention.effects.durable import DurableEffects
from retention.services.ports.effects import Graveyard, Subscriber

EVERY_SECONDS = 0.002
_WORTH_WRITING = 0.001


class IdleEffects(DurableEffects):
    """Takes effects and runs none."""

    async def start(self, _: Mapping[str, Subscriber], graveyard: Graveyard) -> None:
        await super().start({}, graveyard)


class Watch:
    """Notes how late the loop is."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._late = array("d")
        self._due = time.monotonic() + EVERY_SECONDS
        self._loop.call_later(EVERY_SECONDS, self._look)

    def _look(self) -> None:
        now = time.monotonic()
        late = now - self._due
        if late > _WORTH_WRITING:
            self._late.extend((now, late))
        self._due = now + EVERY_SECONDS
        self._loop.call_later(EVERY_SECONDS, self._look)

    def write(self, path: Path) -> None:
        path.write_bytes(self._late.tobytes())


def write_at_the_end(watch: Watch, path: Path) -> None:
    """Write before the process ends, which it does from within `app.serve`."""
    end = vars(app)["_end_the_process"]

    def write_and_end() -> None:
        watch.write(path)
        end()

    vars(app)["_end_the_process"] = write_and_end


async def serve(settings: Settings) -> None:
    if lags := os.environ.get("BENCH_LAGS"):
        write_at_the_end(Watch(), Path(lags))
    await app.serve(settings)


def main() -> None:
    if os.environ.get("BENCH_ENGINE") == "off":
        vars(app)["DurableEffects"] = IdleEffects
    settings = read_settings()
    configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
