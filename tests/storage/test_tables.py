"""What the database itself guarantees, whoever writes to it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from retention.domain.case import CaseNumber
from retention.services.subscriptions import add_case
from retention.storage.engine import open_engines
from retention.storage.ledger import SqlLedger
from retention.storage.tables import APPEND_ONLY, audit, effect_ledger, metadata
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.samples import ANA, MONDAY, case


async def no_effects(_connection, _effect):
    """These tests are about rows."""


@pytest.fixture
async def engines(database_url):
    engines = open_engines(database_url)
    async with SqlUnitOfWork(engines.app, no_effects) as uow:
        await add_case(uow, case())
        await uow.audit.refused(
            at=MONDAY, by=ANA.ref, action="claim", number=CaseNumber(1), why="NotAllowed"
        )
        await uow.commit()
    yield engines
    await engines.dispose()


@pytest.mark.parametrize("name", [table.name for table in APPEND_ONLY])
async def test_history_is_never_changed_or_deleted(engines, name):
    table = metadata.tables[name]

    for change in (sa.update(table).values(by_name="Nobody"), sa.delete(table)):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            async with engines.app.begin() as connection:
                await connection.execute(change)


@pytest.mark.parametrize("name", [table.name for table in APPEND_ONLY])
async def test_history_is_not_replaced_either(engines, name):
    table = metadata.tables[name]
    async with engines.app.connect() as connection:
        [row] = await connection.execute(sa.select(table))
    forged = row._asdict() | {"by_name": "Nobody"}
    if engines.app.engine.dialect.name == "sqlite":
        replace = sa.insert(table).prefix_with("OR REPLACE").values(forged)
    else:
        key = [column.name for column in table.primary_key]
        replace = postgresql.insert(table).values(forged)
        replace = replace.on_conflict_do_update(index_elements=key, set_={"by_name": "Nobody"})

    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        async with engines.app.begin() as connection:
            await connection.execute(replace)


async def test_a_refused_action_is_written_down(engines):
    async with engines.app.connect() as connection:
        (row,) = await connection.execute(sa.select(audit))

    assert row[:-1] == (1, MONDAY, "ana", "Ana Souza", "claim", 1, "NotAllowed")


async def test_the_ledger_says_sending_until_the_receiver_has_answered(engines):
    ledger = SqlLedger(engines.notes)
    states = []

    async def send():
        states.append(await state())
        return "m1"

    async def state():
        async with engines.app.connect() as connection:
            found = await connection.execute(sa.select(effect_ledger))
            return tuple(found.one())

    await ledger.once("e1:reply", send)
    states.append(await state())

    assert states == [("e1:reply", "e1", "sending", None), ("e1:reply", "e1", "sent", "m1")]


async def test_another_process_looks_for_what_a_dead_one_was_sending(engines):
    async def die():
        raise ZeroDivisionError

    async def find():
        return "m1"

    with pytest.raises(ZeroDivisionError):
        await SqlLedger(engines.notes).once("e1:reply", die)

    assert await SqlLedger(engines.notes).once("e1:reply", die, find) == "m1"
    async with engines.app.connect() as connection:
        (row,) = await connection.execute(sa.select(effect_ledger))
    assert row == ("e1:reply", "e1", "sent", "m1")
