"""Effects on a real engine, on SQLite and PostgreSQL, in the test's own loop."""

import asyncio
import logging
from collections import defaultdict
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import structlog
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from retention.domain.case import CaseNumber
from retention.effects.durable import DurableEffects
from retention.effects.runner import Retries
from retention.services.ports.effects import Attempted, Effect, Waiting
from retention.services.ports.failures import Away, MessageGone, RetryAfter, TransientError
from retention.storage.engine import open_engines
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.fakes import FakeGraveyard

QUICK = Retries(first_seconds=0.05, longest_seconds=0.1, attempts=3)


TAKE_BY_WHO_HAS_THE_FIRST = sa.text(
    "UPDATE dbos.workflow_status SET status = 'PENDING', executor_id = (SELECT executor_id"
    " FROM dbos.workflow_status WHERE workflow_uuid = 'e1') WHERE workflow_uuid = 'e2'"
)
"""As when the database takes the commit of a dequeue, and its answer is lost."""


class Recorder:
    """A subscriber that notes its calls, and first fails as often as it was told to."""

    def __init__(self):
        self.calls = []
        self.failing = defaultdict(list)
        self.blocked = {}
        self.then = None
        self._called = asyncio.Condition()

    async def __call__(self, *, key, number, version):
        async with self._called:
            self.calls.append(key)
            self._called.notify_all()
        if key in self.blocked:
            await self.blocked[key].wait()
        if self.failing[key]:
            raise self.failing[key].pop(0)
        if self.then:
            await self.then(key=key, number=number, version=version)

    async def until(self, *keys):
        """Wait until these were called, in whatever order."""
        async with asyncio.timeout(20), self._called:
            await self._called.wait_for(lambda: set(keys) <= set(self.calls))

    async def until_busy(self, count):
        """Wait until so many calls have begun."""
        async with asyncio.timeout(20), self._called:
            await self._called.wait_for(lambda: len(self.calls) >= count)


class Office:
    """A process that has a database and runs effects."""

    def __init__(self, url):
        self.engines = open_engines(url)
        self.subscriber = Recorder()
        self.crm = Recorder()
        self.graveyard = FakeGraveyard()
        self.is_running = False

    async def start(self, **patience):
        self.effects = DurableEffects(
            app=self.engines.app, system=self.engines.sync, retries=QUICK, **patience
        )
        subscribers = {"post": self.subscriber, "crm": self.crm}
        await self.effects.start(subscribers, self.graveyard)
        self.is_running = True

    async def stop(self):
        await self.effects.stop()
        self.is_running = False

    def unit_of_work(self):
        return SqlUnitOfWork(self.engines.app, self.effects.enqueue)

    async def enqueue(self, *effects):
        async with self.unit_of_work() as uow:
            for each in effects:
                await uow.effects.enqueue(each)
            await uow.commit()

    async def settled(self):
        """Wait until nothing is pending; returns what is still waiting then."""
        async with asyncio.timeout(20):
            while (waiting := await self.effects.waiting()).count:  # noqa: ASYNC110 - a database
                await asyncio.sleep(0.05)
        return waiting


@asynccontextmanager
async def opened(url):
    office = Office(url)
    await office.start()
    yield office
    if office.is_running:
        await office.stop()
    await office.engines.dispose()


@pytest.fixture
async def office(database_url):
    """An office on each kind of database."""
    async with opened(database_url) as office:
        yield office


@pytest.fixture
async def small_office(sqlite_url):
    """An office for laws that have nothing to do with the kind of database."""
    async with opened(sqlite_url) as office:
        yield office


def effect(key, *, lane="a", seq=1, subscriber="post", replay=0):
    return Effect(subscriber, key, lane, seq, CaseNumber(7), seq, replay)


async def test_effects_of_a_lane_run_in_order_and_a_known_key_is_no_second_effect(office):
    await office.enqueue(*(effect(f"e{seq}", seq=seq) for seq in (3, 1, 2)))
    await office.settled()
    await office.enqueue(effect("e1"), effect("e4", seq=4))
    waiting = await office.settled()

    assert office.subscriber.calls == ["e1", "e2", "e3", "e4"]
    assert waiting == Waiting(count=0, oldest_seconds=0.0)


