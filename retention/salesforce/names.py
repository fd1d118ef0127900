"""The names of users and queues that are known by their id only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from retention.salesforce.client import SalesforceClient
from retention.salesforce.errors import Refused
from retention.salesforce.records import NamedRow, read
from retention.salesforce.soql import is_id

_OBJECTS: Final = {"005": "User", "00G": "Group"}
"""By how the ids of their records begin."""


class Names:
    """Remember every name that was seen, and look up the others one by one."""

    def __init__(self, *, client: SalesforceClient) -> None:
        self._client = client
        self._names: dict[str, str] = {}

    def learn(self, record_id: str, row: NamedRow | None) -> None:
        if row and row.name:
            self._names[record_id] = row.name

    async def look_up(self, record_ids: Iterable[str]) -> None:
        """Read the names that are not known yet; whom we may not see stays without one."""
        for record_id in dict.fromkeys(record_ids):
            kind = _OBJECTS.get(record_id[:3])
            if kind is None or record_id in self._names or not is_id(record_id):
                continue
            try:
                answer = await self._client.request(
                    "name", "GET", f"sobjects/{kind}/{record_id}", params={"fields": "Name"}
                )
            except Refused:
                self._names[record_id] = ""
            else:
                self._names[record_id] = read(NamedRow, answer).name or ""

    def of(self, record_id: str) -> str:
        """Give a name, empty where it is not known."""
        return self._names.get(record_id, "")
