"""What a database holds, as tests look at it from outside: over connections that change nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import psycopg

_UNFINISHED = "status IN ('ENQUEUED', 'PENDING', 'DELAYED')"


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """Ask a database. The log of a killed SQLite writer stays as it is, for the bot to recover."""
    if url.startswith("sqlite:"):
        file = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()
    with psycopg.connect(url, options="-c default_transaction_read_only=on") as asked:
        return asked.execute(query).fetchall()


def workflows(url: str) -> str:
    """Name the engine's table of effects."""
    return "workflow_status" if url.startswith("sqlite:") else "dbos.workflow_status"


def unfinished(url: str) -> list[tuple[str, str]]:
    """List the effects that wait or run: key and state."""
    query = f"SELECT workflow_uuid, status FROM {workflows(url)} WHERE {_UNFINISHED}"  # noqa: S608
    return [(str(key), str(status)) for key, status in rows(url, query)]
