from __future__ import annotations

import aiohttp
import pytest

from bot.connector import Connector
from bot.connector_transport import ConnectorLimits
from bot.members import Members
from bot.tokens import NoToken
from retention.domain.draft import Place
from retention.domain.people import PersonId
from tests.fake_connector import FakeConnector, RosterMember

FERNANDA = RosterMember("29:fernanda", "b1", "Fernanda Lima")


@pytest.fixture
async def teams():
    async with FakeConnector([FERNANDA]) as fake:
        yield fake


@pytest.fixture
async def members(teams):
    async with aiohttp.ClientSession() as session:
        yield Members(
            Connector(
                session=session, tokens=NoToken(), limits=ConnectorLimits(), allowed_hosts=None
            )
        )


@pytest.fixture
def thread(teams):
    return Place(teams.service_url, "19:room@thread.tacv2;messageid=1", is_channel=True)


class TestMriOf:
    async def test_a_person_is_asked_for_once(self, members, teams, thread):
        found = [await members.mri_of(PersonId("b1"), thread) for _ in range(3)]

        assert found == ["29:fernanda"] * 3
        assert len(teams.of_kind("member")) == 1

    async def test_whom_the_entra_id_does_not_find_the_roster_does(self, members, teams, thread):
        teams.inject(path="/members/", status=404, json={"error": {"code": "MemberNotFound"}})

        assert await members.mri_of(PersonId("b1"), thread) == "29:fernanda"

    async def test_a_stranger_has_none(self, members, thread):
        assert await members.mri_of(PersonId("zz"), thread) is None
