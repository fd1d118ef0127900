from __future__ import annotations

import pytest

from dev.salesforce import FakeSalesforce
from tests.databases import KINDS, database_of
from tests.fake_connector import FakeConnector
from tests.scenarios.office import ROSTER, at, open_office, used_before


@pytest.fixture
async def teams():
    async with FakeConnector(ROSTER) as fake:
        yield fake


@pytest.fixture
def sqlite_url(tmp_path):
    """The address of a SQLite file that a bot has served before."""
    yield from database_of("sqlite", tmp_path, used_before)


@pytest.fixture
def postgres_url(tmp_path):
    """The address of a PostgreSQL database that a bot has served before."""
    yield from database_of("postgresql", tmp_path, used_before)


@pytest.fixture
async def salesforce():
    async with FakeSalesforce(clock=lambda: at(14, 2)) as fake:
        fake.register("retencao", secret="s")
        yield fake


@pytest.fixture(params=KINDS)
def database_url(request, tmp_path):
    """The address of a database that a bot has served before, on each kind."""
    yield from database_of(request.param, tmp_path, used_before)


@pytest.fixture
def no_refill(monkeypatch):
    """Ask before `office`: whoever has asked too often waits, however slow the machine is."""
    monkeypatch.setenv("PERSON_TURNS_AT_ONCE", "20")
    monkeypatch.setenv("PERSON_TURNS_PER_SECOND", "0.001")


@pytest.fixture
async def office(database_url, teams):
    async with open_office(database_url, teams) as running:
        yield running
