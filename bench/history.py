"""Databases with a long history: a thousand, a hundred thousand, a million cases.

History is what grows. One case is opened each hour; the newest 300 are open, all others ended a day
after they began. The bot's own code makes the first case, SQL the others after its likeness; the
chains of hashes are left out, for nobody verifies them here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bench.bots import ROOT
from retention.storage.migrations import HEAD
from retention.storage.tables import case_events, cases, threads

SIZES = (1_000, 100_000, 1_000_000)
NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
"""When the newest case was opened."""
OPEN = 300
_OPENED = "strftime('%Y-%m-%d %H:%M:%f000', :now, '-' || (:cases - i) || ' hours')"
_ENDED = "strftime('%Y-%m-%d %H:%M:%f000', :now, '-' || (:cases - i - 24) || ' hours')"
_IS_OPEN = f"i > :cases - {OPEN}"
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < :cases)"
_CASE: Mapping[str, str] = {
    "number": "i",
    "draft_id": "'bench-' || i",
    "crm_case_number": "printf('%08d', 20000000 + i)",
    "customer": "'Padaria Sol ' || i",
    "customer_words": "' padaria sol ' || i",
    "status": f"CASE WHEN {_IS_OPEN} THEN t.status ELSE 'lost' END",
    "is_open": _IS_OPEN,
    "opened_at": _OPENED,
    "handed_over_at": _OPENED,
    "moved_at": _OPENED,
    "ended_at": f"CASE WHEN {_IS_OPEN} THEN NULL ELSE {_ENDED} END",
    "outcome": f"CASE WHEN {_IS_OPEN} THEN NULL ELSE 'lost' END",
    "real_reason": f"CASE WHEN {_IS_OPEN} THEN NULL ELSE t.reason END",
}
_THREAD: Mapping[str, str] = {
    "number": "i",
    "conversation": "replace(t.conversation, 'messageid=', 'messageid=9' || i)",
}
_ADD_WORD = "INSERT INTO case_words (word, number) SELECT"
_WORDS = ("'padaria'", "'sol'", "CAST(i AS TEXT)")


def database_of(size: int) -> Path:
    """Name the file of a history; it may have to be written first."""
    return ROOT / "var" / "bench" / f"history-{HEAD}-{size}.db"


def write(first: Path, size: int) -> None:
    """Multiply the one case of a database; the result is kept for later runs."""
    file = database_of(size)
    unfinished = file.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(first)) as source:
        source.execute("VACUUM INTO ?", (str(unfinished),))
    with closing(sqlite3.connect(unfinished)) as connection:
        for pragma in ("synchronous=OFF", "journal_mode=OFF", "cache_size=-500000"):
            connection.execute(f"PRAGMA {pragma}")
        parameters = {"cases": size, "now": NOW.strftime("%Y-%m-%d %H:%M:%S")}
        for statement in _statements():
            connection.execute(statement, parameters)
        connection.commit()
    unfinished.rename(file)


def _statements() -> Sequence[str]:
    return (
        _multiply(cases, _CASE),
        _multiply(case_events, {"number": "i"}),
        _multiply(threads, _THREAD),
        *(f"{_NUMBERS} {_ADD_WORD} {word}, i FROM n" for word in _WORDS),
        "UPDATE counters SET value = :cases WHERE name = 'case'",
    )


def _multiply(table: sa.Table, different: Mapping[str, str]) -> str:
    """Write as many rows as there are cases after the likeness of the first case's."""
    names = [column.name for column in table.columns]
    values = ", ".join(different.get(name, f"t.{name}") for name in names)
    columns = ", ".join(names)
    return (
        f"{_NUMBERS} INSERT INTO {table.name} ({columns}) "  # noqa: S608 - our own names
        f"SELECT {values} FROM n, {table.name} AS t WHERE t.number = 1"
    )
