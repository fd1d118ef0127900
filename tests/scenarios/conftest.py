from __future__ import annotations

import pytest

from tests.fake_connector import FakeConnector
from tests.scenarios.office import ROSTER, open_office


@pytest.fixture
async def teams():
    async with FakeConnector(ROSTER) as fake:
        yield fake


@pytest.fixture
async def office(tmp_path, teams):
    async with open_office(tmp_path / "bot.db", teams) as running:
        yield running
