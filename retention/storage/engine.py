"""Engines on one database: one for the application, one for the library that runs the effects."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg
import sqlalchemy as sa
from sqlalchemy import event

from retention.database import Database
from retention.storage.one_writer import Line, connections_in

_PRAGMAS = (
    "busy_timeout=30000",  # first: switching to WAL already needs a lock
    "journal_mode=WAL",
    "synchronous=FULL",  # what was acknowledged survives a power cut
    "foreign_keys=ON",
)
_PRAGMAS_FOR_NOTES = (*_PRAGMAS, "synchronous=NORMAL")
"""A note survives the process at once, and a power cut from the next commit on."""
_AT_ONCE = 20
"""Transactions of turns and effects on PostgreSQL. A file has one connection for them: whoever
writes there has all others read their pages anew.
"""
_CONNECTIONS_OF_EFFECTS = 4
_STATEMENTS_OF_EFFECTS = 32
"""Kept by each connection of the effects: the library writes a statement for each size of batch."""
_LAST_ANSWER_SECONDS = 1.0
_LACKS_SUBSEC = sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42)


class UnsupportedDatabase(ValueError):
    """The address is neither ``sqlite:///path`` nor ``postgresql://…``."""


class DatabaseUnreachable(Exception):
    """Nothing answers where the database should be."""


@dataclass(frozen=True, slots=True)
class Engines:
    """Ways into the same database; hidden parameters keep customers out of error messages.

    `reports` is for questions about many cases, so that no turn waits behind them. `notes` is for
    what is written in one statement and must be there in the next moment: it waits behind no other
    connection, and on PostgreSQL its commit is part of the same round trip.
    """

    app: Database
    reports: Database
    notes: sa.Engine
    sync: sa.Engine

    async def dispose(self) -> None:
        """Close every connection of all engines.

        A thread that still asks the database is waited for, a moment: a connection that comes
        back later is nobody's to close.
        """
        until = time.monotonic() + _LAST_ANSWER_SECONDS
        self.app.dismiss()
        self.reports.dismiss()
        engines = {self.app.engine, self.reports.engine, self.notes, self.sync}
        while _in_use(*engines) and time.monotonic() < until:  # noqa: ASYNC110 - pools
            await asyncio.sleep(0.01)
        for engine in engines:
            engine.dispose()


def _in_use(*engines: sa.Engine) -> int:
    """Count the connections that somebody has taken out of the pools."""
    pools = (engine.pool for engine in engines)
    return sum(pool.checkedout() for pool in pools if isinstance(pool, sa.QueuePool))


def open_engines(url: str) -> Engines:
    """Build the engines; nothing connects yet. Creates the folder of a SQLite file.

    Raises:
        UnsupportedDatabase: for any other kind of address.
        DatabaseUnreachable: the folder of a SQLite file cannot be made.
    """
    parsed = parse_url(url)
    if sqlite_path(url) is None:
        parsed = parsed.set(drivername="postgresql+psycopg")
        app = sa.create_engine(
            parsed, pool_size=10, max_overflow=_AT_ONCE - 10, pool_pre_ping=True, **_OPTIONS
        )
        sync = sa.create_engine(parsed, pool_size=10, pool_pre_ping=True, **_OPTIONS)
        notes = sa.create_engine(parsed, isolation_level="AUTOCOMMIT", **_OPTIONS)
        event.listen(sync, "handle_error", _see_lost_connection)
        turns = Database(app, most=_AT_ONCE)
        return Engines(turns, turns, notes, sync)
    _make_folder(Path(str(parsed.database)).parent)
    line = Line()
    connect = {"factory": connections_in(line), "cached_statements": _STATEMENTS_OF_EFFECTS}
    of_loop = {"factory": connections_in(line, read_at_once=True)}
    urgently = {"factory": connections_in(line, urgent=True)}
    app, reports = (
        sa.create_engine(parsed, pool_size=1, max_overflow=0, connect_args=of_loop, **_OPTIONS)
        for _ in range(2)
    )
    notes = sa.create_engine(parsed, connect_args=urgently, **_OPTIONS)
    sync = sa.create_engine(
        parsed, pool_size=_CONNECTIONS_OF_EFFECTS, connect_args=connect, **_OPTIONS
    )
    for engine in (app, reports, sync):
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(notes, "connect", _prepare_sqlite_for_notes)
    turns, long = (Database(engine, most=None) for engine in (app, reports))
    return Engines(turns, long, notes, sync)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnreachable(f"DATABASE_URL: {folder}: {error.strerror}") from None


def parse_url(url: str) -> sa.URL:
    """Read a database address. Raises UnsupportedDatabase."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise UnsupportedDatabase("not a database address") from None
    kind = parsed.get_backend_name()
    is_file = kind == "sqlite" and parsed.database not in {None, "", ":memory:"}
    if kind != "postgresql" and not is_file:
        raise UnsupportedDatabase(f"{kind} is neither sqlite:///path nor postgresql://host/name")
    return parsed


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite address; None for PostgreSQL. Raises UnsupportedDatabase."""
    parsed = parse_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def _dump(value: Any) -> str:
    return orjson.dumps(value).decode()


_OPTIONS: dict[str, Any] = {
    "hide_parameters": True,
    "json_serializer": _dump,
    "json_deserializer": orjson.loads,
}


def _see_lost_connection(context: Any) -> None:
    """Call a server that cannot be reached a lost connection: the effects library then waits.

    It knows such errors by their words, and not those of a missing socket or an unknown host.
    """
    error = context.original_exception
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        context.is_disconnect = True


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = "IMMEDIATE"  # a transaction that writes never upgrades its lock
    _set(connection, _PRAGMAS)
    if _LACKS_SUBSEC:
        _define_unixepoch(connection)


def _prepare_sqlite_for_notes(connection: Any, _record: object) -> None:
    connection.isolation_level = "IMMEDIATE"
    _set(connection, _PRAGMAS_FOR_NOTES)


def _set(connection: Any, pragmas: Sequence[str]) -> None:
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _define_unixepoch(connection: Any) -> None:
    """Give an old SQLite the `unixepoch('subsec')` that the effects library asks for.

    SQLite has it from 3.42 on; without it the library does not start on Python 3.12 and newer.
    """

    def unixepoch(*args: str) -> float:
        return time.time() if args == ("subsec",) else int(time.time())

    connection.create_function("unixepoch", -1, unixepoch)
