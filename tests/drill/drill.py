"""One drill on one database: load, faults on the way, deaths, and then the proof.

The Connector is slow, refuses (429, 412, 5xx) and drops lines all the while. A POST it drops was
not acted upon, so that every duplicate must be explained by a kill; a PUT may have been.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.drill.bots import Bot, Bots, Door, DrillFailed, Json
from tests.drill.evidence import Findings, Kill, examine
from tests.drill.homes import Home, PostgresHome, home_of, in_flight
from tests.drill.people import People
from tests.drill.points import ACCEPTED, ANSWERED, ASKED, BEFORE_PICK_UP, RANDOM, STARTING, deck
from tests.fake_connector import Call, FakeConnector, Point
from tests.records import unfinished
from tests.scenarios.office import ROSTER, Office
from tests.scenarios.process import NO_MORNING

_HELD: dict[str, Point] = {ASKED: "asked", ACCEPTED: "accepted", ANSWERED: "answered"}
_CALM_SECONDS = 180
_NAMED_POINT_SECONDS = 10.0
"""How long a named point is waited for before the kill is one at random."""
_LONGEST_LINE = 90
_ENVIRONMENT = {
    "LOG_FORMAT": "json",
    "DIGEST_AT": NO_MORNING,
    "LOG_LEVEL": "WARNING",
    # A fast channel: what is drilled is death, not patience.
    "CHANNEL_SENDS_PER_SECOND": "300",
    "CHANNEL_SENDS_PER_30_SECONDS": "9000",
    "PERSON_TURNS_AT_ONCE": "100000",
    # Many die before others would call them dead.
    "DEAD_AFTER_SECONDS": "1.5",
}


@dataclass(frozen=True)
class Plan:
    """How much is drilled. `round_size`: kills before everybody waits for the work to be done."""

    kind: str
    kills: int
    seed: int = 1
    desks: int = 2
    round_size: int = 50
    longest_life_seconds: float = 6.0
    cold: bool = False


@dataclass
class Result:
    """What happened, in numbers."""

    plan: Plan
    findings: Findings
    kills: Counter[str]
    starts: int
    crashes: int
    redelivered: int
    seconds: float
    calm_seconds: list[float]
    calls: Counter[str]
    logged: Counter[str]


@dataclass
class Drill:
    plan: Plan
    home: Home
    teams: FakeConnector
    bots: Bots
    door: Door
    people: People
    chance: random.Random
    kills: list[Kill] = field(default_factory=list)
    downs: list[tuple[float, float]] = field(default_factory=list)
    calm_seconds: list[float] = field(default_factory=list)
    starts: int = 0
    crashes: int = 0
    _missed: list[str] = field(default_factory=list)
    """Named points that did not come while they were waited for."""
    _down_since: float = 0.0

    async def run(self) -> None:
        """Kill as planned; returns when all work is done, or raises DrillFailed."""
        points, size = deck(self.plan.kills, self.chance), self.plan.round_size
        self._down_since = time.time()
        bot = await self._up()
        self.people.begin(self.plan.desks)
        while points:
            now, points = points[:size], points[size:]
            bot = await self._round_alone(bot, now)
            if points and isinstance(self.home, PostgresHome):
                now, points = points[:size], points[size:]
                bot = await self._round_of_two(self.home, bot, now)
            await self._calm()
            if points:
                self.people.begin(self.plan.desks)

    async def _round_alone(self, bot: Bot, points: list[str]) -> Bot:
        """One bot, killed and started again and again; returns the last one."""
        crash_before = self.chance.randrange(len(points))
        for number, point in enumerate(points):
            if number == crash_before and isinstance(self.home, PostgresHome):
                await self._crash(self.home)
            await self._kill(bot, RANDOM if point == STARTING else point)
            if point == STARTING:
                await self._kill_a_starting_one()
            bot = await self._up()
        return bot

    async def _round_of_two(self, home: PostgresHome, steady: Bot, points: list[str]) -> Bot:
        """Two replicas: one dies again and again, then the other for good; returns the heir.

        At last the server crashes and nobody dies after it: the living must go on by itself.
        """
        for point in points:
            if point == STARTING:
                await self._kill_a_starting_one()
            else:
                await self._kill(await self._up(), point)
        heir = await self._up()
        await self._kill(steady, RANDOM)
        await self._crash(home)
        return heir

    async def _up(self) -> Bot:
        """Start a bot that serves."""
        bot = await self.bots.begin()
        self.starts += 1
        await self.bots.healthy(bot)
        if not self.door.bots:
            self.downs.append((self._down_since, time.time()))
        self.door.admit(bot)
        return bot

    async def _kill_a_starting_one(self) -> None:
        bot = await self.bots.begin()
        self.starts += 1
        await asyncio.sleep(self.chance.uniform(0.0, 0.6))
        await self._note_death(bot, STARTING)

    async def _kill(self, bot: Bot, point: str) -> None:
        """Let it live for a while, then kill it at the point; as one at random when none comes."""
        await asyncio.sleep(self.chance.uniform(0.0, self.plan.longest_life_seconds))
        point = self._in_place_of(point)
        is_hit = True
        if point in _HELD:
            hold = self.teams.hold(partial(_is_new_message, bot), _HELD[point], bot.kill)
            await _at_most(_NAMED_POINT_SECONDS, hold.reached)
            is_hit = hold.reached.is_set()
            self.teams.forget(hold)
        elif point == BEFORE_PICK_UP:
            registered = self._kill_after_registration(bot)
            await _at_most(_NAMED_POINT_SECONDS, bot.died)
            self.door.tripwire = _nothing
            is_hit = bool(registered) and self._is_untouched(registered[0])
        if not is_hit:
            self._missed.append(point)
        await self._note_death(bot, point if is_hit else RANDOM)
        self.people.raise_what_failed()

    def _in_place_of(self, point: str) -> str:
        """Deal a point that was only ever missed in place of one at random: each must be hit."""
        hit = {kill.point for kill in self.kills}
        never_hit = (missed for missed in self._missed if missed not in hit)
        return next(never_hit, point) if point == RANDOM else point

    def _kill_after_registration(self, bot: Bot) -> list[str]:
        """Kill it in the moment its next yes to a registration has come; gives whose draft."""
        hit: list[str] = []

        def tripwire(answering: Bot, activity: Json, answer: str) -> None:
            action = (activity.get("value") or {}).get("action") or {}
            accepted = action.get("verb") == "form.register" and "RET-" in answer
            if answering is bot and accepted and not hit:
                bot.kill()
                hit.append(action["data"]["draft"])

        self.door.tripwire = tripwire
        return hit

    def _is_untouched(self, draft: str) -> bool:
        """Tell whether no effect of the draft's case was begun."""
        query = "SELECT number FROM cases WHERE draft_id = '{}'"
        [(number,)] = self.home.rows(query.format(draft))
        key = f"RET-{number:04d}:1:case_thread"
        table = self.home.workflows
        states = self.home.rows(f"SELECT status FROM {table} WHERE workflow_uuid = '{key}'")  # noqa: S608
        return states == [("ENQUEUED",)]

    async def _note_death(self, bot: Bot, point: str) -> None:
        bot.kill()
        at = time.time()
        await bot.died.wait()
        if not bot.is_condemned:
            raise DrillFailed(f"a bot ended by itself: see {self.bots.log}")
        self.door.dismiss(bot)
        if not self.door.bots:
            self._down_since = at
        self.kills.append(Kill(at, point, in_flight(self.home)))

    async def _crash(self, home: PostgresHome) -> None:
        """Let the database server die under everybody, and come back."""
        await asyncio.sleep(self.chance.uniform(0.2, 1.0))
        begun = time.time()
        await home.crash(self.chance.uniform(0.5, 2.0))
        self.downs.append((begun, time.time()))
        self.crashes += 1

    async def _calm(self) -> None:
        """Wait until everybody has finished their case and no effect is unfinished."""
        await asyncio.wait_for(self.people.stop(), _CALM_SECONDS)
        begun = time.monotonic()
        while left := unfinished(self.home.url):
            if time.monotonic() - begun > _CALM_SECONDS:
                raise DrillFailed(f"{len(left)} effects are stuck, as {left[:5]}")
            await asyncio.sleep(0.1)
        self.calm_seconds.append(time.monotonic() - begun)


