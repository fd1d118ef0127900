"""`kill -9` between the commit and the sends loses nothing: shown with the real process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.scenarios.office import FACTS, Office

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 30


class Outside:
    """Posts to a bot in another process, as aiohttp's TestClient does to one in this."""

    def __init__(self, session, url):
        self._session, self._url = session, url

    def post(self, path, *, json):
        return self._session.post(f"{self._url}{path}", json=json)


@asynccontextmanager
async def serving(database, teams, port):
    """A real `app.py serve`; leaving kills it with SIGKILL."""
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
        },
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


async def test_a_case_registered_just_before_the_kill_reaches_its_thread(
    tmp_path, teams, unused_tcp_port
):
    database = tmp_path / "bot.db"
    async with serving(database, teams, unused_tcp_port) as office:
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
        teams.inject(status=503, times=None)
        answer = await office.press("Ana Souza", thread, "Registrar caso", on=second)
    assert answer.status == 200
    assert office.texts(thread) == []
    teams.clear_faults()

    async with serving(database, teams, unused_tcp_port) as office:
        await teams.until(lambda: office.texts(thread), timeout=10)
        await office.settle()

    assert len(office.texts(thread)) == 1
    assert teams.thread(thread)[-1].mentions == ["29:fin-fernanda", "29:rc-bruno"]


async def test_a_send_whose_answer_was_lost_with_the_process_happens_at_most_twice(
    tmp_path, teams, unused_tcp_port
):
    database = tmp_path / "bot.db"
    async with serving(database, teams, unused_tcp_port) as office:
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
        teams.inject(method="POST", path="/activities", delay=30, delivered=True)
        await office.press("Ana Souza", thread, "Registrar caso", on=second)
        await teams.until(lambda: office.texts(thread))

    async with serving(database, teams, unused_tcp_port) as office:
        await teams.until(lambda: office.texts(thread), timeout=10)
        await office.settle()

    ledger = office.rows("SELECT key, state FROM effect_ledger")
    assert 1 <= len(office.texts(thread)) <= 2
    assert ledger == [("RET-0001:1:case_thread:reply", "sent")]
