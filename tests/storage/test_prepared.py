"""Statements that are compiled once, as SQLAlchemy itself would execute them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from retention.prepared import execute_prepared
from retention.storage.tables import Cents, UtcDateTime

NOTES = sa.Table(
    "notes",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("words", sa.JSON),
    sa.Column("at", UtcDateTime),
    sa.Column("cents", Cents),
    sa.Column("is_seen", sa.Boolean),
)
ROW = {
    "id": 1,
    "words": {"á": [1, None]},
    "at": datetime(2026, 11, 23, 12, 0, 0, 5, tzinfo=UTC),
    "cents": Decimal("349.90"),
    "is_seen": True,
}
NOTHING = {"id": 2, "words": None, "at": None, "cents": None, "is_seen": None}


@pytest.fixture
def connection(empty_database_url):
    url = sa.make_url(empty_database_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        NOTES.create(connection)
        yield connection
    engine.dispose()


def kept(connection):
    return [dict(row._mapping) for row in connection.execute(sa.select(NOTES).order_by("id"))]


def test_each_value_is_written_as_its_column_wants_it(connection):
    insert = sa.insert(NOTES)

    execute_prepared(connection, insert, ROW)
    execute_prepared(connection, insert, NOTHING)
    execute_prepared(connection, insert, [ROW | {"id": 3}, NOTHING | {"id": 4}])

    assert kept(connection) == [ROW, NOTHING, ROW | {"id": 3}, NOTHING | {"id": 4}]


def test_a_statement_keeps_its_own_constants_and_tells_how_many_rows_it_met(connection):
    execute_prepared(connection, sa.insert(NOTES), [ROW, NOTHING])
    see = sa.update(NOTES).where(NOTES.c.id == sa.bindparam("which")).values(is_seen=False)

    met = [execute_prepared(connection, see, {"which": which}).rowcount for which in (2, 9)]

    assert met == [1, 0]
    assert [row["is_seen"] for row in kept(connection)] == [True, False]


def test_the_same_statement_may_come_with_other_columns(connection):
    insert = sa.insert(NOTES)

    execute_prepared(connection, insert, {"id": 1})
    execute_prepared(connection, insert, {"id": 2, "is_seen": True})

    assert [row["is_seen"] for row in kept(connection)] == [None, True]


def test_what_it_returns_is_there(connection):
    insert = sa.insert(NOTES).returning(NOTES.c.id)

    assert execute_prepared(connection, insert, ROW).scalar_one() == 1


def test_a_parameter_without_a_value_is_refused(connection):
    see = sa.update(NOTES).where(NOTES.c.id == sa.bindparam("which")).values(is_seen=False)

    with pytest.raises(TypeError, match="which"):
        execute_prepared(connection, see, {})


def test_what_is_made_up_at_each_execution_is_refused(connection):
    several = sa.select(NOTES).where(NOTES.c.id.in_(sa.bindparam("of", expanding=True)))

    with pytest.raises(TypeError, match="cannot be prepared"):
        execute_prepared(connection, several, {"of": [1, 2]})


def test_a_failure_is_sqlalchemys(connection):
    execute_prepared(connection, sa.insert(NOTES), ROW)

    with pytest.raises(sa.exc.IntegrityError):
        execute_prepared(connection, sa.insert(NOTES), ROW)
