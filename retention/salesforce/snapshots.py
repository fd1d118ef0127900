"""What each Caso was last seen like: how a change is noticed where Salesforce keeps no history.

Kept in memory. After a start, or a time in which another process did the reading, every Caso is
seen for the first time again, and nothing is told of what happened before: better to miss a change
than to tell it twice, or to blame whoever touched the Caso last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from retention.salesforce.catalogue import PRIORITY, STATUS
from retention.salesforce.records import ChangedCaseRow

OWNER: Final = "Owner"
"""What CaseHistory calls the field OwnerId."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a Caso that is no longer what it was."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Snapshot:
    values: Mapping[str, str]
    is_closed: bool


class Snapshots:
    def __init__(self) -> None:
        self._seen: dict[str, _Snapshot] = {}
        self._asked: set[str] = set()
        self._read_at: datetime | None = None

    def resume(self, since: datetime) -> None:
        """Begin a reading; what was seen before a gap between two readings is no longer good."""
        if self._read_at is not None and since > self._read_at:
            self._seen.clear()
            self._asked.clear()

    def know(self, cases: Iterable[str]) -> bool:
        """Tell whether all these Casos were read, at whatever time they were last changed."""
        return self._asked.issuperset(cases)

    def compare(
        self, cases: Iterable[str], rows: Iterable[ChangedCaseRow]
    ) -> list[tuple[ChangedCaseRow, list[Difference]]]:
        """Give what changed since each Caso was last compared; at first sight nothing.

        `cases` are those that were asked for.
        """
        self._asked.update(cases)
        return [(row, list(self._differences(row))) for row in rows]

    def finish(self, read_at: datetime, cases: Iterable[str]) -> None:
        """End a reading of these Casos: all that happened until then was seen.

        Those that are no longer asked for are forgotten: seen again, they are new.
        """
        self._read_at = read_at
        self._asked.intersection_update(cases)
        self._seen = {case: seen for case, seen in self._seen.items() if case in self._asked}

    def _differences(self, row: ChangedCaseRow) -> Iterator[Difference]:
        values = {STATUS: row.status, PRIORITY: row.priority or "", OWNER: row.owner_id}
        now = _Snapshot(values, row.is_closed)
        before, self._seen[row.id] = self._seen.get(row.id), now
        if before is None:
            return
        for field, value in values.items():
            is_still_closed = field == STATUS and before.is_closed and now.is_closed
            if before.values[field] != value and not is_still_closed:
                yield Difference(field, before.values[field], value)
