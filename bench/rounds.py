"""One round: every bot afresh, one after the other in a rotated order, the same load on each."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.bots import ECHO, FLOOR, OURS, OURS_IDLE, Bot, Kind, running
from bench.figures import Figures
from bench.isolation import Isolation
from bench.load import Measured, Turn, at_once
from bench.people import People, Request
from bench.teams import Teams
from bench.wire import Client

FEW, MANY = 16, 64
_ENTRA_SECONDS, _CONNECTOR_SECONDS = 0.080, 0.040
_SLOW_SECONDS = 1.0
_DRAIN_SECONDS = 60.0
_SHORT_TURNS = 4_000
"""Of less than a millisecond each: fewer would be over before the machine's mood has changed."""
_WRITES_OF_A_CASE = 4
"""The form, its second screen, the card of the case, the one reply."""


@dataclass(frozen=True)
class Stage:
    """Where rounds take place: one mode, one far end. `rows` says what is measured."""

    mode: str
    teams: Teams
    folder: Path
    isolation: Isolation | None
    rows: Collection[str]
    figures: Figures

    async def prepare(self) -> None:
        """Let our bot make its tables once: what is measured is a restart."""
        async with running(OURS, self.folder, self.isolation, self._used):
            pass

    @property
    def _used(self) -> Path:
        return self.folder / "used.db"

    @asynccontextmanager
    async def bot(self, kind: Kind, database: Path | None = None) -> AsyncIterator[Served]:
        """Start a bot, ours with a database without cases, and take its first turn."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            has_history = database is not None  # then two bots run at once
            if kind.name == OURS.name and database is None:
                database = Path(shutil.copy(self._used, folder))
            async with running(kind, Path(folder), self.isolation, database) as bot:
                tokens = self.teams.token_calls
                client = Client(bot.port, self.teams.token() if self.isolation else None)
                served = Served(self, kind.name, bot, People(self.teams, client), client)
                await served.people.help()
                served.cold_seconds = time.perf_counter() - bot.started
                try:
                    yield served
                    if self.isolation is not None and not has_history:
                        calls = self.teams.token_calls - tokens
                        self.figures.add(self.mode, kind.name, "tokens", calls=calls)
                finally:
                    client.close()

    @asynccontextmanager
    async def far_away(self) -> AsyncIterator[None]:
        """Put Entra and the Connector at the distance they have in a tenant."""
        self.teams.entra_delay, self.teams.connector_delay = _ENTRA_SECONDS, _CONNECTOR_SECONDS
        try:
            yield
        finally:
            self.teams.entra_delay = self.teams.connector_delay = 0.0


@dataclass
class Served:
    """A bot that serves on a stage, and the people who use it."""

    stage: Stage
    name: str
    bot: Bot
    people: People
    client: Client
    cold_seconds: float = 0.0

    def wants(self, row: str) -> bool:
        return row in self.stage.rows

    async def measure(self, row: str, turns: list[Turn], *, users: int) -> None:
        """Take turns, and note what they took as a row of so many users."""
        found = await at_once(self.bot, turns, users=users)
        self.note(f"{row} c={users}", found)

    def note(self, row: str, found: Measured) -> None:
        self.stage.figures.add(
            self.stage.mode,
            self.name,
            row,
            cpu_ms=found.cpu_ms,
            rate=found.rate,
            p50_ms=found.percentile_ms(0.5),
            p99_ms=found.percentile_ms(0.99),
            max_ms=found.percentile_ms(1.0),
        )

    def note_start(self) -> None:
        usage = self.bot.usage()
        self.stage.figures.add(
            self.stage.mode, self.name, "cold", seconds=self.cold_seconds, rss=usage.rss
        )

    def note_peak(self) -> None:
        self.stage.figures.add(self.stage.mode, self.name, "peak", rss=self.bot.usage().peak)

    async def help(self, turns: int, users: int) -> None:
        """Warm up without being measured."""
        await at_once(self.bot, [self.people.help] * turns, users=users)

    async def requests(self, number: int) -> list[Request]:
        """Bring so many requests to the screen on which they are registered."""
        found: list[Request] = []

        async def one() -> None:
            request = await self.people.request()
            await self.people.fill_in(request)
            found.append(request)

        await at_once(self.bot, [one] * number, users=FEW)
        return found


async def peers(stage: Stage, kind: Kind, *, turns: tuple[int, int]) -> None:
    """Measure B or F: a message in, a card out, by so many turns for few and for many users."""
    async with stage.bot(kind) as served:
        served.note_start()
        few, many = turns
        await served.help(max(few // 5, FEW), FEW)
        await served.measure("turn", [served.people.help] * few, users=FEW)
        if served.wants("many"):
            await served.measure("turn", [served.people.help] * many, users=MANY)
            served.note_peak()
        if served.wants("far") and kind is FLOOR:
            async with stage.far_away():
                await served.measure("far turn", [served.people.help] * many, users=MANY)


async def ours_idle(stage: Stage) -> None:
    """Measure our turns up to their HTTP answer, with an engine that runs no effect."""
    async with stage.bot(OURS_IDLE) as served:
        served.note_start()
        people = served.people
        await served.help(200, FEW)
        if served.wants("help"):
            await served.measure("help", [people.help] * _SHORT_TURNS, users=FEW)
            await served.measure("help", [people.help] * _SHORT_TURNS, users=MANY)
        if served.wants("form"):
            await _some(served, people.request, 100)
            await served.measure("form", [_thrown_away(people.request)] * 400, users=FEW)
        if served.wants("register"):
            await register_each(served, "", await served.requests(60), users=FEW)
            waiting = await served.requests(300)
            await register_each(served, "register", waiting, users=FEW)
            await register_each(served, "register", await served.requests(300), users=MANY)
            if served.wants("claim"):
                await _each(served, "claim", people.claim, waiting, FEW)
        if served.wants("many"):
            served.note_peak()
        if served.wants("far"):
            waiting = await served.requests(300)
            async with stage.far_away():
                await served.measure("far help", [people.help] * 1000, users=MANY)
                await register_each(served, "far register", waiting, users=MANY)
        if served.wants("slow"):
            stage.teams.connector_delay = _SLOW_SECONDS
            await served.measure("slow form", [_thrown_away(people.request)] * MANY, users=MANY)
            stage.teams.connector_delay = 0.0


async def ours_draining(stage: Stage, *, cases: int = 200) -> None:
    """Measure what a case costs with all its effects delivered."""
    async with stage.bot(OURS) as served:
        await served.help(50, FEW)
        await deliver(served, await served.requests(40))
        waiting = await served.requests(cases)
        cpu, began = served.bot.usage().cpu, time.perf_counter()
        effects = _effects(served.bot.database)
        calls = await deliver(served, waiting)
        seconds = time.perf_counter() - began
        stage.figures.add(
            stage.mode,
            "ours",
            "delivered",
            cpu_ms=(served.bot.usage().cpu - cpu) * 1000 / cases,
            rate=cases / seconds,
            calls=calls / cases,
            effects=(_effects(served.bot.database) - effects) / cases,
        )


def _effects(database: Path) -> int:
    """Count the effects that were ever enqueued."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT count(*) FROM workflow_status WHERE name = 'effect'")
        return int(found.fetchone()[0])


