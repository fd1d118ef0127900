"""What each Caso was last seen like: how a change is noticed where Salesforce keeps no history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from retention.salesforce.catalogue import PRIORITY, STATUS
from retention.salesforce.records import ChangedCaseRow

OWNER: Final = "Owner"
"""What CaseHistory calls the field OwnerId."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a Caso that is no longer what it was; `before` is None at first sight."""

    field: str
    before: str | None
    after: str


class Snapshots:
    """Kept in memory: after a restart every Caso is seen for the first time again."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, str]] = {}

    def compare(self, row: ChangedCaseRow) -> Iterator[Difference]:
        """Give what changed since the Caso was last compared.

        At first sight that is unknown, but for one thing: that it is closed now.
        """
        now = {STATUS: row.status, PRIORITY: row.priority or "", OWNER: row.owner_id}
        before, self._seen[row.id] = self._seen.get(row.id), now
        if before is None:
            if row.is_closed:
                yield Difference(STATUS, None, row.status)
            return
        for field, value in now.items():
            if before[field] != value:
                yield Difference(field, before[field], value)
