"""The real `app.py serve` in a process of its own, which can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.scenarios.office import Office

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 30


class Outside:
    """Posts to a bot in another process, as aiohttp's TestClient does to one in this."""

    def __init__(self, session, url):
        self._session, self._url = session, url

    def post(self, path, *, json):
        return self._session.post(f"{self._url}{path}", json=json)


@asynccontextmanager
async def serving(database, teams, port, *, log=None, **environment):
    """A real `app.py serve`; leaving kills it with SIGKILL. `log` is a file for its stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "app.py",
        "serve",
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DATABASE_URL": f"sqlite:///{database}",
            "PORT": str(port),
            "LOG_LEVEL": "ERROR",
            **environment,
        },
        stderr=log,
    )
    try:
        async with aiohttp.ClientSession() as session:
            await _healthy(session, port)
            yield Office(Outside(session, f"http://127.0.0.1:{port}"), teams, database)
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def _healthy(session, port):
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/healthz") as response:
                    assert response.status == 200
                    return
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.05)
