"""The chain that seals the audit: each entry's hash covers the entry and the hash before it.

Each case has a chain of its own (its events, by version), the refusals share one (by id), so that
writers of different cases never wait for each other. The end of a chain is kept beside it: the
case's `version`, and the counter `refusal`.

Found: whatever was edited, deleted, swapped or inserted by somebody who got around the triggers,
the last entry and whole cases included. Not found: the same by somebody who also computes the
hashes anew up to the end of the chain, or takes the end and its number back together. There is no
secret in it; only an earlier export kept elsewhere proves that. What a case was opened with
(customer, words, amounts) stands in `cases`, and no entry repeats it.

Whoever changes the stored form of an entry by a migration must seal its chain anew there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from retention.storage.tables import audit, case_events

BEGINNING = "0" * 64
"""What stands before the first entry of a chain."""

_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

EVENT_ENTRY: tuple[sa.Column[Any], ...] = (
    case_events.c.number,
    case_events.c.version,
    case_events.c.type,
    case_events.c.data,
    case_events.c.at,
    case_events.c.by_id,
    case_events.c.by_name,
)
REFUSAL_ENTRY: tuple[sa.Column[Any], ...] = (
    audit.c.id,
    audit.c.at,
    audit.c.by_id,
    audit.c.by_name,
    audit.c.action,
    audit.c.number,
    audit.c.why,
)
"""What a hash covers. A column added later stays out, or every chain must be sealed anew."""


def entry_of(row: Mapping[str, Any], columns: Iterable[sa.Column[Any]]) -> dict[str, Any]:
    """Reduce a row to what its hash covers; `at` becomes text: UTC, to the microsecond."""
    entry = {column.name: row[column.name] for column in columns}
    return {**entry, "at": entry["at"].astimezone(UTC).isoformat(timespec="microseconds")}


def seal(previous: str, entry: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hex, over the previous hash and the entry in its canonical form.

    That is JSON in UTF-8 with its keys in order and no space between them.
    """
    return sha256((previous + _canonical(entry)).encode()).hexdigest()


def sealed(
    rows: Iterable[Mapping[str, Any]], columns: Iterable[sa.Column[Any]], *, previous: str | None
) -> Iterator[dict[str, Any]]:
    """Give each row its hash. `previous` is None at a beginning, or where an entry was removed."""
    last = previous or BEGINNING
    for row in rows:
        last = seal(last, entry_of(row, columns))
        yield {**row, "hash": last}
