"""Real processes, killed with SIGKILL at every step of an effect: nothing lost, order kept."""

import asyncio
import signal
import sys

import pytest

from retention.domain.case import CaseNumber
from retention.effects.durable import DurableEffects
from retention.services.ports import Effect
from retention.storage.engine import open_engines


class World:
    """Processes on one database, and the journal of what they sent."""

    def __init__(self, url, folder):
        self.url, self.journal = url, folder / "journal.txt"
        self.processes = []

    async def start(self, point="", *, dead_after=0.5):
        """Start a process; returns when it runs effects."""
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
        async with asyncio.timeout(30):
            while not is_so():  # noqa: ASYNC110 - another process writes the journal
                await asyncio.sleep(0.02)


@pytest.fixture
async def world(database_url, tmp_path):
    world = World(database_url, tmp_path)
    yield world
    for process in world.processes:
        if process.returncode is None:
            process.kill()
        await process.wait()


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
    postgres_url, tmp_path
):
    world = World(postgres_url, tmp_path)
    silent = await world.start("silent", dead_after=2.0)
    await world.enqueue("e1", "e2")
    await world.until(lambda: world.words("BEGUN"))

    peer = await world.start(dead_after=2.0)
    await asyncio.sleep(2.5)  # longer than silence is borne
    begun_by_the_living = world.words("BEGUN")
    silent.kill()
    await silent.wait()
    await world.until(lambda: "e2" in world.words("SENT"))

    assert begun_by_the_living == ["e1"]
    assert world.words("SENT") == ["e1", "e2"]
    peer.terminate()
    assert await peer.wait() == 0
