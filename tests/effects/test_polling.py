"""When DBOS is let look at its queues: a fake of the two calls that its polls make."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa

from retention.effects.polling import QuietQueues

QUEUE = SimpleNamespace(name="effects-post")
EFFECTS = sa.Table(
    "workflow_status", sa.MetaData(), sa.Column("queue_name", sa.Text), sa.Column("status", sa.Text)
)


class FakeSystemDatabase:
    """Takes work as DBOS does, and notes what it was asked."""

    def __init__(self, engine):
        self.engine = engine
        self.tables = SimpleNamespace(workflow_status=EFFECTS)
        self.read, self.taken = [], []

    def get_queue(self, name):
        self.read.append(name)
        return QUEUE

    def start_queued_partitioned_workflows(self, queue, *arguments, **options):
        self.taken.append((queue.name, arguments, options))
        return ["run"]


class Polls:
    """Four polls a second."""

    def __init__(self, engine):
        self.now = 1000.0
        self.looks = 0
        self.database = cast("Any", FakeSystemDatabase(engine))
        self.queues = QuietQueues(monotonic=lambda: self.now)
        self.queues.stand_before(self.database)
        sa.event.listen(engine, "before_cursor_execute", self._note)

    def poll(self, *, seconds):
        self.looks = 0
        for _ in range(int(seconds * 4)):
            self.database.start_queued_partitioned_workflows(QUEUE, "us", "1", 9, owner_xid="x")
            self.now += 0.25

    def put(self, status):
        with self.database.engine.begin() as connection:
            connection.execute(sa.insert(EFFECTS), {"queue_name": QUEUE.name, "status": status})

    def _note(self, _connection, _cursor, statement, *_):
        self.looks += statement.startswith("SELECT")


@pytest.fixture
def polls(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path}/dbos.db")
    EFFECTS.create(engine)
    yield Polls(engine)
    engine.dispose()


def test_an_empty_queue_is_looked_at_once_a_second(polls):
    polls.poll(seconds=5)

    assert polls.looks == 5
    assert polls.database.taken == []


def test_after_something_was_enqueued_each_poll_looks_for_two_seconds(polls):
    polls.queues.wake(QUEUE.name)

    polls.poll(seconds=2)
    awake = polls.looks
    polls.poll(seconds=4)

    assert awake == 8
    assert polls.looks == 4


def test_while_something_waits_each_poll_takes_what_it_can(polls):
    polls.put("ENQUEUED")

    polls.poll(seconds=3)

    assert polls.database.taken == [(QUEUE.name, ("us", "1", 9), {"owner_xid": "x"})] * 12


def test_what_runs_already_is_no_reason_to_take(polls):
    polls.put("PENDING")

    polls.poll(seconds=3)

    assert polls.database.taken == []


def test_how_a_queue_is_set_up_is_read_only_of_others(polls):
    polls.queues.set_up(QUEUE)

    found = [polls.database.get_queue(QUEUE.name), polls.database.get_queue("foreign")]

    assert found == [QUEUE, QUEUE]
    assert polls.database.read == ["foreign"]
