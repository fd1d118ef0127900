"""The database and the effects, seen by a visitor who leaves no trace."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from doctor.database import DatabasePatient
from retention.domain.case import CaseNumber
from retention.effects.durable import DurableEffects
from retention.services.ports.effects import BuriedEffect, Effect
from retention.services.subscriptions import CASE_THREAD, CRM, add_case
from retention.storage.engine import open_engines
from retention.storage.lock import SingleProcess
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.databases import KINDS, database_of
from tests.doctor.telling import code_of
from tests.samples import case
from tests.scenarios.office import used_before


@pytest.fixture(params=KINDS)
def served_url(request, tmp_path):
    """The address of a database that a bot has served before, on each kind."""
    yield from database_of(request.param, tmp_path, used_before)


async def looked_at(url, what, *, is_local=False):
    patient = DatabasePatient.at(url, is_local=is_local)
    try:
        return await getattr(patient, what)()
    finally:
        await patient.close()


async def code(url, what, **options):
    return code_of(await looked_at(url, what, **options))


async def write(url, act):
    """Do something in one transaction of the bot."""
    engines = open_engines(url)
    effects = DurableEffects(app=engines.app, system=engines.sync)
    try:
        async with SqlUnitOfWork(engines.app, effects.enqueue) as uow:
            await act(uow)
            await uow.commit()
    finally:
        await engines.dispose()


def execute(url, statement, **values):
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(sa.text(statement), values)
    engine.dispose()


async def enqueue_an_hour_ago(url, subscriber):
    engines = open_engines(url)
    effects = DurableEffects(app=engines.app, system=engines.sync)
    async with engines.app.begin() as connection:
        await effects.enqueue(
            connection,
            Effect(
                subscriber=subscriber,
                key=f"{subscriber}:RET-0001:1",
                lane="RET-0001",
                seq=1,
                number=CaseNumber(1),
                version=1,
            ),
        )
    await engines.dispose()
    table = "workflow_status" if url.startswith("sqlite") else "dbos.workflow_status"
    long_ago = (datetime.now(UTC) - timedelta(hours=1)).timestamp() * 1000
    execute(url, f"UPDATE {table} SET created_at = :at", at=int(long_ago))  # noqa: S608


class TestSchema:
    async def test_a_migrated_database_is_well(self, database_url):
        assert await code(database_url, "schema") == ("OK", "ok")

    async def test_one_without_tables_waits_for_a_migration(self, empty_database_url):
        assert await code(empty_database_url, "schema") == ("FALHA", "old")

    async def test_one_of_a_later_version_is_none_of_ours(self, database_url):
        execute(database_url, "UPDATE alembic_version SET version_num = '9999'")

        assert await code(database_url, "schema") == ("FALHA", "old")

    async def test_a_file_that_is_not_there_is_not_made(self, tmp_path):
        url = f"sqlite:///{tmp_path}/deep/none.db"

        assert await code(url, "schema") == ("FALHA", "missing")
        assert await code(url, "schema", is_local=True) == ("AVISO", "not_yet")
        assert list(tmp_path.iterdir()) == []

    async def test_an_unknown_kind_is_unsupported(self):
        assert await code("mysql://localhost/x", "schema") == ("FALHA", "unsupported")

    async def test_a_server_that_is_not_there_is_unreachable_and_keeps_its_password(self):
        finding = await looked_at("postgresql://bot:sesame@127.0.0.1:9/x", "schema")

        assert code_of(finding) == ("FALHA", "unreachable")
        assert "sesame" not in str(finding.values["why"])


class TestBacklog:
    async def test_after_a_good_day_nothing_waits(self, served_url):
        assert await code(served_url, "backlog") == ("OK", "ok")

    async def test_an_engine_that_never_ran_is_told(self, database_url):
        assert await code(database_url, "backlog") == ("AVISO", "never_ran")

    async def test_what_was_given_up_is_a_warning(self, served_url):
        async def bury(uow):
            await add_case(uow, case())
            await uow.burials.add(
                BuriedEffect(
                    key="case_thread:RET-0001:2",
                    subscriber="case_thread",
                    number=CaseNumber(1),
                    version=2,
                    error="BotBlocked",
                    buried_at=datetime.now(UTC),
                    replays=0,
                )
            )

        await write(served_url, bury)

        assert await code(served_url, "backlog") == ("AVISO", "buried")

    async def test_what_a_thread_waits_for_is_a_failure_after_five_minutes(self, served_url):
        await enqueue_an_hour_ago(served_url, CASE_THREAD)

        finding = await looked_at(served_url, "backlog")

        assert code_of(finding) == ("FALHA", "waiting")
        assert finding.values == {"pending": 1, "minutes": 60}

    async def test_a_crm_that_is_away_is_a_warning(self, served_url):
        await enqueue_an_hour_ago(served_url, CRM)

        finding = await looked_at(served_url, "backlog")

        assert code_of(finding) == ("AVISO", "others_wait")
        assert finding.values == {"pending": 1, "minutes": 60}

    async def test_a_database_that_is_not_ours_is_not_asked(self, empty_database_url):
        assert await code(empty_database_url, "backlog") == ("AVISO", "unasked")

    async def test_without_a_file_nothing_ran_yet(self, tmp_path):
        url = f"sqlite:///{tmp_path}/none.db"

        assert await code(url, "backlog", is_local=True) == ("AVISO", "never_ran")
        assert await code(url, "backlog") == ("AVISO", "unasked")


class TestRecentCase:
    async def test_an_open_case_tells_its_caso(self, served_url):
        async def add(uow):
            await add_case(uow, case())

        await write(served_url, add)

        found = await looked_at(served_url, "some_open_case")

        assert found.crm_case_number == "00000001"

    async def test_without_cases_or_database_there_is_none(self, database_url, tmp_path):
        assert await looked_at(database_url, "some_open_case") is None
        assert await looked_at(f"sqlite:///{tmp_path}/none.db", "some_open_case") is None
        assert await looked_at("postgresql://bot@127.0.0.1:9/x", "some_open_case") is None


async def test_the_visit_changes_nothing_and_passes_a_serving_bot(tmp_path):
    url = next(database_of("sqlite", tmp_path, used_before))
    file = tmp_path / "test.db"
    before = file.read_bytes()

    with SingleProcess(url):
        await asyncio.gather(
            *(looked_at(url, what) for what in ("schema", "backlog", "some_open_case"))
        )

    assert file.read_bytes() == before
