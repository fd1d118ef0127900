"""What Salesforce does when a record is written: checks, defaults, stamps, history, assignment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dev.salesforce.database import Row, Transaction
from dev.salesforce.errors import SalesforceError, not_found
from dev.salesforce.ids import canonical
from dev.salesforce.org import Org
from dev.salesforce.schema import BY_PREFIX, SCHEMA, SObject
from dev.salesforce.validation import check


class Records:
    """The records as one user writes them, in one transaction, at one moment."""

    def __init__(self, transaction: Transaction, org: Org, *, user_id: str, at: datetime) -> None:
        self.transaction = transaction
        self.at = at.replace(microsecond=0)  # Salesforce: stamps have whole seconds
        self._org, self._user_id = org, user_id

    def get(self, sobject: str, record_id: str) -> Row:
        """Return a row.

        Raises:
            SalesforceError: there is none (NOT_FOUND), or no more (ENTITY_IS_DELETED).
        """
        row = self.transaction.find(canonical(record_id))
        if row is None or BY_PREFIX[row["Id"][:3]].name != sobject:
            raise not_found()
        if row.get("IsDeleted"):
            raise SalesforceError("ENTITY_IS_DELETED", "entity is deleted", status=404)
        return row

    def create(self, sobject: str, fields: Mapping[str, Any], *, auto_assign: bool = True) -> str:
        """Insert a record and return its id; `auto_assign` runs the assignment rule of Cases."""
        kind = SCHEMA[sobject]
        values = check(kind, fields, self.transaction, self._org)
        row = self._blank(kind) | values
        match sobject:
            case "Case":
                self._open_case(row, auto_assign=auto_assign)
            case "Contact":
                row["Name"] = f"{row['FirstName'] or ''} {row['LastName']}".strip()
        self.transaction.write(row)
        return str(row["Id"])

    def update(
        self,
        sobject: str,
        record_id: str,
        fields: Mapping[str, Any],
        *,
        auto_assign: bool = True,
    ) -> None:
        """Change a record; every tracked field that changes leaves its row of history."""
        before = self.get(sobject, record_id)
        kind = SCHEMA[sobject]
        values = check(kind, fields, self.transaction, self._org, record_id=before["Id"])
        row = before | values
        self._stamp(kind, row)
        if sobject == "Case":
            if auto_assign:
                row["OwnerId"] = self._org.default_owner_id
            self._settle_status(row)
            self._keep_history(before, row)
        self.transaction.write(row)

    def delete(self, sobject: str, record_id: str) -> None:
        """Move a record to the bin."""
        row = self.get(sobject, record_id) | {"IsDeleted": True}
        self._stamp(SCHEMA[sobject], row)
        self.transaction.write(row)

    def insert_raw(self, sobject: str, values: Row) -> str:
        """Insert what no client may write through this API: users, queues, history, posts."""
        row = self._blank(SCHEMA[sobject]) | values
        self.transaction.write(row)
        return str(row["Id"])

    def edit_raw(self, sobject: str, record_id: str, values: Row) -> None:
        """Change what people may and no client of this API: the text of a comment."""
        row = self.get(sobject, record_id) | values
        self._stamp(SCHEMA[sobject], row)
        self.transaction.write(row)

    # ---- what happens on saving ------------------------------------------------------------------

    def _blank(self, kind: SObject) -> Row:
        row: Row = dict.fromkeys(kind.fields)
        row |= {name: False for name, each in kind.fields.items() if each.kind == "boolean"}
        row["Id"] = self.transaction.new_id(kind.prefix)
        self._stamp(kind, row, is_new=True)
        return row

    def _stamp(self, kind: SObject, row: Row, *, is_new: bool = False) -> None:
        stamps = {"LastModifiedDate", "SystemModstamp"} | ({"CreatedDate"} if is_new else set())
        people = {"LastModifiedById"} | ({"CreatedById", "InsertedById"} if is_new else set())
        row.update(dict.fromkeys(stamps & set(kind.fields), self.at))
        row.update(dict.fromkeys(people & set(kind.fields), self._user_id))

    def _open_case(self, row: Row, *, auto_assign: bool) -> None:
        row["CaseNumber"] = self._org.next_case_number()
        for name in ("Status", "Priority"):
            row[name] = row[name] or self._org.default(name)
        row["OwnerId"] = row["OwnerId"] or self._user_id
        if auto_assign:
            row["OwnerId"] = self._org.default_owner_id
        self._settle_status(row)

    def _settle_status(self, row: Row) -> None:
        row["IsClosed"] = self._org.choice("Status", row["Status"]).is_closed
        row["ClosedDate"] = (row["ClosedDate"] or self.at) if row["IsClosed"] else None

    def _keep_history(self, before: Row, after: Row) -> None:
        for name in sorted(self._org.tracked_fields):
            old, new = before[name], after[name]
            if old == new:
                continue
            if name == "OwnerId":  # Salesforce: told twice, by id and by name
                self._history(after, "Owner", "EntityId", old, new)
                self._history(after, "Owner", "Text", self._name(old), self._name(new))
            else:
                self._history(after, name, "DynamicEnum", old, new)

    def _history(self, case: Row, field: str, kind: str, old: Any, new: Any) -> None:
        values = {"Field": field, "DataType": kind, "OldValue": old, "NewValue": new}
        self.insert_raw("CaseHistory", {"CaseId": case["Id"], **values})

    def _name(self, record_id: str) -> Any:
        return (self.transaction.find(record_id) or {}).get("Name")
