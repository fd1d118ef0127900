"""The bots of a benchmark: started on a core of their own, looked at from outside, stopped."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.isolation import Isolation
from bench.world import APP_ID, APP_PASSWORD, CHANNEL, TEAM, TENANT

ROOT = Path(__file__).parent.parent
_PEERS = Path(__file__).parent / "peers"
_START_SECONDS = 120.0
_STOP_SECONDS = 20.0
_SETTINGS = {
    "PYTHONPATH": str(ROOT),
    "LOG_FORMAT": "json",
    "DIGEST_AT": "11:59",  # not in between
    "PERSON_TURNS_AT_ONCE": "1000000",
    "CHANNEL_SENDS_PER_SECOND": "1000000",
    "CHANNEL_SENDS_PER_30_SECONDS": "30000000",
    "CONNECTOR_TIMEOUT_SECONDS": "30",
}
_PRODUCTION = {
    "MODE": "production",
    "PUBLIC_URL": "https://bench.example",
    "APP_ID": APP_ID,
    "APP_PASSWORD": APP_PASSWORD,
    "TENANT_ID": TENANT,
    "TEAM_ID": TEAM,
    "CHANNEL_ID": CHANNEL,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A program to measure, without its port and its database."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


def _peer(name: str, program: str) -> Kind:
    command = (sys.executable, str(_PEERS / program))
    return Kind(name, command, {"CARD": str(_PEERS / "card.json")})


ECHO = _peer("B", "echo.py")
FLOOR = _peer("F", "floor.py")
OURS = Kind("ours", (sys.executable, "app.py", "serve"), _SETTINGS)


_OURS_HELD = (sys.executable, "-m", "bench.watched")
OURS_IDLE = Kind("ours", _OURS_HELD, {**_SETTINGS, "BENCH_ENGINE": "off"})
"""Our bot with an engine that runs no effect."""


def ours_watched(lags: Path) -> Kind:
    """Our bot with its loop watched."""
    return Kind("ours", _OURS_HELD, {**_SETTINGS, "BENCH_LAGS": str(lags)})


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has used: CPU seconds so far; memory now and at most, in MiB."""

    cpu: float
    rss: float
    peak: float
    files: int


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that serves. `started` is `time.perf_counter` when its process was begun."""

    pid: int
    port: int
    database: Path
    started: float

    def usage(self) -> Usage:
        """Read it from the kernel. CPU in nanoseconds per thread, if no thread has ended since."""
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{self.pid}/status").read_text().splitlines()
        )
        nanoseconds = sum(
            int(path.read_text().split()[0])
            for path in Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        )
        ticks = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        of_process = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
        return Usage(
            cpu=max(nanoseconds / 1e9, of_process),
            rss=_mebibytes(status["VmRSS"]),
            peak=_mebibytes(status["VmHWM"]),
            files=sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir()),
        )


def _mebibytes(kilobytes: str) -> float:
    return int(kilobytes.split(maxsplit=1)[0]) / 1024


def pin_harness() -> None:
    """Leave the last core to the bots, where there is more than one."""
    cores = os.sched_getaffinity(0)
    if len(cores) > 1:
        os.sched_setaffinity(0, cores - {max(cores)})


def _tied(command: Sequence[str]) -> Sequence[str]:
    """Let a program end with the harness, however that ends, and keep it on the last core."""
    if shutil.which("setpriv"):
        command = ("setpriv", "--pdeathsig", "KILL", *command)
    cores = os.cpu_count() or 1
    if cores > 1 and shutil.which("taskset"):
        command = ("taskset", "--cpu-list", str(cores - 1), *command)
    return command


@asynccontextmanager
async def running(
    kind: Kind, folder: Path, isolation: Isolation | None = None, database: Path | None = None
) -> AsyncIterator[Bot]:
    """Run a bot from its start until it has ended by itself; with auth, if isolated.

    What it says goes to a log in the folder. Raises RuntimeError when it does not serve in time.
    """
    port = _free_port()
    database = database or folder / "bench.db"
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{database}",
        **kind.environment,
    }
    command = kind.command
    if isolation is not None:
        command = isolation.command(command)
        environment |= {**_PRODUCTION, **isolation.environment}
    log_path = folder / f"{kind.name}.log"
    with log_path.open("ab") as log:
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *_tied(command), cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        await _serving(process, port, log_path)
        yield Bot(process.pid, port, database, started)
    finally:
        await _stop(process)


async def _serving(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    give_up_at = time.perf_counter() + _START_SECONDS
    while time.perf_counter() < give_up_at and process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.005)
        else:
            writer.close()
            return
    raise RuntimeError(f"a bot did not start: see {log}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
