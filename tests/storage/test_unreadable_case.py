"""A case that a newer version of the program wrote, read by this one."""

import pytest
import sqlalchemy as sa

from retention.domain.case import CaseNumber
from retention.domain.events import ClaimEscalated
from retention.services.reminders import ReminderService
from retention.services.subscriptions import add_case
from retention.storage.engine import open_engines
from retention.storage.tables import case_events
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.business import CLOCK, here, team_of
from tests.fakes import FakeClock
from tests.samples import ANA, case


async def no_effects(_connection, _effect):
    """This test is about rows."""


@pytest.fixture
async def engines(database_url):
    engines = open_engines(database_url)
    yield engines
    await engines.dispose()


async def test_the_clocks_of_the_other_cases_go_on(engines):
    def start():
        return SqlUnitOfWork(engines.app, no_effects)

    clock = FakeClock()
    clock.now = here(24, 14)
    async with start() as uow:
        for _ in range(2):
            number, _ = await uow.cases.next_number(ANA.id)
            await add_case(uow, case(number, at=clock.now))
        await uow.commit()
    async with engines.app.begin() as connection:
        newest = sa.select(
            case_events.c.number,
            sa.literal(2),
            sa.literal("FromTheFuture"),
            *(case_events.c[name] for name in ("data", "at", "by_id", "by_name", "hash")),
        ).where(case_events.c.number == 1)
        names = ("number", "version", "type", "data", "at", "by_id", "by_name", "hash")
        await connection.execute(sa.insert(case_events).from_select(names, newest))
    reminders = ReminderService(uow=start, business=CLOCK, clock=clock, team=team_of(start, clock))

    clock.now = here(24, 14, 16)
    await reminders.look()

    async with start() as uow:
        other = await uow.cases.get(CaseNumber(2))
        left = await uow.alarms.rung(now=clock.now, limit=9)
    assert isinstance(other.history[-1], ClaimEscalated)
    assert [alarm.number for alarm in left] == [2]
