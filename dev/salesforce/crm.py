"""The org behind the API: what stands in it, and people who work in it with a browser."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from dev.salesforce import seeds
from dev.salesforce.chatter import Chatter
from dev.salesforce.database import Database, Row, Transaction
from dev.salesforce.errors import SalesforceError
from dev.salesforce.org import INTEGRATION_USERNAME, QUEUE
from dev.salesforce.records import Records


def utc_now() -> datetime:
    return datetime.now(UTC)


class Crm:
    """People are named by e-mail address, Cases by number: `change("00012345", ..., by="ana@…")`.

    `org` holds the administrator's settings and may be changed at any time.
    """

    def __init__(self, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.clock = clock
        self.database = Database()
        self.org = seeds.plant(self.database, now=clock())
        self.refusals: list[tuple[str, SalesforceError]] = []
        self._late: Transaction | None = None

    def records(self, transaction: Transaction, user_id: str) -> Records:
        """Return the records as this user sees and writes them now."""
        return Records(transaction, self.org, user_id=user_id, at=self.clock())

    def refuse_next(self, sobject: str, error: SalesforceError) -> None:
        """Refuse the next write of such a record through the API, alone or inside a composite.

        So speak a validation rule, a trigger, or another transaction that holds the row.
        """
        self.refusals.append((sobject, error))

    # ---- what stands in it -----------------------------------------------------------------------

    def case(self, number: str) -> Row:
        """Return a Case; raises LookupError where there is none."""
        return self._only("Case", CaseNumber=number)

    def comments(self, number: str) -> list[Row]:
        return self._of("CaseComment", ParentId=self.case(number)["Id"])

    def posts(self, number: str) -> list[Row]:
        return self._of("FeedItem", ParentId=self.case(number)["Id"])

    def history(self, number: str) -> list[Row]:
        return self._of("CaseHistory", CaseId=self.case(number)["Id"])

    def logs(self, number: str) -> list[Row]:
        return self._of("Recovery_Log__c", Case__c=self.case(number)["Id"])

    def user_id(self, email: str) -> str:
        return str(self._only("User", Email=email)["Id"])

    def queue_id(self, developer_name: str = QUEUE) -> str:
        return str(self._only("Group", DeveloperName=developer_name)["Id"])

    @property
    def integration_user_id(self) -> str:
        """Whom the API's client works as."""
        return self.user_id(INTEGRATION_USERNAME)

    def _of(self, sobject: str, **fields: str) -> list[Row]:
        rows = self.database.begin().all(sobject)
        return [dict(row) for row in rows if fields.items() <= row.items()]

    def _only(self, sobject: str, **fields: str) -> Row:
        found = self._of(sobject, **fields)
        if len(found) != 1:
            raise LookupError(f"{len(found)} {sobject} with {fields}")
        return found[0]

    # ---- what people do --------------------------------------------------------------------------

    def comment_as(self, by: str, number: str, text: str, *, is_published: bool = False) -> str:
        """Comment on a Case; return the id of the comment."""
        fields = {"CommentBody": text, "IsPublished": is_published}
        with self._acting(by) as records:
            return records.create("CaseComment", {"ParentId": self.case(number)["Id"], **fields})

    def edit_comment(
        self, comment_id: str, *, by: str, text: str | None = None, is_published: bool | None = None
    ) -> None:
        """Change the text of a comment, or whether customers see it."""
        asked = {"CommentBody": text, "IsPublished": is_published}
        values = {name: value for name, value in asked.items() if value is not None}
        with self._acting(by) as records:
            records.edit_raw("CaseComment", comment_id, values)

    def post_as(self, by: str, number: str, text: str) -> str:
        """Post in the feed of a Case; return the id of the post."""
        with self._acting(by) as records:
            return Chatter(records).post(self.case(number)["Id"], [{"type": "Text", "text": text}])

    def reply_as(self, by: str, post_id: str, text: str) -> str:
        """Comment on a post; return the id of the comment."""
        with self._acting(by) as records:
            return Chatter(records).reply(post_id, text)

    def change(self, number: str, field: str, value: str | None, *, by: str) -> None:
        """Change a field of a Case, by API value: `change(n, "Status", "Working", by=...)`."""
        with self._acting(by) as records:
            case_id = self.case(number)["Id"]
            records.update("Case", case_id, {field: value}, auto_assign=False)

    def close_case(self, number: str, *, by: str) -> None:
        closed = next(each.value for each in self.org.picklists["Status"] if each.is_closed)
        self.change(number, "Status", closed, by=by)

    def delete_case(self, number: str, *, by: str) -> None:
        with self._acting(by) as records:
            records.delete("Case", self.case(number)["Id"])

    def merge_case(self, number: str, *, into: str, by: str) -> None:
        """Merge a Case into another: the first is deleted and names the one that was kept."""
        with self._acting(by) as records:
            gone, kept = self.case(number)["Id"], self.case(into)["Id"]
            records.edit_raw("Case", gone, {"MasterRecordId": kept})
            records.delete("Case", gone)

    @contextmanager
    def late_commit(self) -> Iterator[None]:
        """Hold back what people do inside: stamped when it is done, seen by others at the end.

        Until then its rows are locked: UNABLE_TO_LOCK_ROW for everybody else.
        """
        self._late = self.database.begin()
        try:
            yield
        finally:
            self._late.commit()
            self._late = None

    @contextmanager
    def _acting(self, by: str) -> Iterator[Records]:
        if self._late:
            yield self.records(self._late, self.user_id(by))
            return
        transaction = self.database.begin()
        try:
            yield self.records(transaction, self.user_id(by))
            transaction.commit()
        finally:
            transaction.abandon()
