"""Post request after request to the whole bot, and judge everything that comes of each."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import io
import json
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from cards.labels import PATHS
from tests.fuzz.corpus import Corpus
from tests.fuzz.house import Ear, ForgetfulTeams, open_house
from tests.fuzz.laws import broken_by_answer, broken_by_card, broken_by_message
from tests.fuzz.mutations import Shot
from tests.fuzz.words import CANARIES
from tests.scenarios.office import Office

_SAMPLES = 20
_SCHEMA_EVERY = 40
_SETTLE_EVERY = 500
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Plan:
    activities: int
    seed: int = 1
    kind: str = "sqlite"
    patience_seconds: float = 3.0


@dataclass(frozen=True)
class Fault:
    """A broken law, and the newest request when it broke (effects come later than theirs)."""

    law: str
    number: int
    shot: Shot


@dataclass
class Report:
    plan: Plan
    posted: int = 0
    seconds: float = 0.0
    slowest: tuple[float, str] = (0.0, "")
    """Seconds, and what it answered."""
    cards: int = 0
    cases: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    mutations: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    """MiB in use after each twentieth of the run."""

    @property
    def growth_mib(self) -> float:
        """How much more is in use at the end than in the middle."""
        return self.memory[-1] - self.memory[len(self.memory) // 2 - 1] if self.memory else 0.0


async def fuzz(plan: Plan, database_url: str) -> Report:
    """Run a plan on a database nobody else uses."""
    ear = Ear()
    with ear.listening():
        async with (
            ForgetfulTeams() as teams,
            open_house(database_url, teams) as house,
            # A session of our own: the test client remembers every response.
            aiohttp.ClientSession(house.client.make_url("/")) as session,
        ):
            return await _Run(plan, house, session, teams, ear).go()


class _Run:
    def __init__(
        self,
        plan: Plan,
        house: Office,
        session: aiohttp.ClientSession,
        teams: ForgetfulTeams,
        ear: Ear,
    ) -> None:
        self._house, self._session, self._teams, self._ear = house, session, teams, ear
        self._corpus = Corpus(plan.seed, teams.service_url)
        self._report = Report(plan)

    async def go(self) -> Report:
        report, activities = self._report, self._report.plan.activities
        shot = await self._begin()
        started = time.perf_counter()
        while report.posted < activities:
            shot = self._corpus.next()
            copies = {0: 3, 1: 2}.get(report.posted % 50, 1)
            await asyncio.gather(*(self._post(shot) for _ in range(copies)))
            self._look_around(shot)
            if report.posted % _SETTLE_EVERY < copies:
                await self._settle(shot)
            if len(report.memory) < report.posted * _SAMPLES // activities:
                report.memory.append(_memory_mib())
        await self._settle(shot)
        report.seconds = time.perf_counter() - started
        report.events = self._ear.events
        [(report.cases,)] = self._house.rows("SELECT count(*) FROM cases")
        return report

    async def _begin(self) -> Shot:
        """Have some cases on every path, so that buttons have something to act on."""
        for number, path in enumerate((*PATHS.values(), *PATHS.values())):
            facts = {"Nº do Caso": f"{number:08d}", "Cliente": CANARIES[number]}
            await self._house.register("Ana Souza", path=path, **facts)
        shot = Shot("beginning", (), b"")
        self._look_around(shot)
        return shot

    async def _post(self, shot: Shot) -> None:
        report = self._report
        report.posted += 1
        started = time.perf_counter()
        try:
            async with (
                asyncio.timeout(report.plan.patience_seconds),
                self._session.post(
                    "/api/messages", data=io.BytesIO(shot.body), headers=shot.headers
                ) as response,
            ):
                status, text = response.status, await response.text()
        except (TimeoutError, aiohttp.ClientError) as error:
            self._broken(f"no answer: {type(error).__name__}", shot)
            return
        report.slowest = max(report.slowest, (time.perf_counter() - started, shot.origin))
        for law in broken_by_answer(shot, status, text):
            self._broken(law, shot)
        answer = json.loads(text) if status == 200 and text else None
        report.outcomes[shot.origin.split()[0], _outcome(status, answer)] += 1
        report.mutations.update(shot.mutations or ("none",))
        if isinstance(answer, dict) and isinstance(answer.get("value"), dict):
            self._shown(shot, answer["value"], *_place_of(shot))

    def _look_around(self, shot: Shot) -> None:
        """Judge what was sent and logged meanwhile."""
        for call in self._teams.take_calls():
            if call.kind not in {"send", "update"}:
                continue
            for law in broken_by_message(call.body):
                self._broken(law, shot)
            for attachment in call.body.get("attachments") or ():
                shown = self._teams.thread(call.conversation_id)
                message = call.activity_id or (shown[-1].id if shown else "")
                self._shown(shot, attachment["content"], call.conversation_id, message)
        for fault in self._ear.take_faults():
            self._broken(f"log: {fault}", shot)

    def _shown(self, shot: Shot, card: dict[str, object], conversation: str, message: str) -> None:
        if card.get("type") != "AdaptiveCard":
            return
        self._report.cards += 1
        if self._report.cards % _SCHEMA_EVERY == 0:
            for law in broken_by_card(card, whole=True):
                self._broken(law, shot)
        self._corpus.learn(card, conversation, message)

    async def _settle(self, shot: Shot) -> None:
        """Let the effects run; none may be given up."""
        try:
            await self._house.settle()
        except TimeoutError:
            self._broken("effects do not end", shot)
        self._look_around(shot)
        self._teams.forget_old()
        for key, error in self._house.rows("SELECT key, error FROM buried_effects"):
            self._broken(f"given up: {key} {error}", shot)

    def _broken(self, law: str, shot: Shot) -> None:
        self._report.faults.append(Fault(law, self._report.posted, shot))


def _outcome(status: int, answer: object) -> str:
    if not isinstance(answer, dict):
        return str(status)
    kind = str(answer.get("type", next(iter(answer), "{}")))
    return f"{status} {kind.rpartition('.')[2]}"


def _place_of(shot: Shot) -> tuple[str, str]:
    """Say where a button was pressed: conversation and message."""
    try:
        body = json.loads(shot.body)
        return str(body["conversation"]["id"]), str(body.get("replyToId") or "")
    except (ValueError, TypeError, KeyError):
        return "", ""


def _memory_mib() -> float:
    """Measure what the process holds once all garbage is given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MIB
