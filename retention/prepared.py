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

    Raises TypeError for what SQLAlchemy would complete by itself at each execution, and where a
    parameter has no value.
    """

    def __init__(
        self,
        statement: Statement,
        connection: sa.Connection,
        names: Sequence[str],
        *,
        are_columns: bool,
    ) -> None:
        dialect = connection.dialect
        schemas = connection.get_execution_options().get("schema_translate_map")
        compiled = statement.compile(
            dialect=dialect,
            column_keys=list(names) if are_columns else None,
            schema_translate_map=schemas,
            render_schema_translate=schemas is not None,
        )
        if compiled.prefetch or compiled.post_compile_params:
            raise TypeError(f"cannot be prepared: {statement}")
        self.sql = compiled.string
        self._is_positional = compiled.positional
        binds = compiled.binds
        own = {name: bind for name, bind in binds.items() if name not in names}
        if lacking := [name for name, bind in own.items() if bind.required]:
            raise TypeError(f"no value for {lacking}: {statement}")
        self._constants = {name: bind.value for name, bind in own.items()}
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


_Known: TypeAlias = WeakKeyDictionary[Statement, dict[tuple[bool, tuple[str, ...]], _Prepared]]
_KNOWN = "retention.prepared"
"""Under which a connection of the pool knows its statements."""


def execute_prepared(
    connection: sa.Connection,
    statement: Statement,
    values: Values | Sequence[Values],
    *,
    are_columns: bool = True,
) -> sa.CursorResult[Any]:
    """Execute a statement, for one set of values or for each of several.

    Args:
        connection: what it returns has not been through the types of its columns.
        statement: kept by whoever gives it; it is compiled when it is seen for the first time.
        values: by name; several have the names of the first.
        are_columns: whether a name may be that of a column to be written, and not only of a
            parameter the statement has.

    Raises:
        TypeError: it cannot be compiled once for all, or a parameter has no value.
        sqlalchemy.exc.DBAPIError: as `sqlalchemy.Connection.execute` does.
    """
    rows = [values] if isinstance(values, Mapping) else values
    known: _Known = connection.info.setdefault(_KNOWN, WeakKeyDictionary())
    forms = known.setdefault(statement, {})
    form = (are_columns, tuple(rows[0]))
    if form not in forms:
        forms[form] = _Prepared(statement, connection, form[1], are_columns=are_columns)
    prepared = forms[form]
    bound = [prepared.bound(row) for row in rows]
    return connection.exec_driver_sql(prepared.sql, bound if len(bound) > 1 else bound[0])
