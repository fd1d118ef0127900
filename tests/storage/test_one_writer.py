"""Writers of one SQLite file: in order, and nobody keeps the line who has left."""

import resource
import sqlite3
import threading
import time
from contextlib import closing

import pytest

from retention.storage.one_writer import Line, connections_in


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def connect(tmp_path, line):
    """Connections of one line, that any thread may use."""
    opened = []

    def connect(**how):
        opened.append(
            sqlite3.connect(
                tmp_path / "file.db",
                isolation_level="IMMEDIATE",
                check_same_thread=False,
                factory=connections_in(line, **how),
            )
        )
        return opened[-1]

    with closing(connect()) as connection:
        connection.execute("CREATE TABLE written (word)")
    yield connect
    for connection in opened:
        connection.close()


def write(connection, word):
    connection.cursor().execute("INSERT INTO written VALUES (?)", (word,))


def written(connect):
    return [word for (word,) in connect().cursor().execute("SELECT word FROM written")]


def is_free(line):
    try:
        line.enter(timeout_seconds=0)
    except sqlite3.OperationalError:
        return False
    line.leave()
    return True


class Waiter(threading.Thread):
    """Somebody who stands in line, begun and known to stand there."""

    def __init__(self, line, connection, word):
        super().__init__()
        self._connection, self._word = connection, word
        before = len(line._waiting)
        self.start()
        while len(line._waiting) == before:
            time.sleep(0.001)

    def run(self):
        write(self._connection, self._word)
        self._connection.commit()


def test_writers_write_in_the_order_of_arrival_and_an_urgent_one_before_those_who_wait(
    line, connect
):
    first = connect()
    write(first, "first")

    waiters = [Waiter(line, connect(), "second"), Waiter(line, connect(), "third")]
    waiters.append(Waiter(line, connect(urgent=True), "urgent"))
    first.commit()
    for waiter in waiters:
        waiter.join()

    assert written(connect) == ["first", "urgent", "second", "third"]


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_whoever_ends_leaves_the_line(line, connect, end):
    writer = connect()
    write(writer, "word")
    was_free = is_free(line)

    getattr(writer, end)()

    assert not was_free
    assert is_free(line)


def test_a_statement_that_commits_by_itself_leaves_the_line_at_once(line, connect):
    writer = connect()
    writer.isolation_level = None

    write(writer, "word")

    assert is_free(line)
    assert written(connect) == ["word"]


def test_a_statement_that_fails_outside_of_a_transaction_keeps_nobody_waiting(line, connect):
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        connect().cursor().execute("DELETE FROM nowhere")

    assert is_free(line)


def test_reading_needs_no_place_in_line(line, connect):
    writer = connect()
    write(writer, "word")

    assert written(connect) == []
    assert not is_free(line)


def test_who_waits_too_long_is_told_as_sqlite_tells_it_and_stands_no_longer_in_line(line):
    line.enter()

    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        line.enter(timeout_seconds=0.01)
    line.leave()

    assert is_free(line)


def test_a_commit_for_which_the_disk_is_full_ends_its_turn(line, connect, tmp_path):
    connection = connect()
    connection.execute("PRAGMA journal_mode = WAL")
    write(connection, "first")
    connection.commit()
    write(connection, "second")
    full = (tmp_path / "file.db-wal").stat().st_size

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, before[1]))
    try:
        with pytest.raises(sqlite3.OperationalError):
            connection.commit()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert not connection.in_transaction
    assert is_free(line)
    assert written(connect) == ["first"]
