"""SQLite's one writer at a time, as a line in which nobody is overtaken by chance.

SQLite lets whoever waits for its write lock sleep and try again, in pauses up to 100 ms: a short
write behind two others may take half a second while the file lies idle. One process alone serves
a file (`storage.lock`), so its writers stand in line here, and each goes on in the very moment the
one before has ended. A second process, a command, still waits SQLite's own way.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from typing import Any, Self

_BEGINS_TO_WRITE = ("INSERT", "UPDATE", "DELETE", "REPLACE", "BEGIN IMMEDIATE")
"""What takes SQLite's write lock; for the first four Python's sqlite3 says BEGIN by itself."""
_LONGEST = max(map(len, _BEGINS_TO_WRITE))
_PATIENCE_SECONDS = 30.0


class Line:
    """A lock handed over in the order of arrival; whoever is urgent goes to the front."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    def enter(self, *, urgent: bool = False, timeout_seconds: float = _PATIENCE_SECONDS) -> None:
        """Block until it is one's turn. Raises sqlite3.OperationalError after the time-out."""
        turn = threading.Lock()
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            turn.acquire()
            if urgent:
                self._waiting.appendleft(turn)
            else:
                self._waiting.append(turn)
        if turn.acquire(timeout=timeout_seconds):
            return
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise sqlite3.OperationalError("database is locked")

    def leave(self) -> None:
        """Let the next one enter; from whichever thread."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


def _writes(sql: str) -> bool:
    return sql.lstrip()[:_LONGEST].upper().startswith(_BEGINS_TO_WRITE)


class LinedUpConnection(sqlite3.Connection):
    """Has its turn from the first statement that writes until its transaction ends."""

    line: Line
    is_urgent: bool
    reads_at_once: bool
    _has_turn = False

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or (_ReadCursor if self.reads_at_once else _Cursor))

    def commit(self) -> None:
        try:
            super().commit()
        finally:
            self.leave_if_ended()  # a full disk ends the transaction, too

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.leave_if_ended()

    def close(self) -> None:
        super().close()
        self._leave()

    def __del__(self) -> None:
        self._leave()  # dropped without being closed, it must not keep everybody waiting

    def stand_in_line(self, sql: str) -> None:
        """Wait for its turn, if the statement begins to write."""
        if not self._has_turn and _writes(sql):
            self.line.enter(urgent=self.is_urgent)
            self._has_turn = True

    def leave_if_ended(self) -> None:
        if self._has_turn and not self.in_transaction:
            self._leave()

    def _leave(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self.line.leave()


def connections_in(
    line: Line, *, urgent: bool = False, read_at_once: bool = False
) -> type[LinedUpConnection]:
    """Make the class, for sqlite3's `factory`, of connections that stand in one line.

    Args:
        line: where whoever writes waits.
        urgent: they go to the front of it.
        read_at_once: a statement reads all its rows, as those of PostgreSQL do, so that whoever
            fetches them does not wait for the disk.
    """
    common = {"line": line, "is_urgent": urgent, "reads_at_once": read_at_once}
    return type("Connection", (LinedUpConnection,), common)


class _Cursor(sqlite3.Cursor):
    connection: LinedUpConnection

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        self.connection.stand_in_line(sql)
        try:
            return super().execute(sql, parameters)
        finally:
            self.connection.leave_if_ended()

    def executemany(self, sql: str, parameters: Any, /) -> Self:
        self.connection.stand_in_line(sql)
        try:
            return super().executemany(sql, parameters)
        finally:
            self.connection.leave_if_ended()


class _ReadCursor(_Cursor):
    """Holds all rows of the last statement."""

    _rows: deque[Any]

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        super().execute(sql, parameters)
        self._rows = deque(super().fetchall()) if self.description else deque()
        return self

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        return [self._rows.popleft() for _ in range(min(size or 1, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        rows = list(self._rows)
        self._rows.clear()
        return rows
