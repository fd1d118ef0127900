"""The real `app.py` in processes of their own, which can be killed.

They are forked from one that has imported it already: that spares each of them two seconds.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import psycopg

import app
from tests.scenarios.office import Office

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 30
NO_MORNING = "11:59"
"""As late as a digest may be: by the real clock, on a business day, one would come in between."""
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


class Outside:
    """Posts to bots in other processes in turn, as aiohttp's TestClient does to one in this."""

    def __init__(self, session, ports):
        self._session, self._ports = session, itertools.cycle(ports)

    def post(self, path, *, json):
        return self._session.post(f"http://127.0.0.1:{next(self._ports)}{path}", json=json)


@asynccontextmanager
async def forked(*arguments, out=None, error=None, **environment):
    """Run `app.py` with these arguments; `out` and `error` are files for what it writes.

    Leaving kills it with SIGKILL, unless it has ended.
    """
    process = _forks.Process(target=_become, args=(arguments, out, error, environment))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.join)


@asynccontextmanager
async def serving(database_url, teams, *ports, log=None, **environment):
    """A real `app.py serve` on each port, and the people who use them in turn.

    Leaving kills them with SIGKILL. `log` is a file for their stderr.
    """
    quiet = {"LOG_LEVEL": "ERROR", "DIGEST_AT": NO_MORNING}
    environment = {"DATABASE_URL": database_url, **quiet, **environment}
    async with AsyncExitStack() as stack:
        processes = [
            await stack.enter_async_context(
                forked("serve", error=log, PORT=str(port), **environment)
            )
            for port in ports
        ]
        session = await stack.enter_async_context(aiohttp.ClientSession())
        for port in ports:
            await _healthy(session, port)
        yield processes, Office(Outside(session, ports), teams, database_url)


def forget_the_dead(database_url):
    """Do at once what peers on PostgreSQL do to a process that was silent for too long."""
    if database_url.startswith("postgresql:"):
        with psycopg.connect(database_url) as connection:
            connection.execute("DELETE FROM executor_beat")


def _become(arguments, out, error, environment):
    """Be `app.py`, in a process that was forked for it."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, error)):
        if path is not None:
            with path.open("ab") as file:
                os.dup2(file.fileno(), number)
    app.main(arguments)


async def _healthy(session, port):
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/healthz") as response:
                    assert response.status == 200
                    return
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.05)
