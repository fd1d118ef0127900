"""The browser tests: one `make run`, on a database of its own, per module."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.playground_driver import Desk

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)
            item.add_marker(pytest.mark.timeout(180))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A running Playground; a module may name another bot as `BOT`, and a `CRM`."""
    database = tmp_path_factory.mktemp("e2e") / "retencao.db"
    url = f"sqlite:///{database}"
    bot, crm = (getattr(request.module, "BOT", None), getattr(request.module, "CRM", "none"))
    async with Desk.start(database_url=url, bot=bot, crm=crm) as started:
        yield started
