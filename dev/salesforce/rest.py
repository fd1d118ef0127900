"""The resources that stand alone as well as inside a composite: records and queries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import Any

from dev.salesforce import query
from dev.salesforce.crm import Crm
from dev.salesforce.database import Row, Transaction
from dev.salesforce.describe import described
from dev.salesforce.errors import SalesforceError, no_such_column, not_found
from dev.salesforce.schema import SCHEMA
from dev.salesforce.wire import rendered

BASE = "/services/data/v67.0"
LARGEST_PAGE = 2_000


@dataclass(frozen=True)
class Call:
    """A request below the path of the API version, as one user makes it."""

    method: str
    path: str
    user_id: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    body: Any = None


@dataclass(frozen=True)
class Answer:
    status: int = HTTPStatus.OK
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Rest:
    """Answer calls from and into a transaction that the caller ends."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self.page = LARGEST_PAGE
        """The most records given at a time; the others follow at `nextRecordsUrl`."""
        self._pages: dict[str, tuple[list[Any], int]] = {}
        self._cursors = count(1)

    def answer(self, call: Call, transaction: Transaction) -> Answer:
        """Do what a call asks.

        Raises:
            SalesforceError: it is refused; the transaction must be abandoned.
        """
        match call.method, *call.path.strip("/").split("/"):
            case "GET", "query":
                return Answer(body=self._query(call, transaction))
            case "GET", "queryAll":
                return Answer(body=self._query(call, transaction, deleted_too=True))
            case "GET", "query", locator:
                return Answer(body=self._next_page(locator))
            case method, "sobjects", sobject, *rest if sobject in SCHEMA:
                return self._record(method, sobject, rest, call, transaction)
        raise not_found()

    # ---- records ---------------------------------------------------------------------------------

    def _record(
        self, method: str, sobject: str, rest: list[str], call: Call, transaction: Transaction
    ) -> Answer:
        records = self._crm.records(transaction, call.user_id)
        auto_assign = call.headers.get("sforce-auto-assign", "TRUE").upper() != "FALSE"
        match method, *rest:
            case "GET", "describe":
                return Answer(body=described(SCHEMA[sobject], self._crm.org))
            case ("POST",):
                self._refuse(sobject)
                made = records.create(sobject, _fields(call), auto_assign=auto_assign)
                location = f"{BASE}/sobjects/{sobject}/{made}"
                body = {"id": made, "success": True, "errors": []}
                return Answer(HTTPStatus.CREATED, body, {"Location": location})
            case "GET", record_id:
                return Answer(body=_shown(sobject, records.get(sobject, record_id), call))
            case "PATCH", record_id:
                self._refuse(sobject)
                records.update(sobject, record_id, _fields(call), auto_assign=auto_assign)
                return Answer(HTTPStatus.NO_CONTENT)
        raise SalesforceError(
            "METHOD_NOT_ALLOWED",
            f"HTTP Method '{method}' not allowed.",
            status=HTTPStatus.METHOD_NOT_ALLOWED,
        )

    def _refuse(self, sobject: str) -> None:
        for number, (refused, error) in enumerate(self._crm.refusals):
            if refused == sobject:
                del self._crm.refusals[number]
                raise error

    # ---- queries ---------------------------------------------------------------------------------

    def _query(self, call: Call, transaction: Transaction, *, deleted_too: bool = False) -> Any:
        text, now = call.query.get("q", ""), self._crm.clock()
        hidden = self._crm.org.hidden
        found = query.run(
            text,
            transaction=transaction,
            base=BASE,
            now=now,
            hidden=hidden,
            deleted_too=deleted_too,
        )
        if len(found) <= self.page:
            return {"totalSize": len(found), "done": True, "records": found}
        return self._paged(f"01g{next(self._cursors):015d}", found, first=0)

    def _next_page(self, locator: str) -> Any:
        if locator not in self._pages:
            raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
        found, first = self._pages[locator]
        return self._paged(locator.partition("-")[0], found, first=first)

    def _paged(self, cursor: str, found: list[Any], *, first: int) -> Any:
        after = first + self.page
        page = {"totalSize": len(found), "records": found[first:after]}
        if after >= len(found):
            return page | {"done": True}
        locator = f"{cursor}-{after}"
        self._pages[locator] = found, after
        return page | {"done": False, "nextRecordsUrl": f"{BASE}/query/{locator}"}


def _fields(call: Call) -> Mapping[str, Any]:
    if not isinstance(call.body, dict):
        raise SalesforceError("JSON_PARSER_ERROR", "The request body must be a JSON object")
    return {name: value for name, value in call.body.items() if name != "attributes"}


def _shown(sobject: str, row: Row, call: Call) -> dict[str, Any]:
    """Return a record with the fields asked for; with all of them where none are."""
    asked = call.query.get("fields")
    names = asked.split(",") if asked else list(SCHEMA[sobject].fields)
    url = f"{BASE}/sobjects/{sobject}/{row['Id']}"
    record: dict[str, Any] = {"attributes": {"type": sobject, "url": url}}
    for name in names:
        if name not in SCHEMA[sobject].fields:
            raise no_such_column(name, sobject)
        record[name] = rendered(row[name])
    return record
