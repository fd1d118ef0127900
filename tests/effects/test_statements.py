"""Statements of DBOS that are built once."""

from itertools import count
from typing import Any

from retention.effects.statements import keep_statements


class Database:
    """As DBOS runs them where it keeps none: built at each call."""

    def _execute_prepared(self, connection, name, values, build, *, insert_columns=True):
        return build(), connection, values, insert_columns


def test_a_statement_is_built_once_for_each_name_and_set_of_columns():
    built = count(1)
    database: Any = Database()
    keep_statements(database)

    def run(name, values, **options):
        return database._execute_prepared(
            "connection", name, values, lambda: next(built), **options
        )

    assert [run("insert", {"a": 1})[0], run("insert", {"a": 2})[0]] == [1, 1]
    assert [run("insert", {"a": 1, "b": 1})[0], run("output", {"a": 1})[0]] == [2, 3]
    assert run("output", {"a": 7}, insert_columns=False) == (3, "connection", {"a": 7}, False)
