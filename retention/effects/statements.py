"""The busiest statements of DBOS, built and compiled once.

DBOS keeps them only where it runs them itself, on PostgreSQL. For SQLite, and in a transaction of
ours, it builds them anew each time: half of what it costs to enqueue an effect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from retention.prepared import Statement, execute_prepared

if TYPE_CHECKING:
    from dbos._sys_db import SystemDatabase


def keep_statements(database: SystemDatabase) -> None:
    """Have a statement built once for each name and each set of columns, as DBOS itself does."""
    kept: dict[tuple[str, tuple[str, ...]], Statement] = {}

    def execute_kept(
        connection: sa.Connection,
        name: str,
        values: dict[str, Any],
        build: Callable[[], Statement],
        *,
        insert_columns: bool = True,
    ) -> sa.CursorResult[Any]:
        key = (name, tuple(values))
        if key not in kept:
            kept[key] = build()
        return execute_prepared(connection, kept[key], values, are_columns=insert_columns)

    vars(database)["_execute_prepared"] = execute_kept  # there is no public way
