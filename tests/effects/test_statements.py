"""Statements of DBOS that are built once."""

from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from retention.effects.statements import keep_statements

NOTES = sa.Table("notes", sa.MetaData(), sa.Column("word", sa.Text), sa.Column("by", sa.Text))


@pytest.fixture
def connection():
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        NOTES.create(connection)
        yield connection
    engine.dispose()


def test_a_statement_is_built_once_for_each_name_and_set_of_columns(connection):
    built = []
    database: Any = SimpleNamespace()
    keep_statements(database)

    def run(name, build, values, **options):
        def note_and_build():
            built.append(name)
            return build()

        return database._execute_prepared(connection, name, values, note_and_build, **options)

    def insert():
        return sa.insert(NOTES).returning(NOTES.c.word)

    def sign():
        return sa.update(NOTES).values(by=sa.bindparam("who"))

    said = [run("insert", insert, {"word": word}).scalar() for word in ("one", "two")]
    signed = run("insert", insert, {"word": "three", "by": "Ana"}).scalar()
    run("sign", sign, {"who": "Bruno"}, insert_columns=False)

    assert [*said, signed] == ["one", "two", "three"]
    assert built == ["insert", "insert", "sign"]
    assert connection.execute(sa.select(NOTES.c.by)).scalars().all() == ["Bruno"] * 3
