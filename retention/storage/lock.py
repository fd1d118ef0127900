"""One serving process per SQLite file: an operating system lock beside the database."""

from __future__ import annotations

import fcntl
from types import TracebackType
from typing import IO, Self

from retention.storage.engine import sqlite_path


class DatabaseInUse(RuntimeError):
    """Another process already serves this SQLite database."""


class SingleProcess:
    """Hold the database for the process that serves it; commands that only visit take no lock.

    The system lets go of the lock when the process ends, however it ends. PostgreSQL serves many
    processes at once: there it does nothing.
    """

    def __init__(self, url: str) -> None:
        self._path = sqlite_path(url)
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Take the lock. Raises DatabaseInUse at once when another process holds it."""
        if self._path is None:
            return self
        self._path.parent.mkdir(parents=True, exist_ok=True)
        path = self._path.resolve()  # whatever name it goes by
        file = path.with_name(f"{path.name}.lock").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise DatabaseInUse(f"another process already serves {self._path}") from None
        self._file = file
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
