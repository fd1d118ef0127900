"""Reading the whole audit: verify its chains, or export them for somebody who verifies outside.

Both see the database as of one moment, while others write, and hold few rows at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from retention.domain.case import case_code
from retention.storage.audit_chain import BEGINNING, EVENT_ENTRY, REFUSAL_ENTRY, entry_of, seal
from retention.storage.private_file import new_file_for
from retention.storage.tables import audit, case_events, cases, counters

_ROWS_AT_A_TIME = 500
_EVENTS = sa.select(case_events).order_by(case_events.c.number, case_events.c.version)
_REFUSALS = sa.select(audit).order_by(audit.c.id)
_COUNTERS = sa.select(counters.c.name, counters.c.value)
_ENDS = (
    sa.select(
        cases.c.number,
        cases.c.version,
        cases.c.status,
        case_events.c.data["after"].as_string().label("after"),
        sa.select(sa.func.max(case_events.c.version))
        .where(case_events.c.number == cases.c.number)
        .correlate(cases)
        .scalar_subquery()
        .label("last"),
    )
    .join(
        case_events,
        (case_events.c.number == cases.c.number) & (case_events.c.version == cases.c.version),
        isouter=True,
    )
    .order_by(cases.c.number)
)

_REFUSALS_CHAIN = "refusals"


class BrokenChain(Exception):
    """The audit is not as it was written; the message names the first row that shows it."""


class NoExport(Exception):
    """The audit cannot be exported; the message says why, for an operator."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the audit in its chain: a case's code, or ``refusals``.

    `position` is the version of the event, or the id of the refusal: 1, 2, 3 …
    """

    chain: str
    position: int
    previous: str
    hash: str
    entry: dict[str, Any]

    def __str__(self) -> str:
        return _name(self.chain, self.position)

    def as_json(self) -> str:
        """Write it as a line of the export."""
        fields = ("chain", "position", "previous", "hash", "entry")
        return json.dumps({name: getattr(self, name) for name in fields}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was found sound."""

    cases: int
    events: int
    refusals: int


def verify(engine: sa.Engine) -> Verified:
    """Compute every hash again, and look whether each chain still ends where it ended.

    Raises:
        BrokenChain: something was changed past the program.
    """
    with _moment(engine) as connection, closing(_links(connection)) as links:
        events = refusals = 0
        for link in _checked(links):
            if link.chain == _REFUSALS_CHAIN:
                refusals += 1
            else:
                events += 1
        ends: dict[str, int] = {row.name: row.value for row in connection.execute(_COUNTERS)}
        if refusals != ends.get("refusal"):
            raise BrokenChain(f"the last is refusal {refusals}, of {ends.get('refusal')} written")
        return Verified(_check_cases(connection, ends.get("case")), events, refusals)


def export(engine: sa.Engine, file: Path, *, since: datetime, until: datetime) -> int:
    """Write the entries with ``since <= at <= until`` as JSON lines; returns how many there are.

    The cases come by number, each with its events in their order, then the refusals. The file is
    private to its owner: it holds what customers said.

    Raises:
        NoExport: the file exists, or cannot be written.
        BrokenChain: a row cannot even be read.
    """
    written = 0
    try:
        with (
            _moment(engine) as connection,
            closing(_links(connection)) as links,
            new_file_for(file) as new,
            new.open("w", encoding="utf-8", newline="\n") as out,
        ):
            for link in links:
                if since <= datetime.fromisoformat(link.entry["at"]) <= until:
                    out.write(f"{link.as_json()}\n")
                    written += 1
    except OSError as error:
        raise NoExport(f"{file} cannot be written: {error.strerror}") from None
    return written


@contextmanager
def _moment(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Connect so that all statements see the database as the first one does."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")  # reading alone would begin no transaction
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def _links(connection: sa.Connection) -> Generator[Link, None, None]:
    """Read every chain, entry by entry; to be closed. Raises BrokenChain at an unreadable row."""
    yield from _chained(
        connection, _EVENTS, EVENT_ENTRY, lambda row: (case_code(row["number"]), row["version"])
    )
    yield from _chained(
        connection, _REFUSALS, REFUSAL_ENTRY, lambda row: (_REFUSALS_CHAIN, row["id"])
    )


def _chained(
    connection: sa.Connection,
    query: sa.Select[Any],
    columns: tuple[sa.Column[Any], ...],
    place_of: Callable[[Mapping[str, Any]], tuple[str, int]],
) -> Iterator[Link]:
    link = Link("", 0, BEGINNING, BEGINNING, {})
    try:
        with _streamed(connection, query) as rows:
            for row in (each._asdict() for each in rows):
                chain, position = place_of(row)
                previous = link.hash if chain == link.chain else BEGINNING
                link = Link(chain, position, previous, row["hash"], entry_of(row, columns))
                yield link
    except ValueError:
        place = f"after {link}" if link.chain else "at the beginning"
        raise BrokenChain(f"a row {place} cannot be read") from None


def _streamed(connection: sa.Connection, query: sa.Select[Any]) -> sa.CursorResult[Any]:
    return connection.execute(query, execution_options={"yield_per": _ROWS_AT_A_TIME})


def _checked(links: Iterable[Link]) -> Iterator[Link]:
    """Check each link as it comes. Raises BrokenChain."""
    chain, last = "", 0
    for link in links:
        if link.chain != chain:
            chain, last = link.chain, 0
        if link.position != last + 1:
            raise BrokenChain(f"{_name(chain, last + 1)} is missing")
        if seal(link.previous, link.entry) != link.hash:
            raise BrokenChain(f"{link} is not what was written there")
        last = link.position
        yield link


def _check_cases(connection: sa.Connection, given: int | None) -> int:
    """Compare each case with the end of its chain; returns how many there are.

    Raises:
        BrokenChain: a case is missing or too many, or is not where its events lead to.
    """
    number = 0
    with _streamed(connection, _ENDS) as rows:
        for row in rows:
            number += 1
            if row.number != number:
                raise BrokenChain(f"{case_code(number)} is missing")
            if row.last != row.version:
                raise BrokenChain(
                    f"{case_code(number)} ends with event {row.last or 0}, of {row.version} written"
                )
            if row.after != row.status:
                raise BrokenChain(
                    f"{case_code(number)} is {row.status}, its last event led to {row.after}"
                )
    if number != given:
        raise BrokenChain(f"the last case is {case_code(number)}, of {given} numbers given out")
    return number


def _name(chain: str, position: int) -> str:
    if chain == _REFUSALS_CHAIN:
        return f"refusal {position}"
    return f"{chain} event {position}"
