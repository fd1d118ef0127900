from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa

from retention.storage import engine
from retention.storage.engine import UnsupportedDatabase, open_engines
from retention.storage.tables import Cents, UtcDateTime

SAO_PAULO = timezone(timedelta(hours=-3))

moments = sa.table("moments", sa.column("at", UtcDateTime()), sa.column("amount", Cents()))


@pytest.fixture
async def engines(database_url):
    engines = open_engines(database_url)
    yield engines
    await engines.dispose()


@pytest.fixture
async def connection(engines):
    async with engines.app.connect() as connection:
        await connection.execute(
            sa.text("CREATE TABLE moments (at TIMESTAMP WITH TIME ZONE, amount BIGINT)")
            if engines.app.engine.dialect.name == "postgresql"
            else sa.text("CREATE TABLE moments (at DATETIME, amount BIGINT)")
        )
        yield connection


async def test_sqlite_acknowledges_only_what_survives_a_power_cut(sqlite_url):
    engines = open_engines(sqlite_url)

    async with engines.app.connect() as connection:
        of_app = [
            (await connection.execute(sa.text(f"PRAGMA {pragma}"))).scalar()
            for pragma in ("journal_mode", "synchronous", "foreign_keys")
        ]
    with engines.sync.connect() as connection:
        of_sync = [
            connection.execute(sa.text(f"PRAGMA {pragma}")).scalar()
            for pragma in ("journal_mode", "synchronous", "foreign_keys")
        ]
    await engines.dispose()

    assert of_app == of_sync == ["wal", 2, 1]


async def test_an_old_sqlite_learns_to_tell_fractions_of_a_second(sqlite_url, monkeypatch):
    monkeypatch.setattr(engine, "_LACKS_SUBSEC", True)
    engines = open_engines(sqlite_url)
    ask = sa.text("SELECT unixepoch('subsec'), unixepoch()")

    async with engines.app.connect() as connection:
        of_app = (await connection.execute(ask)).one()
    with engines.sync.connect() as connection:
        of_sync = connection.execute(ask).one()
    await engines.dispose()

    assert [type(value) for row in (of_app, of_sync) for value in row] == [float, int, float, int]


async def test_the_folder_of_a_sqlite_file_is_made(tmp_path):
    engines = open_engines(f"sqlite:///{tmp_path}/var/data/test.db")

    async with engines.app.connect() as connection:
        await connection.scalar(sa.select(1))
    await engines.dispose()

    assert (tmp_path / "var/data/test.db").exists()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:"]
)
def test_other_databases_are_refused(url):
    with pytest.raises(UnsupportedDatabase):
        open_engines(url)


async def test_moments_come_back_aware_and_in_utc(connection):
    local = datetime(2026, 11, 23, 22, 30, 0, 123456, tzinfo=SAO_PAULO)

    await connection.execute(sa.insert(moments).values(at=local))
    read = (await connection.execute(sa.select(moments.c.at))).scalar_one()

    assert read == local
    assert read.tzinfo is UTC


async def test_a_moment_without_a_zone_is_a_bug(connection):
    with pytest.raises(sa.exc.StatementError, match="without a zone"):
        await connection.execute(
            sa.insert(moments).values(at=datetime(2026, 11, 23))  # noqa: DTZ001 - the bug
        )


@pytest.mark.parametrize("amount", ["0.00", "349.90", "9999999.99"])
async def test_amounts_come_back_to_the_cent(connection, amount):
    await connection.execute(sa.insert(moments).values(amount=Decimal(amount)))
    read = (await connection.execute(sa.select(moments.c.amount))).scalar_one()

    assert str(read) == amount


async def test_an_amount_finer_than_a_cent_is_a_bug(connection):
    with pytest.raises(sa.exc.StatementError, match="finer than one cent"):
        await connection.execute(sa.insert(moments).values(amount=Decimal("0.001")))


async def test_an_error_of_the_database_tells_nothing_about_a_customer(engines):
    async with engines.app.connect() as connection:
        with pytest.raises(sa.exc.SQLAlchemyError) as caught:
            await connection.execute(
                sa.text("SELECT * FROM nowhere WHERE customer = :name"), {"name": "Padaria"}
            )

    assert "Padaria" not in str(caught.value)
