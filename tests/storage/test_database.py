"""The database from the event loop: what a caller may rely on, on both databases."""

import asyncio
import threading

import pytest
import sqlalchemy as sa

from retention.database import Database
from retention.storage.engine import open_engines
from retention.storage.tables import counters

VALUE = sa.select(counters.c.value).where(counters.c.name == "case")


def to(value):
    return sa.update(counters).where(counters.c.name == "case").values(value=value)


def one_more(name):
    return sa.insert(counters).values(name=name, value=0)


@pytest.fixture
async def engines(database_url):
    engines = open_engines(database_url)
    yield engines
    await engines.dispose()


@pytest.fixture
def database(engines):
    return engines.app


async def value(database):
    async with database.connect() as connection:
        return await connection.scalar(VALUE)


async def test_nothing_is_kept_without_a_commit(database):
    async with database.connect() as connection:
        await connection.execute(to(7))

    assert await value(database) == 0


async def test_what_begins_and_ends_well_is_kept_and_what_fails_is_not(database):
    async with database.begin() as connection:
        await connection.execute(to(7))

    async def fail():
        async with database.begin() as connection:
            await connection.execute(to(8))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await value(database) == 7


async def test_what_is_deferred_is_done_before_what_is_asked_next(database):
    async with database.connect() as connection:
        connection.defer(to(7))
        connection.defer(to(8))

        seen = await connection.scalar(VALUE)

    assert seen == 8


async def test_what_is_deferred_is_kept_with_the_commit_and_lost_with_a_rollback(database):
    async with database.connect() as connection:
        connection.defer(to(7))
        await connection.commit()
        connection.defer(to(8))
        await connection.rollback()

    assert await value(database) == 7


async def test_a_deferred_failure_is_raised_where_something_is_asked_next(database):
    async with database.connect() as connection:
        connection.defer(one_more("case"))

        with pytest.raises(sa.exc.IntegrityError):
            await connection.commit()

    assert await value(database) == 0


async def test_what_was_rolled_back_cannot_be_committed(database):
    async with database.connect() as connection:
        await connection.execute(to(7))
        await connection.rollback()

        with pytest.raises(sa.exc.InvalidRequestError):
            await connection.commit()


async def test_a_cancelled_caller_holds_no_lock(database):
    asked, go_on = threading.Event(), threading.Event()

    def slowly(connection):
        connection.execute(to(7))
        asked.set()
        go_on.wait()

    async def caller():
        async with database.connect() as connection:
            await connection.run_sync(slowly)

    task = asyncio.create_task(caller())
    await asyncio.to_thread(asked.wait)
    task.cancel()
    await asyncio.wait([task])
    go_on.set()
    async with database.begin() as connection:
        await connection.execute(to(9))

    assert task.cancelled()
    assert await value(database) == 9


async def test_whoever_finds_no_connection_waits_for_one(engines):
    database = Database(engines.app.engine, most=1)

    async with asyncio.TaskGroup() as group, database.connect() as connection:
        second = group.create_task(value(database))
        await connection.execute(to(7))
        await connection.commit()
        waits = not second.done()

    assert waits
    assert second.result() == 7


async def test_a_transaction_within_a_transaction_is_refused_and_not_waited_for(database):
    async with database.connect() as outer:
        await outer.execute(to(7))

        with pytest.raises(RuntimeError, match="within a transaction"):
            await value(database)

        await outer.commit()
    assert await value(database) == 7


async def test_its_threads_end_with_it(engines):
    others = set(threading.enumerate())
    await value(engines.app)
    own = [each for each in set(threading.enumerate()) - others if each.name == "database"]

    await engines.dispose()

    for thread in own:
        thread.join(5)
    assert len(own) == 1
    assert not own[0].is_alive()
