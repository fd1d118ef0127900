"""Run the known statements over the rows; refuse every other one, so that none looks empty.

`soql.json` lists each statement that the product sends, with sample literals. Further columns are
the org's own (a plan, a value). Any other statement is MALFORMED_QUERY here even where Salesforce
would take it: a new one is added there.
"""

import json
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dev.salesforce import soql
from dev.salesforce.database import Row, Transaction
from dev.salesforce.errors import SalesforceError, malformed_query, no_such_column
from dev.salesforce.ids import canonical, is_id
from dev.salesforce.schema import BY_PREFIX, SCHEMA, Field, SObject
from dev.salesforce.soql import Column, Comparison, Condition, LastDays, Statement
from dev.salesforce.wire import rendered

STATEMENTS: Mapping[str, str] = json.loads(
    Path(__file__).with_name("soql.json").read_text(encoding="utf-8")
)
_KNOWN = [soql.parse(text) for text in STATEMENTS.values()]

# What SOQL knows of the owner of a record, which may be of several objects (Salesforce: Name).
_NAME = SObject(
    "Name", "", {name: Field(name) for name in ("Id", "Name", "Type", "Email", "Username")}
)


def run(
    text: str,
    *,
    transaction: Transaction,
    base: str,
    now: datetime,
    hidden: Container[str] = (),
    deleted_too: bool = False,
) -> list[dict[str, Any]]:
    """Return the records of a statement as they go over the wire.

    Args:
        text: the statement.
        transaction: where to read.
        base: the path of the API version, for the records' addresses.
        now: what LAST_N_DAYS counts from.
        hidden: objects that may not be read, as if there were none.
        deleted_too: whether rows that are deleted are found.

    Raises:
        SalesforceError: INVALID_TYPE, INVALID_FIELD, MALFORMED_QUERY.
    """
    statement = soql.parse(text)
    if statement.sobject not in SCHEMA or statement.sobject in hidden:
        raise SalesforceError(
            "INVALID_TYPE", f"sObject type '{statement.sobject}' is not supported."
        )
    _check_fields(statement)
    if not any(statement.is_like(known) for known in _KNOWN):
        raise malformed_query("the fake Salesforce does not know this statement: see soql.json")
    return _Evaluation(transaction, base, now).records(statement, deleted_too=deleted_too)


def _check_fields(statement: Statement) -> None:
    sobject = SCHEMA[statement.sobject]
    for column in statement.columns:
        _field(sobject, column.path)
    for order in statement.order:
        _field(sobject, order.path)
    for comparison in _comparisons(statement.where):
        field = _field(sobject, comparison.path)
        if not field.is_filterable:
            raise SalesforceError(
                "INVALID_FIELD", f"field '{field.name}' can not be filtered in a query call"
            )


def _comparisons(condition: Condition | None) -> Iterable[Comparison]:
    match condition:
        case Comparison():
            yield condition
        case soql.Joined(_, conditions):
            for each in conditions:
                yield from _comparisons(each)


def _field(sobject: SObject, path: tuple[str, ...]) -> Field:
    for name in path[:-1]:
        if name not in sobject.relationships:
            raise SalesforceError(
                "INVALID_FIELD",
                f"Didn't understand relationship '{name}' in field path.",
            )
        sobject = _target(sobject.relationships[name])
    if path[-1] not in sobject.fields:
        raise no_such_column(path[-1], sobject.name)
    return sobject.fields[path[-1]]


def _target(reference: Field) -> SObject:
    return SCHEMA[reference.refers_to[0]] if len(reference.refers_to) == 1 else _NAME


class _Evaluation:
    def __init__(self, transaction: Transaction, base: str, now: datetime) -> None:
        self._transaction, self._base, self._now = transaction, base, now

    def records(self, statement: Statement, *, deleted_too: bool) -> list[dict[str, Any]]:
        sobject = SCHEMA[statement.sobject]
        rows = [
            row
            for row in self._transaction.all(statement.sobject, deleted_too=deleted_too)
            if self._holds(statement.where, sobject, row)
        ]
        for order in reversed(statement.order):
            value = self._sort_key(sobject, order.path)
            rows.sort(key=value, reverse=order.is_descending)
        return [self._record(sobject, row, statement.columns) for row in rows[: statement.limit]]

    def _record(self, sobject: SObject, row: Row, columns: Iterable[Column]) -> dict[str, Any]:
        actual = BY_PREFIX[row["Id"][:3]]
        url = f"{self._base}/sobjects/{actual.name}/{row['Id']}"
        record: dict[str, Any] = {"attributes": {"type": sobject.name, "url": url}}
        further: dict[str, list[Column]] = {}
        for column in columns:
            head, *rest = column.path
            if not rest:
                record[head] = rendered(self._value(sobject, row, (head,)))
                continue
            further.setdefault(head, []).append(Column(tuple(rest)))
            record[head] = None
        for name, rests in further.items():
            parent = self._parent(sobject.relationships[name], row)
            if parent is not None:
                record[name] = self._record(_target(sobject.relationships[name]), parent, rests)
        return record

    def _value(self, sobject: SObject, row: Row, path: tuple[str, ...]) -> Any:
        head, *rest = path
        if rest:
            reference = sobject.relationships[head]
            parent = self._parent(reference, row)
            return parent and self._value(_target(reference), parent, tuple(rest))
        if sobject is _NAME and head == "Type":
            return "Queue" if row.get("Type") == "Queue" else BY_PREFIX[row["Id"][:3]].name
        return row.get(head)

    def _parent(self, reference: Field, row: Row) -> Row | None:
        parent_id = row.get(reference.name)
        return self._transaction.find(parent_id) if parent_id else None

    def _sort_key(self, sobject: SObject, path: tuple[str, ...]) -> Callable[[Row], Any]:
        def key(row: Row) -> Any:
            value = self._value(sobject, row, path)
            return value is not None, value  # Salesforce: nothing comes before something

        return key

    def _holds(self, condition: Condition | None, sobject: SObject, row: Row) -> bool:
        match condition:
            case None:
                return True
            case soql.Joined(word, conditions):
                every = all if word == "AND" else any
                return every(self._holds(each, sobject, row) for each in conditions)
            case Comparison(path, sign, literal):
                return self._compares(self._value(sobject, row, path), sign, literal)

    def _compares(self, value: Any, sign: str, literal: Any) -> bool:
        if isinstance(literal, LastDays):
            midnight = self._now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            return bool(value is not None and value >= midnight - timedelta(days=literal.days))
        if sign == "IN":
            return any(_folded(value) == _folded(each) for each in literal)
        if sign == ">=":
            return bool(value is not None and value >= literal)
        return (_folded(value) == _folded(literal)) is (sign == "=")


def _folded(value: Any) -> Any:
    """Make two values comparable: text without regard to case, an id of 15 as one of 18."""
    if not isinstance(value, str):
        return value
    return canonical(value) if is_id(value) and value[:3] in BY_PREFIX else value.casefold()
