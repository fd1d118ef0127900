"""SIGTERM to the real process: what is in hand is finished, and nobody waits for it for long."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest
import sqlalchemy as sa

from tests.scenarios.office import FACTS, buttons
from tests.scenarios.process import serving

LONGEST_STOP_SECONDS = 5.0
HELD_SECONDS = 2.0
LEDGER = "SELECT key, state FROM effect_ledger"


async def test_a_post_that_is_held_is_finished_and_the_process_ends_in_time(
    database_url, teams, unused_tcp_port
):
    async with serving(database_url, teams, unused_tcp_port) as ([process], office):
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
        teams.inject(method="POST", path="/activities", delay=HELD_SECONDS, delivered=True)
        await office.press("Ana Souza", thread, "Registrar caso", on=second)
        await teams.until(lambda: office.texts(thread), timeout=20)
        before = office.rows(LEDGER)

        began = time.monotonic()
        process.terminate()
        await asyncio.to_thread(process.join)
        took = time.monotonic() - began

    key = "RET-0001:1:case_thread:reply"
    assert before == [(key, "sending")]
    assert office.rows(LEDGER) == [(key, "sent")]
    assert process.exitcode == 0
    assert took < LONGEST_STOP_SECONDS
    assert len(office.texts(thread)) == 1


async def test_a_turn_in_hand_is_finished_while_effects_are_and_both_in_the_same_time(
    database_url, teams, unused_tcp_port
):
    async with serving(database_url, teams, unused_tcp_port) as ([process], office):
        thread = await office.say("Ana Souza", "/cancelamento")
        second = (await office.press("Ana Souza", thread, "Continuar", FACTS)).card
        teams.inject(method="POST", path="/activities", times=2, delay=HELD_SECONDS, delivered=True)
        await office.press("Ana Souza", thread, "Registrar caso", on=second)
        await teams.until(lambda: office.texts(thread), timeout=20)
        before = len(teams.conversations())
        turn = asyncio.create_task(office.say("Bruno Carvalho", "/cancelamento"))
        await teams.until(lambda: len(teams.conversations()) > before, timeout=20)

        began = time.monotonic()
        process.terminate()
        other_thread = await turn
        await asyncio.to_thread(process.join)
        took = time.monotonic() - began

    assert process.exitcode == 0
    assert took < LONGEST_STOP_SECONDS
    assert len(office.texts(thread)) == 1
    assert "Continuar" in buttons(office.card(other_thread))
    assert {state for _, state in office.rows(LEDGER)} == {"sent"}


async def test_a_turn_that_hangs_keeps_nobody_from_stopping(sqlite_url, teams, unused_tcp_port):
    async with serving(sqlite_url, teams, unused_tcp_port) as ([process], office):
        hold = teams.hold(lambda call: call.kind == "send", "asked")
        turn = asyncio.create_task(office.say("Bruno Carvalho", "/cancelamento"))
        await hold.reached.wait()

        began = time.monotonic()
        process.terminate()
        await asyncio.to_thread(process.join)
        took = time.monotonic() - began

    assert took < LONGEST_STOP_SECONDS
    assert process.exitcode == 0
    with pytest.raises(aiohttp.ClientError):
        await turn


class Line:
    """A line to a PostgreSQL, which can be cut."""

    def __init__(self, url):
        self._url = sa.make_url(url)
        self._writers = []

    async def lay(self):
        """Returns the address of the database at the other end."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        url = self._url.set(host="127.0.0.1", port=port, query={})
        return url.render_as_string(hide_password=False)

    def cut(self):
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _join(self, reader, writer):
        socket = f"{self._url.query['host']}/.s.PGSQL.5432"
        there, back = await asyncio.open_unix_connection(socket)
        self._writers += [writer, back]
        await asyncio.gather(_pass(reader, back), _pass(there, writer), return_exceptions=True)


async def _pass(reader, writer):
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def test_a_database_that_is_gone_keeps_nobody_from_stopping(
    postgres_url, teams, unused_tcp_port
):
    line = Line(postgres_url)
    url = await line.lay()
    async with (
        serving(url, teams, unused_tcp_port) as ([process], _),
        aiohttp.ClientSession() as us,
    ):
        line.cut()
        async with us.get(f"http://127.0.0.1:{unused_tcp_port}/readyz") as response:
            assert response.status == 503

        began = time.monotonic()
        process.terminate()
        await asyncio.to_thread(process.join, 3 * LONGEST_STOP_SECONDS)
        took = time.monotonic() - began

        assert process.exitcode == 0
        assert took < LONGEST_STOP_SECONDS
