"""The database from the event loop: what a caller may rely on, on both databases."""

import asyncio
import random
import threading

import pytest
import sqlalchemy as sa

from retention.connection_thread import TransactionLost
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


class TestManyAtOnce:
    """Whoever waits for the connection to a file is kept with those before."""

    @pytest.fixture
    def commits(self, database):
        """One for each commit on a connection."""
        seen: list[sa.Connection] = []
        sa.event.listen(database.engine, "commit", seen.append)
        return seen

    async def add(self, database, name):
        async with database.connect() as connection:
            await connection.execute(one_more(name))
            await connection.commit()
            return await self.names_elsewhere(database)

    async def names_elsewhere(self, database):
        """List what another connection finds."""

        def names():
            engine = sa.create_engine(database.engine.url, poolclass=sa.NullPool)
            with engine.connect() as connection:
                return set(connection.execute(sa.select(counters.c.name)).scalars())

        return await asyncio.to_thread(names)

    async def test_each_is_told_when_what_it_wrote_is_there_for_all(self, database, commits):
        names = [f"n{number}" for number in range(20)]

        seen = await asyncio.gather(*(self.add(database, name) for name in names))

        assert all(name in found for name, found in zip(names, seen, strict=True))
        is_file = database.engine.dialect.name == "sqlite"
        assert len(commits) == (3 if is_file else 20)

    async def test_one_that_fails_takes_no_other_with_it(self, database):
        names = ["a", "b", "case", "c", "case", "d"]

        ended = await asyncio.gather(
            *(self.add(database, name) for name in names), return_exceptions=True
        )

        failed = [isinstance(each, sa.exc.IntegrityError) for each in ended]
        assert failed == [False, False, True, False, True, False]
        assert {"a", "b", "c", "d"} <= await self.names_elsewhere(database)

    async def test_one_that_is_rolled_back_or_leaves_takes_no_other_with_it(self, database):
        async def think_better_of_it(name):
            async with database.connect() as connection:
                await connection.execute(one_more(name))
                await connection.rollback()

        async def leave(name):
            async with database.connect() as connection:
                await connection.execute(one_more(name))

        await asyncio.gather(
            self.add(database, "a"),
            think_better_of_it("b"),
            self.add(database, "c"),
            leave("d"),
            self.add(database, "e"),
        )

        found = await self.names_elsewhere(database)
        assert found & set("abcde") == set("ace")

    async def test_what_a_reader_has_seen_is_kept_when_the_reader_goes_on(self, database):
        async def read(name):
            async with database.connect() as connection:
                found = set((await connection.execute(sa.select(counters.c.name))).scalars())
            return found - await self.names_elsewhere(database)

        phantoms = await asyncio.gather(
            *(
                step
                for number in range(9)
                for step in (self.add(database, f"n{number}"), read(f"n{number}"))
            )
        )

        assert not set().union(*phantoms[1::2])

    @pytest.mark.parametrize("seed", range(6))
    async def test_whoever_was_told_yes_finds_it_whatever_the_others_do(self, database, seed):
        chance = random.Random(seed)  # noqa: S311 - no secret
        kept, not_kept = set(), set()

        async def somebody(name):
            what = chance.choice(["keep", "keep", "keep", "fail", "undo", "leave", "read"])
            async with database.connect() as connection:
                if what == "read":
                    await connection.scalar(VALUE)
                    return
                not_kept.add(name)
                connection.defer(one_more(name))
                if what == "fail":
                    connection.defer(one_more("case"))
                if what == "undo":
                    await connection.rollback()
                if what == "keep" or chance.random() < 0.5:
                    await connection.scalar(VALUE)
                if what == "keep":
                    not_kept.discard(name)  # nobody knows, if it is cancelled now
                    await connection.commit()
                    kept.add(name)
                elif what == "fail":
                    await connection.commit()

        people = [asyncio.create_task(somebody(f"n{number}")) for number in range(80)]
        for each in chance.sample(people, 12):
            await asyncio.sleep(chance.random() / 200)
            each.cancel()
        await asyncio.gather(*people, return_exceptions=True)

        found = await self.names_elsewhere(database)
        assert kept
        assert kept <= found
        assert not not_kept & found
        async with database.begin() as connection:
            await connection.execute(one_more("after"))
        assert "after" in await self.names_elsewhere(database)

    @pytest.mark.parametrize("goes_on", [False, True])
    async def test_where_the_file_ends_a_transaction_by_itself_nobody_is_told_yes(
        self, sqlite_url, goes_on
    ):
        engines = open_engines(sqlite_url)
        database = engines.app

        def break_off(connection):
            """As SQLite does when the disk is full."""
            connection.exec_driver_sql("ROLLBACK")
            if goes_on:
                connection.execute(one_more("of nobody"))
            raise ZeroDivisionError

        async def unlucky():
            async with database.connect() as connection:
                await connection.run_sync(break_off)

        ended = await asyncio.gather(
            self.add(database, "a"),
            self.add(database, "b"),
            unlucky(),
            self.add(database, "c"),
            return_exceptions=True,
        )
        after = await self.add(database, "after")

        assert [type(each) for each in ended] == [
            TransactionLost,
            TransactionLost,
            ZeroDivisionError,
            TransactionLost,
        ]
        assert after & {"a", "b", "c", "of nobody", "after"} == {"after"}
        await engines.dispose()

    async def test_a_commit_that_fails_is_a_failure_for_each(self, engines):
        database = engines.app

        def promise(connection):
            """Break a rule that is looked at with the commit."""
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
                connection.exec_driver_sql("INSERT INTO case_words (word, number) VALUES ('w', 7)")

        async def break_it():
            async with database.connect() as connection:
                await connection.execute(one_more("broken"))
                await connection.run_sync(promise)
                await connection.commit()

        ended = await asyncio.gather(
            self.add(database, "a"),
            break_it(),
            self.add(database, "b"),
            return_exceptions=True,
        )
        await self.add(database, "after")

        found = await self.names_elsewhere(database)
        failed = [isinstance(each, sa.exc.IntegrityError | TransactionLost) for each in ended]
        is_file = database.engine.dialect.name == "sqlite"
        assert failed == [is_file] * 3
        assert found & {"a", "b", "broken"} == (set() if is_file else {"a", "b", "broken"})
        assert "after" in found


async def test_its_threads_end_with_it(engines):
    others = set(threading.enumerate())
    await value(engines.app)
    own = [each for each in set(threading.enumerate()) - others if each.name == "database"]

    await engines.dispose()

    for thread in own:
        thread.join(5)
    assert len(own) == 1
    assert not own[0].is_alive()


async def test_after_its_end_it_may_be_asked_again(engines):
    await value(engines.app)
    await engines.dispose()

    assert await value(engines.app) == 0


async def test_a_commit_in_a_task_of_its_own_lets_the_next_transaction_begin(database):
    async with database.connect() as connection:
        await connection.execute(to(7))
        await asyncio.create_task(connection.commit())

        assert await value(database) == 7
