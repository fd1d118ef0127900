"""Rows and transactions: what is written is seen by others at commit, and a written row is locked.

The stamp of a row is taken when it is written, so a transaction that commits late shows others a
row stamped in the past (a reader with a strict cursor never sees it), as in Salesforce.
"""

from collections.abc import Iterator
from typing import Any

from dev.salesforce.errors import row_locked
from dev.salesforce.ids import Ids
from dev.salesforce.schema import BY_PREFIX

Row = dict[str, Any]


class Database:
    """The committed rows, by id, in the order in which they were created."""

    def __init__(self) -> None:
        self.ids = Ids()
        self.rows: dict[str, Row] = {}
        self.writers: dict[str, Transaction] = {}

    def begin(self) -> "Transaction":
        return Transaction(self)


class Transaction:
    """Reads its own writes. Ends by `commit` or `abandon`; until then nobody else writes there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written: dict[str, Row] = {}

    def find(self, record_id: str) -> Row | None:
        """Return a copy of the row, deleted or not."""
        row = self._written.get(record_id) or self._database.rows.get(record_id)
        return dict(row) if row is not None else None

    def all(self, sobject: str, *, deleted_too: bool = False) -> Iterator[Row]:
        """Give the rows of an object, those that are deleted only if asked, the oldest first."""
        for row_id in {**self._database.rows, **self._written}:
            if BY_PREFIX[row_id[:3]].name == sobject:
                row = self._written.get(row_id) or self._database.rows[row_id]
                if deleted_too or not row.get("IsDeleted"):
                    yield row

    def new_id(self, sobject_prefix: str) -> str:
        return self._database.ids.new(sobject_prefix)

    def write(self, row: Row) -> None:
        """Keep the row, new or changed.

        Raises:
            SalesforceError: another transaction has written it and not ended (UNABLE_TO_LOCK_ROW).
        """
        row_id = row["Id"]
        if self._database.writers.setdefault(row_id, self) is not self:
            raise row_locked(row_id)
        self._written[row_id] = dict(row)

    def commit(self) -> None:
        self._database.rows.update(self._written)
        self.abandon()

    def abandon(self) -> None:
        for row_id in self._written:
            del self._database.writers[row_id]
        self._written = {}