async def drill(plan: Plan, folder: Path) -> Result:
    """Drill one database. A broken law is a sentence in the findings, never an exception."""
    begun, clock = datetime.now(UTC), time.monotonic()
    async with AsyncExitStack() as stack:
        home = stack.enter_context(home_of(plan.kind, folder))
        teams = await stack.enter_async_context(FakeConnector(ROSTER, keeps_bodies=False))
        environment = {**_ENVIRONMENT, "DATABASE_URL": home.url}
        bots = await stack.enter_async_context(Bots(folder, environment, cold=plan.cold))
        door = await stack.enter_async_context(Door())
        people = People(Office(door, teams, home.url), seed=plan.seed)
        chance = random.Random(plan.seed)  # noqa: S311 - no secret
        run = Drill(plan, home, teams, bots, door, people, chance)
        _trouble(teams)
        failed = ""
        try:
            async with asyncio.timeout(120 + 30 * plan.kills):
                await run.run()
        except Exception as error:  # noqa: BLE001 - the record is looked at in any case
            failed = f"the drill broke off: {type(error).__name__}: {error}"
            await people.dismiss()
        findings = await examine(home, teams, people.promises, run.kills, run.downs, begun=begun)
        if failed:
            findings.broken.insert(0, failed)
    return Result(
        plan=plan,
        findings=findings,
        kills=Counter(kill.point for kill in run.kills),
        starts=run.starts,
        crashes=run.crashes,
        redelivered=door.redelivered,
        seconds=time.monotonic() - clock,
        calm_seconds=run.calm_seconds,
        calls=Counter(f"{call.kind} {call.status or 'unanswered'}" for call in teams.calls),
        logged=_logged(bots.log),
    )


