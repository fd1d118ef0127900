"""Statements that are kept somewhere, compiled once.

SQLAlchemy finds a statement it has compiled again by a key made of all its parts, and sets up a
context for each execution: more than SQLite itself takes. Here the SQL is SQLAlchemy's own and each
value goes through the bind processor of its type; only the execution is direct.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import sqlalchemy as sa

Statement: TypeAlias = sa.UpdateBase | sa.Select[Any]
Values: TypeAlias = Mapping[str, Any]
_Process: TypeAlias = Callable[[Any], Any]


class _Prepared:
    """The SQL of a statement for one dialect and one set of parameters.

    Raises TypeError for what SQLAlchemy would complete by itself at each execution.
    """

    def __init__(
        self, statement: Statement, connection: sa.Connection, names: Sequence[str]
    ) -> None:
        dialect = connection.dialect
        schemas = connection.get_execution_options().get("schema_translate_map")
        compiled = statement.compile(
            dialect=dialect,
            column_keys=list(names),
            schema_translate_map=schemas,
            render_schema_translate=schemas is not None,
        )
        if compiled.prefetch or compiled.post_compile_params:
            raise TypeError(f"cannot be prepared: {statement}")
        self.sql = compiled.string
        self._is_positional = compiled.positional
        binds = compiled.binds
        self._constants = {name: bind.value for name, bind in binds.items() if name not in names}
        self._process: list[tuple[str, _Process | None]] = [
            (name, binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or binds
        ]

    def bound(self, values: Values) -> Any:
        """Make what the driver is given: a tuple or a dictionary."""
        if self._constants:
            values = {**self._constants, **values}
        if self._is_positional:
            return tuple(
                [values[name] if do is None else do(values[name]) for name, do in self._process]
            )
        return {
            name: values[name] if do is None else do(values[name]) for name, do in self._process
        }


_Known: TypeAlias = WeakKeyDictionary[Statement, dict[tuple[str, ...], _Prepared]]
_KNOWN = "retention.prepared"
"""Under which a connection of the pool knows its statements."""


def execute_prepared(
    connection: sa.Connection, statement: Statement, values: Values | Sequence[Values]
) -> sa.CursorResult[Any]:
    """Execute a statement, for one set of values or for each of several.

    What it returns has not been through the types of its columns. Raises as
    `sqlalchemy.Connection.execute` does; TypeError for a statement that cannot be prepared.
    """
    rows = [values] if isinstance(values, Mapping) else values
    known: _Known = connection.info.setdefault(_KNOWN, WeakKeyDictionary())
    forms = known.setdefault(statement, {})
    names = tuple(rows[0])
    if names not in forms:
        forms[names] = _Prepared(statement, connection, names)
    prepared = forms[names]
    bound = [prepared.bound(row) for row in rows]
    return connection.exec_driver_sql(prepared.sql, bound if len(bound) > 1 else bound[0])
