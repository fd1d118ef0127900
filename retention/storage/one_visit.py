"""SQLite from the event loop: one visit to the connection's thread for each statement.

aiosqlite makes every call a visit of its own: four to open, execute, fetch and close a cursor, and
one for a rollback where there is nothing to roll back. A visit costs more than most of our
statements do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Self

import aiosqlite

_ROWS_AT_ONCE = 64


def connect(database: str, **options: Any) -> Connection:
    """Make a connection as SQLAlchemy's `async_creator_fn` does; it opens when awaited."""
    connection = Connection(lambda: sqlite3.connect(database, **options), _ROWS_AT_ONCE)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does: it never keeps us alive
    return connection


class Connection(aiosqlite.Connection):
    def cursor(self) -> Cursor:  # type: ignore[override]  # SQLAlchemy's adapter is its only user
        return Cursor(self._execute, self._conn)

    async def commit(self) -> None:
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        if self.in_transaction:
            await super().rollback()


class Cursor:
    """Holds the whole result of the last statement; the cursor it came from is closed already."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1

    def __init__(self, visit: Callable[..., Any], connection: sqlite3.Connection) -> None:
        self._visit = visit
        self._connection = connection
        self._rows: Sequence[Any] = ()

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> Self:
        return await self._run("execute", sql, parameters)

    async def executemany(self, sql: str, parameters: Any) -> Self:
        return await self._run("executemany", sql, parameters)

    async def fetchall(self) -> Sequence[Any]:
        rows, self._rows = self._rows, ()
        return rows

    async def close(self) -> None:
        """Do nothing: what there was to close is closed."""

    async def _run(self, method: str, sql: str, parameters: Any) -> Self:
        await self._visit(self._run_there, method, sql, parameters)
        return self

    def _run_there(self, method: str, sql: str, parameters: Any) -> None:
        with closing(self._connection.cursor()) as cursor:
            getattr(cursor, method)(sql, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else ()
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
