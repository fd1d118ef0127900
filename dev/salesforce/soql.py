"""SOQL, as far as the product speaks it: text in, statement out.

Salesforce refuses AND and OR beside each other without parentheses; so does this.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from dev.salesforce.errors import malformed_query

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^'\\]|\\.)*')
      | (?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))
      | (?P<days>LAST_N_DAYS:\d+)
      | (?P<number>\d+)
      | (?P<word>[A-Za-z][A-Za-z0-9_.]*)
      | (?P<sign>!=|>=|[=(),])
    )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_CONSTANTS = {"TRUE": True, "FALSE": False, "NULL": None}

T = TypeVar("T")


@dataclass(frozen=True)
class LastDays:
    """The literal LAST_N_DAYS:n."""

    days: int


@dataclass(frozen=True)
class Column:
    """A selected field, as the names on the way to it."""

    path: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """A field against a literal; against any of a tuple of them where the sign is IN."""

    path: tuple[str, ...]
    sign: str
    value: Any


@dataclass(frozen=True)
class Joined:
    """Conditions of which all (AND) or any (OR) must hold."""

    word: str
    conditions: tuple["Comparison | Joined", ...]


Condition = Comparison | Joined


@dataclass(frozen=True)
class Order:
    path: tuple[str, ...]
    is_descending: bool


@dataclass(frozen=True)
class Statement:
    """One SELECT."""

    columns: tuple[Column, ...]
    sobject: str
    where: Condition | None
    order: tuple[Order, ...]
    limit: int | None

    def is_like(self, known: "Statement") -> bool:
        """Tell if this is the known statement with other literals, and perhaps further columns."""
        return (
            set(known.columns) <= set(self.columns)
            and (self.sobject, self.order) == (known.sobject, known.order)
            and (self.limit is None) == (known.limit is None)
            and _shape(self.where) == _shape(known.where)
        )


def _shape(condition: Condition | None) -> Any:
    match condition:
        case Joined(word, conditions):
            return word, tuple(_shape(each) for each in conditions)
        case Comparison(path, sign, value):
            values = value if isinstance(value, tuple) else (value,)
            return path, sign, sorted({type(each).__name__ for each in values})
    return None


def parse(text: str) -> Statement:
    """Read a statement.

    Raises:
        SalesforceError: it is none (MALFORMED_QUERY).
    """
    return _Parser(text).statement()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None or found.lastgroup is None:
                raise malformed_query(f"unexpected token: '{text[at:].split()[0]}'")
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        self._tokens.append(("end", "<EOF>"))

    def statement(self) -> Statement:
        self._expect("SELECT")
        columns = self._listed(self._column)
        self._expect("FROM")
        sobject = self._word()
        where = self._conditions() if self._took("WHERE") else None
        order: tuple[Order, ...] = ()
        if self._took("ORDER"):
            self._expect("BY")
            order = self._listed(self._order)
        limit = int(self._take("number")) if self._took("LIMIT") else None
        self._take("end")
        return Statement(columns, sobject, where, order, limit)

    def _column(self) -> Column:
        return Column(_path(self._word()))

    def _order(self) -> Order:
        path = _path(self._word())
        is_descending = self._took("DESC")
        if not is_descending:
            self._took("ASC")
        return Order(path, is_descending)

    def _conditions(self) -> Condition:
        conditions = [self._condition()]
        word = self._tokens[0][1].upper()
        if word not in {"AND", "OR"}:
            return conditions[0]
        while self._took(word):
            conditions.append(self._condition())
        return Joined(word, tuple(conditions))

    def _condition(self) -> Condition:
        if self._took("("):
            inner = self._conditions()
            self._expect(")")
            return inner
        path = _path(self._word())
        if self._took("IN"):
            self._expect("(")
            values = self._listed(self._literal)
            self._expect(")")
            return Comparison(path, "IN", values)
        for sign in ("=", "!=", ">="):
            if self._took(sign):
                return Comparison(path, sign, self._literal())
        raise self._unexpected()

    def _literal(self) -> Any:
        kind, token = self._tokens[0]
        if kind == "word" and token.upper() in _CONSTANTS:
            self._tokens.pop(0)
            return _CONSTANTS[token.upper()]
        readers: dict[str, Callable[[str], Any]] = {
            "text": _unquoted,
            "moment": lambda moment: datetime.fromisoformat(moment).astimezone(UTC),
            "days": lambda days: LastDays(int(days.partition(":")[2])),
            "number": int,
        }
        if kind not in readers:
            raise self._unexpected()
        self._tokens.pop(0)
        return readers[kind](token)

    def _listed(self, read: Callable[[], T]) -> tuple[T, ...]:
        items = [read()]
        while self._took(","):
            items.append(read())
        return tuple(items)

    def _word(self) -> str:
        return self._take("word")

    def _take(self, kind: str) -> str:
        if self._tokens[0][0] != kind:
            raise self._unexpected()
        return self._tokens.pop(0)[1]

    def _took(self, token: str) -> bool:
        kind, found = self._tokens[0]
        if kind in {"word", "sign"} and found.upper() == token:
            self._tokens.pop(0)
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._took(token):
            raise self._unexpected()

    def _unexpected(self) -> Exception:
        return malformed_query(f"unexpected token: '{self._tokens[0][1]}'")


def _path(name: str) -> tuple[str, ...]:
    return tuple(name.split("."))


def _unquoted(token: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), token[1:-1])