async def deliver(served: Served, waiting: list[Request]) -> int:
    """Register cases and wait until each is in its thread; returns the calls this took."""
    writes = served.stage.teams.writes
    before = writes.total()
    await at_once(served.bot, _turns(served.people.register, waiting), users=FEW)
    wanted = {request.thread: _WRITES_OF_A_CASE for request in waiting}
    await served.stage.teams.settled(wanted, seconds=_DRAIN_SECONDS)
    return writes.total() - before


async def register_each(
    served: Served, row: str, waiting: list[Request], *, users: int
) -> Measured:
    """Register requests, as a row if it has a name."""
    return await _each(served, row, served.people.register, waiting, users)


async def _each(
    served: Served,
    row: str,
    turn: Callable[[Request], Awaitable[None]],
    waiting: list[Request],
    users: int,
) -> Measured:
    found = await at_once(served.bot, _turns(turn, waiting), users=users)
    if row:
        served.note(f"{row} c={users}", found)
    return found


def _turns(turn: Callable[[Request], Awaitable[None]], waiting: list[Request]) -> list[Turn]:
    return [partial(turn, request) for request in waiting]


async def _some(served: Served, turn: Callable[[], Awaitable[object]], number: int) -> None:
    await at_once(served.bot, [_thrown_away(turn)] * number, users=FEW)


def _thrown_away(turn: Callable[[], Awaitable[object]]) -> Turn:
    async def take() -> None:
        await turn()

    return take


async def one_round(stage: Stage) -> None:
    """Measure everybody once, whoever begins being another each time."""
    is_auth = stage.isolation is not None
    parts: list[Callable[[], Awaitable[None]]] = [
        partial(peers, stage, ECHO, turns=(100 if is_auth else 200, 700)),
        partial(peers, stage, FLOOR, turns=(_SHORT_TURNS, _SHORT_TURNS)),
        partial(ours_idle, stage),
    ]
    if "delivered" in stage.rows:
        parts.append(partial(ours_draining, stage))
    turn = stage.figures.round % len(parts)
    for part in parts[turn:] + parts[:turn]:
        await part()
        await asyncio.sleep(0.2)
