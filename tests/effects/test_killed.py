"""Real processes, killed with SIGKILL at every step of an effect: nothing lost, order kept."""

import asyncio
import signal
import sys

import pytest
import sqlalchemy as sa

from retention.domain.case import CaseNumber
from retention.effects.durable import DurableEffects
from retention.services.ports.effects import Effect
from retention.storage.engine import open_engines
from retention.storage.tables import executor_beat


class World:
    """Processes on one database, and the journal of what they sent."""

    def __init__(self, url, folder):
        self.url, self.journal = url, folder / "journal.txt"
        self.processes = []

    async def start(self, point="", *, dead_after=2.0):
        """Start a process; returns when it runs effects.

        With `dead_after` much shorter, a slow machine looks to it like an outage of the database.
        """
        arguments = (self.url, str(self.journal), str(dead_after), point)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.effects.process", *arguments
        )
        self.processes.append(process)
        await self.until(lambda: self.words("READY").count(str(process.pid)))
        return process

    async def enqueue(self, *keys, lane="a"):
        """Write effects as a process does that commits and then hears no more of them."""
        engines = open_engines(self.url)
        effects = DurableEffects(app=engines.app, system=engines.sync)
        async with engines.app.begin() as connection:
            for seq, key in enumerate(keys, start=1):
                effect = Effect("post", key, lane, seq, CaseNumber(7), seq)
                await effects.enqueue(connection, effect)
        await engines.dispose()

    def words(self, kind):
        lines = self.journal.read_text().splitlines() if self.journal.exists() else []
        return [line.split()[1] for line in lines if line.startswith(kind)]

    async def until(self, is_so):
        async with asyncio.timeout(60):
            while not is_so():  # noqa: ASYNC110 - another process writes the journal
                await asyncio.sleep(0.02)

    async def forget_processes(self):
        """Do what a peer does to those it has not heard of for long."""
        engines = open_engines(self.url)
        async with engines.app.begin() as connection:
            await connection.execute(sa.delete(executor_beat))
        await engines.dispose()

    async def end(self):
        for process in self.processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


@pytest.fixture
async def world(database_url, tmp_path):
    world = World(database_url, tmp_path)
    yield world
    await world.end()


@pytest.fixture
async def world_of_many(postgres_url, tmp_path):
    """A world in which several processes serve one database."""
    world = World(postgres_url, tmp_path)
    yield world
    await world.end()


@pytest.mark.parametrize(
    ("point", "sent"),
    [
        ("before_send", ["e1", "e2", "e3"]),
        # The one window: sent, but nobody was left to write it down.
        ("after_send", ["e1", "e1", "e2", "e3"]),
        ("before_checkpoint", ["e1", "e2", "e3"]),
    ],
)
async def test_a_killed_process_loses_nothing_and_keeps_the_order(world, point, sent):
    await world.enqueue("e1", "e2", "e3")

    killed = await world.start(point)
    await killed.wait()
    await world.start()
    await world.until(lambda: "e3" in world.words("SENT"))

    assert killed.returncode == -signal.SIGKILL
    assert world.words("SENT") == sent


async def test_a_peer_takes_over_from_a_dead_process_but_never_from_a_living_one(
    world_of_many,
):
    world = world_of_many
    silent = await world.start("silent")
    await world.enqueue("e1", "e2")
    await world.until(lambda: world.words("BEGUN"))

    peer = await world.start()
    await asyncio.sleep(2.5)  # longer than silence is borne
    begun_by_the_living = world.words("BEGUN")
    silent.kill()
    await silent.wait()
    await world.until(lambda: "e2" in world.words("SENT"))

    assert begun_by_the_living == ["e1"]
    assert world.words("SENT") == ["e1", "e2"]
    peer.terminate()
    assert await peer.wait() == 0


async def test_a_process_that_was_forgotten_before_it_died_loses_nothing(world_of_many):
    world = world_of_many
    forgotten = await world.start("silent")
    await world.enqueue("e1", "e2")
    await world.until(lambda: world.words("BEGUN"))

    forgotten.send_signal(signal.SIGSTOP)  # as a host does to a guest that it moves
    await world.forget_processes()
    forgotten.kill()
    await forgotten.wait()
    await world.start()
    await world.until(lambda: "e2" in world.words("SENT"))

    assert world.words("SENT") == ["e1", "e2"]