async def test_a_finished_effect_leaves_neither_an_output_nor_an_error(office):
    """DBOS's statement of the outcome has parameters named like columns it does not write."""
    await office.enqueue(effect("e1"))
    await office.settled()

    is_postgres = office.engines.sync.dialect.name == "postgresql"
    table = "dbos.workflow_status" if is_postgres else "workflow_status"
    with office.engines.sync.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT status, output, error FROM {table}")  # noqa: S608
        assert rows.all() == [("SUCCESS", None, None)]


async def test_what_waits_is_measured_without_running_anything(database_url):
    engines = open_engines(database_url)
    effects = DurableEffects(app=engines.app, system=engines.sync)
    async with SqlUnitOfWork(engines.app, effects.enqueue) as uow:
        await uow.effects.enqueue(effect("a1"))
        await uow.effects.enqueue(effect("c1", lane="c", subscriber="crm"))
        await uow.commit()

    everything, posts = await effects.waiting(), await effects.waiting(of=["post"])

    await engines.dispose()
    assert (everything.count, posts.count) == (2, 1)


async def test_what_is_not_committed_has_no_effects(office):
    async with office.unit_of_work() as uow:
        await uow.effects.enqueue(effect("lost"))
    await office.enqueue(effect("kept"))
    await office.settled()

    assert office.subscriber.calls == ["kept"]


async def test_a_pause_the_outside_asks_for_holds_only_its_lane(office):
    office.subscriber.failing["a1"] = [RetryAfter(1.0)]

    await office.enqueue(effect("a1"), effect("a2", seq=2), effect("b1", lane="b"))
    await office.settled()

    assert sorted(office.subscriber.calls[:2]) == ["a1", "b1"]
    assert office.subscriber.calls[2:] == ["a1", "a2"]


async def test_while_the_outside_is_away_the_pauses_grow(small_office):
    small_office.subscriber.failing["a1"] = [Away(0.01)] * 3

    with capture_logs() as logs:
        await small_office.enqueue(effect("a1"))
        await small_office.settled()

    paused = [line["seconds"] for line in logs if line["event"] == "effect.paused"]
    assert paused == [0.01, 0.02, 0.04]


def test_no_pause_grows_beyond_the_longest_however_long_the_outside_is_away():
    patient = Retries()

    assert [patient.pause_after(Away(20), earlier) for earlier in (0, 1, 4, 5_000)] == [
        20,
        40,
        300,
        300,
    ]
    assert patient.pause_after(RetryAfter(3), 5_000) == 3
    assert patient.wait_after(5_000) == 300


async def test_a_failure_is_tried_again_before_the_lane_goes_on(small_office):
    small_office.subscriber.failing["a1"] = [TransientError(), ValueError("bug")]

    await small_office.enqueue(effect("a1"), effect("a2", seq=2))
    await small_office.settled()

    assert small_office.subscriber.calls == ["a1", "a1", "a1", "a2"]
    assert small_office.graveyard.buried == {}


async def test_a_permanent_error_is_buried_at_once_and_the_lane_goes_on(small_office):
    small_office.subscriber.failing["a1"] = [MessageGone("Padaria Sol")]

    with capture_logs(processors=[merge_contextvars]) as logs:
        await small_office.enqueue(effect("a1"), effect("a2", seq=2))
        await small_office.settled()

    assert small_office.subscriber.calls == ["a1", "a2"]
    assert small_office.graveyard.buried == {"a1": "MessageGone"}
    errors = [entry for entry in logs if entry["log_level"] == "error"]
    assert errors == [
        {
            "event": "effect.buried",
            "log_level": "error",
            "effect": "a1",
            "case": "RET-0007",
            "subscriber": "post",
            "error": "MessageGone",
        }
    ]


async def test_every_line_of_a_subscriber_names_effect_and_case(small_office):
    async def speaking(*, key, number, version):
        structlog.get_logger().info("subscriber.spoke")

    small_office.subscriber.then = speaking

    with capture_logs(processors=[merge_contextvars]) as logs:
        await small_office.enqueue(effect("a1"), effect("b1", lane="b"))
        await small_office.settled()

    spoken = [entry for entry in logs if entry["event"] == "subscriber.spoke"]
    assert sorted((entry["effect"], entry["case"]) for entry in spoken) == [
        ("a1", "RET-0007"),
        ("b1", "RET-0007"),
    ]
    assert structlog.contextvars.get_contextvars() == {}