def _trouble(teams: FakeConnector) -> None:
    """Make every so many calls fail, for the whole drill."""
    slow_down = {"status": 429, "headers": {"Retry-After": "1"}}
    faults: tuple[tuple[str, Json], ...] = (
        ("POST", slow_down),
        ("POST", {"status": 412}),
        ("POST", {"status": 503}),
        ("POST", {"status": 502}),
        ("POST", {"drop": True}),
        ("PUT", slow_down),
        ("PUT", {"status": 412}),
        ("PUT", {"status": 500}),
        ("PUT", {"status": 504, "delivered": True}),
        ("PUT", {"drop": True}),
        ("PUT", {"drop": True, "delivered": True}),
        ("PUT", {"delay": 1.0, "delivered": True}),
        ("POST", {"delay": 0.5, "delivered": True}),
    )
    for number, (method, fault) in enumerate(faults):
        teams.inject(method=method, times=None, every=97 + 20 * number, **fault)


def _is_new_message(bot: Bot, call: Call) -> bool:
    """Tell whether the bot sends what its ledger keeps: a reply, or the root of a thread."""
    is_kept = call.kind == "create" or (call.kind == "send" and bool(call.body.get("text")))
    return is_kept and not bot.is_condemned and bot.holds(call.port)


def _nothing(_bot: Bot, _activity: Json, _answer: str) -> None:
    """Let the answer pass."""


async def _at_most(seconds: float, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


def _logged(log: Path) -> Counter[str]:
    """Count what the bots logged, by level, event and error."""
    found: Counter[str] = Counter()
    for line in log.read_text(errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            found[line[:_LONGEST_LINE]] += 1
            continue
        words = (entry.get(name) for name in ("level", "event", "error", "at"))
        first, *_ = " ".join(str(word) for word in words if word).splitlines()
        found[first[:_LONGEST_LINE]] += 1
    return found
