"""A process dies after Teams took its message, before the ledger could say so: is it sent again?"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.connector import Connector
from bot.connector_transport import ConnectorLimits
from bot.graph import ChannelReader
from bot.members import Members
from bot.room import Room
from bot.service_url import ServiceUrl
from bot.threads import TeamsThreads
from bot.tokens import NoToken
from config.playbooks import load_playbooks
from retention.domain.draft import Place
from retention.services.case_thread import CaseThreadSubscriber
from retention.services.cases import CaseService
from retention.services.playbooks import PlaybookService
from retention.services.ports.failures import TransientError
from retention.storage.engine import open_engines
from retention.storage.ledger import SqlLedger
from tests.business import CLOCK
from tests.cards.drawn import drawn
from tests.databases import sqlite_url  # noqa: F401 - fixture
from tests.fake_connector import FakeConnector, RosterMember
from tests.fake_graph import APP_ID, CHANNEL, TEAM, TOKEN, FakeGraph
from tests.fakes import FakeClock, Memory
from tests.samples import ANA, FERNANDA, HANDED_OVER, RENATO, directory, draft, facts

LEADS = [RosterMember(f"29:{lead.id}", lead.id, lead.name) for lead in (FERNANDA, RENATO)]


class Bearer:
    async def token(self):
        return TOKEN


@pytest.fixture
async def teams():
    async with FakeConnector(LEADS) as fake:
        yield fake


@pytest.fixture
async def graph(teams):
    async with FakeGraph(teams) as fake:
        yield fake


class Town:
    """One database and one Teams; processes come and go."""

    def __init__(self, teams, graph, session, engines):
        self._teams, self._graph, self._session, self._engines = teams, graph, session, engines
        self._memory = Memory()
        self._clock = FakeClock(datetime.now(UTC))

    async def register(self, place):
        """Register a request; returns the effect that tells Teams."""
        begun = draft(place=place)
        async with self._memory.unit_of_work() as uow:
            await uow.drafts.start(begun, source=begun.id)
            await uow.commit()
        start = self._memory.unit_of_work
        cases = CaseService(
            uow=start,
            clock=self._clock,
            directory=directory(),
            playbooks=PlaybookService(uow=start, clock=self._clock, current=load_playbooks()),
        )
        await cases.open(actor=ANA, draft=begun, facts=facts(), judgement=HANDED_OVER)
        return next(each for each in self._memory.effects if each.subscriber == "case_thread")

    def process(self, *, reads_back):
        """Start a process that knows nothing but what is written down."""
        reader = ChannelReader(
            session=self._session,
            tokens=Bearer(),
            app_id=APP_ID,
            team_group_id=TEAM,
            channel_id=CHANNEL,
            base_url=self._graph.base_url,
            sleep=_at_once,
        )
        connector = Connector(
            session=self._session, tokens=NoToken(), limits=ConnectorLimits(), allowed_hosts=None
        )
        threads = TeamsThreads(
            connector=connector,
            members=Members(connector),
            room=Room(f"28:{APP_ID}", "t", "19:team", TEAM, CHANNEL, "Canal"),
            draw=drawn,
            service_url=ServiceUrl(None),
            reader=reader if reads_back else None,
        )
        return CaseThreadSubscriber(
            uow=self._memory.unit_of_work,
            threads=threads,
            ledger=SqlLedger(self._engines.notes),
            directory=directory(),
            business=CLOCK,
        )

    @property
    def messages(self):
        """How many messages of the bot people see in each thread of the channel."""
        return sorted(
            len(self._teams.thread(thread))
            for thread in self._teams.conversations()
            if thread.startswith(CHANNEL)
        )


@pytest.fixture
async def town(teams, graph, sqlite_url):  # noqa: F811 - the fixture
    engines = open_engines(sqlite_url)
    async with aiohttp.ClientSession() as session:
        yield Town(teams, graph, session, engines)
    await engines.dispose()


@pytest.fixture(params=["reply", "root"])
async def effect(request, town, teams):
    """An effect whose first new message is a reply, or the root of a thread.

    The case was registered in the channel, where its form stands, or in a chat.
    """
    service_url = teams.service_url
    place = Place(service_url, "a:chat", is_channel=False, message="1")
    if request.param == "reply":
        connector = f"{service_url}v3/conversations/{CHANNEL};messageid=1/activities"
        async with aiohttp.ClientSession() as session:
            answer = await session.post(connector, json={"type": "message", "text": "form"})
            message = (await answer.json())["id"]
        place = Place(service_url, f"{CHANNEL};messageid=1", is_channel=True, message=message)
    return await town.register(place)


async def _at_once(_seconds):
    """Wait for nothing."""


async def _run(process, effect):
    await process(key=effect.key, number=effect.number, version=effect.version)


async def _die_after_teams_took_it(teams, process, effect):
    held = teams.hold(lambda call: call.method == "POST", "accepted")
    dying = asyncio.create_task(_run(process, effect))
    await held.reached.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    held.release()


@pytest.mark.parametrize(("reads_back", "expected"), [(True, 2), (False, 3)])
async def test_whoever_reads_back_after_a_death_repeats_nothing(
    town, teams, effect, reads_back, expected
):
    await _die_after_teams_took_it(teams, town.process(reads_back=True), effect)

    await _run(town.process(reads_back=reads_back), effect)

    assert sum(town.messages) == expected


@pytest.mark.parametrize(("reads_back", "expected"), [(True, 2), (False, 3)])
async def test_whoever_reads_back_after_a_lost_answer_repeats_nothing(
    town, teams, effect, reads_back, expected
):
    process = town.process(reads_back=reads_back)
    teams.inject(method="POST", drop=True, delivered=True)
    with pytest.raises(TransientError):
        await _run(process, effect)

    await _run(process, effect)

    assert sum(town.messages) == expected


async def test_nothing_is_read_while_all_goes_well(town, graph, effect):
    await _run(town.process(reads_back=True), effect)

    assert sum(town.messages) == 2
    assert graph.requests == []


async def test_without_the_permission_all_goes_on_as_without_reading(town, teams, graph, effect):
    graph.permitted = False
    await _die_after_teams_took_it(teams, town.process(reads_back=True), effect)

    await _run(town.process(reads_back=True), effect)

    assert sum(town.messages) == 3
    assert len(graph.requests) == 1