async def test_an_effect_is_not_given_up_before_the_graveyard_has_it(small_office):
    small_office.subscriber.failing["a1"] = [MessageGone()]
    small_office.graveyard.failing = [OSError(), OSError()]

    await small_office.enqueue(effect("a1"), effect("a2", seq=2))
    await small_office.settled()

    assert small_office.subscriber.calls == ["a1", "a2"]
    assert small_office.graveyard.buried == {"a1": "MessageGone"}


class TestReplay:
    @pytest.fixture
    async def buried(self, office):
        """An office whose effect a1 was given up."""
        office.subscriber.failing["a1"] = [MessageGone()]
        await office.enqueue(effect("a1"))
        await office.settled()
        return office

    async def test_a_buried_effect_runs_again_under_its_key_and_rises(self, buried):
        await buried.enqueue(effect("a1", replay=1))
        await buried.settled()

        assert buried.subscriber.calls == ["a1", "a1"]
        assert buried.graveyard.risen == ["a1"]
        assert buried.graveyard.buried == {}

    async def test_asked_twice_it_runs_once(self, buried):
        await buried.enqueue(effect("a1", replay=1), effect("a1", replay=1))
        await buried.settled()
        await buried.enqueue(effect("a1", replay=1))
        await buried.settled()

        assert buried.subscriber.calls == ["a1", "a1"]

    async def test_what_fails_again_is_buried_again(self, buried):
        buried.subscriber.failing["a1"] = [TransientError()] * QUICK.attempts
        await buried.enqueue(effect("a1", replay=1))
        await buried.settled()

        assert buried.graveyard.buried == {"a1": "TransientError"}

    async def test_it_has_not_risen_before_the_graveyard_knows(self, buried):
        buried.graveyard.failing = [OSError()]
        await buried.enqueue(effect("a1", replay=1))
        await buried.settled()

        assert buried.subscriber.calls == ["a1", "a1"]
        assert buried.graveyard.risen == ["a1"]


async def test_an_outage_of_one_outside_holds_nobody_elses_lanes(small_office):
    stuck = [f"c{number}" for number in range(60)]
    down = asyncio.Event()
    small_office.crm.blocked = dict.fromkeys(stuck, down)
    await small_office.enqueue(*(effect(key, lane=key, subscriber="crm") for key in stuck))
    await small_office.enqueue(effect("a1"))
    await small_office.subscriber.until("a1")

    assert len(small_office.crm.calls) < len(stuck)
    down.set()
    await small_office.settled()


