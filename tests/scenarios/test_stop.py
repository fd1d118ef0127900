"""SIGTERM to the real process: what is in hand is finished, and nobody waits for it for long."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa

from retention.storage.engine import open_engines
from tests.databases import database_url  # noqa: F401 - a fixture
from tests.scenarios.office import FACTS, Office
from tests.scenarios.process import ROOT, Outside, _healthy

LONGEST_STOP_SECONDS = 5.0
HELD_SECONDS = 2.0


@asynccontextmanager
async def serving(url, teams, port):
    """A real `app.py serve`: its process, and the people who use it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "app.py",
        "serve",
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DATABASE_URL": url,
            "PORT": str(port),
            "LOG_LEVEL": "ERROR",
        },
    )
    try:
        async with aiohttp.ClientSession() as session:
            await _healthy(session, port)
            outside = Outside(session, f"http://127.0.0.1:{port}")
            yield process, Office(outside, teams, Path())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
async def ledger(database_url):  # noqa: F811 - the fixture
    """What the ledger says, asked of the database itself."""
    engines = open_engines(database_url)

    async def ledger():
        async with engines.app.connect() as connection:
            found = await connection.execute(sa.text("SELECT key, state FROM effect_ledger"))
            return [tuple(row) for row in found]

    yield ledger
    await engines.dispose()


async def test_a_post_that_is_held_is_finished_and_the_process_ends_in_time(
    database_url,  # noqa: F811 - the fixture
    ledger,
    teams,
    unused_tcp_port,
):
    async with serving(database_url, teams, unused_tcp_port) as (process, office):
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
        teams.inject(method="POST", path="/activities", delay=HELD_SECONDS, delivered=True)
        await office.press("Ana Souza", thread, "Registrar caso", on=second)
        await teams.until(lambda: office.texts(thread), timeout=20)
        before = await ledger()

        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = await process.wait()
        took = time.monotonic() - began

    key = "RET-0001:1:case_thread:reply"
    assert before == [(key, "sending")]
    assert await ledger() == [(key, "sent")]
    assert code == 0
    assert took < LONGEST_STOP_SECONDS
    assert len(office.texts(thread)) == 1
