import asyncio

import pytest

from retention.effects.durable import DurableEffects
from retention.storage.engine import open_engines
from retention.storage.migrations import migrate
from tests.databases import KINDS, database_of
from tests.fakes import FakeGraveyard


def served_before(url):
    """Migrate, and let the engine make its own tables and its queue."""

    async def serve():
        engines = open_engines(url)
        effects = DurableEffects(app=engines.app, system=engines.sync)
        await effects.start({}, FakeGraveyard())
        await effects.stop()
        await engines.dispose()

    migrate(url)
    asyncio.run(serve())


@pytest.fixture
def sqlite_url(tmp_path):
    yield from database_of("sqlite", tmp_path, served_before)


@pytest.fixture
def postgres_url(tmp_path):
    yield from database_of("postgresql", tmp_path, served_before)


@pytest.fixture(params=KINDS)
def database_url(request, tmp_path):
    """The address of a database that served a process before, on each kind."""
    yield from database_of(request.param, tmp_path, served_before)