class TestMemory:
    async def test_what_finished_is_listed_by_its_end_and_can_be_forgotten(self, office):
        began = datetime.now(UTC)
        await office.enqueue(effect("a1"))
        await office.settled()
        after = datetime.now(UTC) + timedelta(seconds=1)

        early = await office.effects.finished(before=began - timedelta(seconds=1), limit=10)
        late = await office.effects.finished(before=after, limit=10)
        await office.effects.forget(late)

        assert early == []
        assert late == [Attempted("a1", "post", "a1", CaseNumber(7), 1)]
        assert await office.effects.finished(before=after, limit=10) == []

    async def test_what_waits_is_not_finished(self, small_office):
        small_office.subscriber.blocked["a1"] = asyncio.Event()
        await small_office.enqueue(effect("a1"), effect("a2", seq=2))
        await small_office.subscriber.until("a1")

        after = datetime.now(UTC) + timedelta(seconds=1)

        assert await small_office.effects.finished(before=after, limit=10) == []
        small_office.subscriber.blocked["a1"].set()

    @pytest.mark.parametrize("status", ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"])
    async def test_what_the_engine_stopped_by_itself_is_broken_not_finished(
        self, small_office, status
    ):
        await small_office.enqueue(effect("a1", replay=2))
        await small_office.settled()
        async with small_office.engines.app.begin() as connection:
            change = sa.text("UPDATE workflow_status SET status = :status")
            await connection.execute(change, {"status": status})

        broken = await small_office.effects.broken(limit=10)
        after = datetime.now(UTC) + timedelta(seconds=1)

        assert broken == [Attempted("a1#2", "post", "a1", CaseNumber(7), 1, 2)]
        assert await small_office.effects.finished(before=after, limit=10) == []


async def test_effects_of_a_subscriber_that_is_not_there_wait_until_it_is_back(small_office):
    await small_office.enqueue(effect("early", subscriber="later"), effect("known"))
    await small_office.subscriber.until("known")
    waiting = await small_office.effects.waiting(of=["later"])
    await small_office.stop()
    back = Recorder()
    returned = DurableEffects(app=small_office.engines.app, system=small_office.engines.sync)

    await returned.start({"later": back}, small_office.graveyard)
    await back.until("early")
    await returned.stop()

    assert waiting.count == 1
    assert back.calls == ["early"]


async def test_what_another_process_enqueues_is_run_though_nobody_says_so_here(small_office):
    await small_office.enqueue(effect("first"))
    await small_office.settled()
    client = DurableEffects(app=small_office.engines.app, system=small_office.engines.sync)

    async with SqlUnitOfWork(small_office.engines.app, client.enqueue) as uow:
        await uow.effects.enqueue(effect("foreign", seq=2))
        await uow.commit()
    await small_office.subscriber.until("foreign")

    assert small_office.subscriber.calls == ["first", "foreign"]


async def test_patience_ends(small_office, caplog):
    small_office.subscriber.failing["a1"] = [ValueError("Padaria Sol")] * QUICK.attempts

    with capture_logs() as logs, caplog.at_level(logging.DEBUG):
        await small_office.enqueue(effect("a1"), effect("a2", seq=2))
        await small_office.settled()

    assert small_office.subscriber.calls == ["a1"] * QUICK.attempts + ["a2"]
    assert small_office.graveyard.buried == {"a1": "ValueError"}
    assert "Padaria" not in f"{logs} {caplog.text}"


def test_the_default_patience_is_about_an_hour():
    retries = Retries()

    waits = [retries.wait_after(failures) for failures in range(1, retries.attempts)]

    assert waits[:3] == [1, 2, 4]
    assert 3000 < sum(waits) < 4000


async def test_no_text_of_an_error_reaches_the_database(small_office, tmp_path):
    small_office.subscriber.failing["a1"] = [ValueError("Padaria Sol"), MessageGone("Padaria Sol")]

    await small_office.enqueue(effect("a1"))
    await small_office.settled()

    assert b"Padaria" not in b"".join(file.read_bytes() for file in tmp_path.glob("test.db*"))


class TestStop:
    async def test_a_running_attempt_finishes_and_the_rest_waits_for_the_next_start(self, office):
        office.subscriber.blocked["a1"] = asyncio.Event()
        await office.enqueue(effect("a1"), effect("a2", seq=2))
        await office.subscriber.until("a1")

        stopping = asyncio.create_task(office.stop())
        await asyncio.sleep(0)
        office.subscriber.blocked["a1"].set()
        await stopping

        assert office.subscriber.calls == ["a1"]
        await office.start()
        await office.settled()
        assert office.subscriber.calls == ["a1", "a2"]

    async def test_a_pause_goes_on_after_the_next_start_and_keeps_its_lane(self, office):
        office.subscriber.failing["a1"] = [RetryAfter(1.0)]
        await office.enqueue(effect("a1"), effect("a2", seq=2))
        await office.subscriber.until("a1")

        await office.stop()
        await office.start()
        await office.settled()

        assert office.subscriber.calls == ["a1", "a1", "a2"]

    async def test_the_loop_can_use_threads_afterwards(self, small_office):
        await small_office.stop()

        assert await asyncio.to_thread(lambda: "done") == "done"

    async def test_starting_and_stopping_prints_nothing(self, small_office, capfd):
        await small_office.stop()
        await small_office.start()
        await small_office.stop()

        assert capfd.readouterr() == ("", "")


async def test_an_effect_taken_from_its_queue_and_never_begun_is_queued_again(postgres_url):
    async with opened(postgres_url) as office:
        await office.stop()
        await office.start(dead_after_seconds=0.6)
        held = office.subscriber.blocked["e1"] = asyncio.Event()
        await office.enqueue(effect("e1", seq=1), effect("e2", seq=2))
        await office.subscriber.until("e1")

        async with office.engines.app.begin() as connection:
            await connection.execute(TAKE_BY_WHO_HAS_THE_FIRST)
        held.set()
        await office.settled()

        assert office.subscriber.calls == ["e1", "e2"]
