"""The bots under the drill: started, killed with SIGKILL, and reached as Teams reaches them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil  # type: ignore[import-untyped]  # it has none

from tests.ports import free_port

Json = dict[str, Any]

ROOT = Path(__file__).parent.parent.parent
_START_SECONDS = 40
_ANSWER_SECONDS = 15
"""Teams delivers an activity again when it got no answer for so long."""
_AWAY_SECONDS = 180


class DrillFailed(Exception):
    """The drill itself cannot go on."""


@dataclass
class Bot:
    """One process of the bot, from its start to its death."""

    pid: int
    url: str
    died: asyncio.Event = field(default_factory=asyncio.Event)
    is_condemned: bool = False

    def kill(self) -> None:
        """Send SIGKILL in this very moment."""
        if self.is_condemned:
            return
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
            self.is_condemned = True

    def holds(self, port: int) -> bool:
        """Tell whether this process is at our end of a connection, by its own port."""
        found = psutil.Process(self.pid).net_connections("tcp")
        return any(connection.laddr.port == port for connection in found)


class Bots:
    """Starts bots on one database; `async with` ends every one of them.

    Args:
        folder: where they run and write `bots.log`.
        environment: their settings.
        cold: start each with a Python of its own instead of forking one that has imported the bot.
    """

    def __init__(self, folder: Path, environment: dict[str, str], *, cold: bool = False) -> None:
        self.log = folder / "bots.log"
        self._folder, self._cold = folder, cold
        self._environment = {
            "PATH": os.environ["PATH"],
            **environment,
        }
        self._alive: dict[int, Bot] = {}
        self._born: asyncio.Queue[int] = asyncio.Queue()
        self._gone: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Bots:
        self._session = aiohttp.ClientSession()
        if not self._cold:
            self._nursery = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.drill.nursery"),
                cwd=ROOT,
                env=self._environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            self._watch(self._read_nursery())
        return self

    async def __aexit__(self, *_: object) -> None:
        for bot in list(self._alive.values()):
            bot.kill()
            await bot.died.wait()
        if not self._cold:
            assert self._nursery.stdin is not None
            self._nursery.stdin.close()
            await self._nursery.wait()
        await asyncio.gather(*self._tasks)
        await self._session.close()

    async def begin(self) -> Bot:
        """Start a bot without waiting for it."""
        port = free_port()
        environment = {**self._environment, "PORT": str(port)}
        pid = await (self._spawn(environment) if self._cold else self._fork(environment))
        bot = self._alive[pid] = Bot(pid, f"http://127.0.0.1:{port}")
        if pid in self._gone:
            self._bury(pid)
        return bot

    async def healthy(self, bot: Bot) -> None:
        """Wait until it serves. Raises DrillFailed when it ends, or takes too long."""
        async with asyncio.timeout(_START_SECONDS):
            while True:
                if bot.died.is_set():
                    raise DrillFailed(f"a bot did not start: see {self.log}")
                try:
                    async with self._session.get(f"{bot.url}/healthz") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.02)

    async def _fork(self, environment: dict[str, str]) -> int:
        order = {"environment": environment, "folder": str(self._folder), "log": str(self.log)}
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(f"{json.dumps(order)}\n".encode())
        return await self._born.get()

    async def _spawn(self, environment: dict[str, str]) -> int:
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(ROOT / "app.py"), "serve"),
                cwd=self._folder,
                env=environment,
                stdout=log,
                stderr=log,
            )

        async def wait() -> None:
            await process.wait()
            self._bury(process.pid)

        self._watch(wait())
        return process.pid

    async def _read_nursery(self) -> None:
        assert self._nursery.stdout is not None
        async for line in self._nursery.stdout:
            word, pid = line.decode().split()
            if word == "born":
                self._born.put_nowait(int(pid))
            else:
                self._bury(int(pid))

    def _bury(self, pid: int) -> None:
        self._gone.add(pid)
        if pid in self._alive:
            self._alive.pop(pid).died.set()
            self._gone.discard(pid)

    def _watch(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)


@dataclass
class Delivered:
    """An HTTP answer, as much of it as tests look at."""

    status: int
    body: str

    async def text(self) -> str:
        return self.body


class Door:
    """Teams and the balancer: the next serving bot gets the activity, again until it is answered.

    `tripwire` is called with each answer in the moment it has come.
    """

    def __init__(self) -> None:
        self.bots: list[Bot] = []
        self.redelivered = 0
        self.tripwire: Callable[[Bot, Json, str], None] = lambda _bot, _activity, _answer: None
        self._turn = 0
        self._open = asyncio.Event()

    async def __aenter__(self) -> Door:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    def admit(self, bot: Bot) -> None:
        self.bots.append(bot)
        self._open.set()

    def dismiss(self, bot: Bot) -> None:
        if bot in self.bots:
            self.bots.remove(bot)
        if not self.bots:
            self._open.clear()

    @asynccontextmanager
    async def post(self, path: str, *, json: Json) -> AsyncIterator[Delivered]:
        async with asyncio.timeout(_AWAY_SECONDS):
            yield await self._deliver(path, json)

    async def _deliver(self, path: str, activity: Json) -> Delivered:
        while True:
            await self._open.wait()
            self._turn += 1
            bot = self.bots[self._turn % len(self.bots)]
            try:
                async with self._session.post(f"{bot.url}{path}", json=activity) as response:
                    found = Delivered(response.status, await response.text())
            except (aiohttp.ClientError, TimeoutError):
                found = Delivered(0, "")
            if 200 <= found.status < 500:
                self.tripwire(bot, activity, found.body)
                return found
            self.redelivered += 1
            await asyncio.sleep(0.05)
