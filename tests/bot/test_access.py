"""Who may use the bot, how rarely Teams is asked about it, and what happens when it is silent."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import aiohttp
import pytest

from bot.access import Doorkeeper, Standing
from bot.connector import Connector
from bot.connector_transport import ConnectorLimits
from bot.room import Room
from bot.tokens import NoToken
from retention.domain.people import Directory, Person, PersonId
from tests.bot.fake_clock import FakeClock
from tests.fake_connector import FakeConnector, RosterMember

TENANT = "7f3a1c52-8d0e-4b6f-9a41-2c5e8b7d9013"
CARLA = RosterMember("29:carla", "c0ffee", "Carla Dias")
LISTED = PersonId("1157ed")
ROOM = Room(
    bot_id="28:bot",
    tenant_id=TENANT,
    team_id="19:team@thread.tacv2",
    team_group_id="",
    channel_id="19:channel@thread.tacv2",
    channel_name="Canal",
)


@pytest.fixture
async def teams():
    async with FakeConnector([CARLA]) as fake:
        yield fake


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def make_doorkeeper(clock):
    async with aiohttp.ClientSession() as session:

        def make(**options):
            connector = Connector(
                session=session,
                tokens=NoToken(),
                limits=ConnectorLimits(tries=1),
                allowed_hosts=None,
            )
            directory = Directory([Person(LISTED, "Ana Souza", frozenset())])
            return Doorkeeper(
                connector=connector, directory=directory, room=ROOM, clock=clock, **options
            )

        yield make


@pytest.fixture
def ask(make_doorkeeper, teams):
    doorkeeper = make_doorkeeper()

    async def ask(person=CARLA.object_id):
        return await doorkeeper.standing(PersonId(person), service_url=teams.service_url)

    return ask


class TestStanding:
    async def test_whoever_is_listed_is_never_asked_about(self, ask, teams):
        assert await ask(LISTED) is Standing.MEMBER
        assert teams.calls == []

    async def test_a_member_of_the_team_is_welcome(self, ask, teams):
        assert await ask() is Standing.MEMBER
        assert [call.conversation_id for call in teams.calls] == [ROOM.team_id]

    async def test_somebody_else_of_the_tenant_is_a_stranger(self, ask):
        assert await ask("somebody-else") is Standing.STRANGER

    @pytest.mark.parametrize(
        "guest",
        [
            {"role": "guest"},
            {"role": "anonymous"},
            {"sign_in_name": "carla_gmail.com#EXT#@empresa.onmicrosoft.com"},
            {"tenant_id": "99999999-9999-9999-9999-999999999999"},
        ],
    )
    async def test_a_guest_is_told_apart_however_teams_marks_them(self, ask, teams, guest):
        teams.roster = [replace(CARLA, **guest)]

        assert await ask() is Standing.GUEST


class TestRemembering:
    async def test_a_member_is_asked_about_once_in_an_hour(self, ask, teams, clock):
        for _ in range(5):
            await ask()
            clock.now += 719.0
        assert len(teams.calls) == 1

        clock.now += 10.0
        await ask()

        assert len(teams.calls) == 2

    async def test_whoever_is_added_to_the_team_comes_in_a_minute_later(self, ask, teams, clock):
        teams.roster = []
        assert await ask() is Standing.STRANGER
        teams.roster = [CARLA]
        assert await ask() is Standing.STRANGER

        clock.now += 60.0

        assert await ask() is Standing.MEMBER

    async def test_many_presses_at_once_ask_once(self, ask, teams):
        standings = await asyncio.gather(*(ask() for _ in range(64)))

        assert set(standings) == {Standing.MEMBER}
        assert len(teams.calls) == 1

    async def test_each_is_asked_about_for_themselves(self, ask):
        standings = await asyncio.gather(ask(), ask("somebody-else"))

        assert tuple(standings) == (Standing.MEMBER, Standing.STRANGER)


class TestTrouble:
    @pytest.mark.parametrize(
        "fault",
        [
            {"status": 503},
            {"status": 500},
            {"status": 429},
            {"status": 403, "json": {"error": {"code": "BotNotInConversationRoster"}}},
            {"status": 404, "json": {"error": {"code": "ConversationNotFound"}}},
        ],
    )
    async def test_who_cannot_be_checked_stays_outside_until_it_can(self, ask, teams, fault):
        teams.inject(path="/members/", **fault)

        assert await ask() is Standing.UNKNOWN
        assert await ask() is Standing.MEMBER

    async def test_a_press_waits_no_longer_than_its_patience_and_the_next_one_knows(
        self, make_doorkeeper, teams
    ):
        doorkeeper = make_doorkeeper(patience_seconds=0.05)
        teams.inject(path="/members/", delay=0.2)
        carla = PersonId(CARLA.object_id)

        first = await doorkeeper.standing(carla, service_url=teams.service_url)
        await doorkeeper._asking[carla]()
        second = await doorkeeper.standing(carla, service_url=teams.service_url)

        assert first is Standing.UNKNOWN
        assert second is Standing.MEMBER
        assert len(teams.calls) == 1
