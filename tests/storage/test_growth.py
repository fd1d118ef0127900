"""Reading stays along the indexes and inside its limit, however many cases there are."""

import pytest
import sqlalchemy as sa

from retention.domain.report import Span
from retention.services.ports.cases import CaseFilter
from retention.services.subscriptions import add_case
from retention.storage.engine import open_engines
from retention.storage.tables import case_words, cases
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.samples import ANA, MONDAY, case

MANY = 1_200


async def no_effects(_connection, _effect):
    """These tests are about rows."""


@pytest.fixture
async def start(database_url):
    """A database in which every customer is a bakery, and the fiftieth is also called Aurora."""
    engines = open_engines(database_url)

    def unit_of_work():
        return SqlUnitOfWork(engines.app, no_effects)

    async with unit_of_work() as uow:
        await add_case(uow, case(1, customer="Padaria Um"))
        await uow.commit()
    async with engines.app.begin() as connection:
        (first,) = (await connection.execute(sa.select(cases))).mappings()
        rows = [
            {
                **first,
                "number": number,
                "draft_id": f"d{number}",
                "crm_case_number": f"{number:08d}",
                "customer": f"Padaria {number}",
                "customer_words": f" padaria {'aurora' if number == 50 else number}",
            }
            for number in range(2, MANY + 1)
        ]
        await connection.execute(sa.insert(cases), rows)
        words = [
            {"word": word, "number": row["number"]}
            for row in rows
            for word in row["customer_words"].split()
        ]
        await connection.execute(sa.insert(case_words), words)
    yield unit_of_work
    await engines.dispose()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("padaria", [MANY, MANY - 1, MANY - 2]),
        ("pad aurora", [50]),
        ("padaria pad", [MANY, MANY - 1, MANY - 2]),
        ("um", [1]),
        ("padaria pizza", []),
    ],
)
async def test_common_and_rare_words_find_the_newest_cases(start, text, numbers):
    async with start() as uow:
        lines = await uow.cases.search(text, limit=3)

    assert [line.number for line in lines] == numbers


async def test_no_read_scans_the_cases(sqlite_url):
    engines = open_engines(sqlite_url)
    statements: list[tuple[str, tuple[object, ...]]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    sa.event.listen(engines.app.engine, "before_cursor_execute", note)
    async with SqlUnitOfWork(engines.app, no_effects) as uow:
        for which in CaseFilter:
            await uow.cases.list(which, person=ANA.id, limit=10)
        await uow.cases.search("padaria sol", limit=10)
        await uow.cases.open_for("00012345")
        await uow.cases.owned_open([ANA.id])
        await uow.cases.closed_for("00012345", limit=3)
        await uow.figures.between(Span(MONDAY, MONDAY))
        await uow.figures.open_at(MONDAY)
        await uow.figures.exceptions()
    sa.event.remove(engines.app.engine, "before_cursor_execute", note)
    with engines.sync.connect() as connection:
        plans = [
            (statement, step.detail)
            for statement, parameters in statements
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    await engines.dispose()

    scans = [plan for plan in plans if plan[1].startswith(("SCAN cases", "SCAN case_", "SCAN thr"))]
    # The partial indexes hold few rows, however many cases were ended: the open ones, oldest first,
    # and the exceptions that nobody has seen.
    few = ("cases_open_by_age", "cases_by_exception")
    assert [plan for plan in scans if not plan[1].endswith(few)] == []


async def test_the_forms_that_never_ended_are_found_by_their_age(sqlite_url):
    engines = open_engines(sqlite_url)
    deletes: list[tuple[str, tuple[object, ...]]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        deletes.append((statement, parameters))

    sa.event.listen(engines.app.engine, "before_cursor_execute", note)
    async with SqlUnitOfWork(engines.app, no_effects) as uow:
        await uow.drafts.forget_unfinished(begun_before=MONDAY, limit=200)
    sa.event.remove(engines.app.engine, "before_cursor_execute", note)
    with engines.sync.connect() as connection:
        plans = [
            step.detail
            for statement, parameters in deletes
            if statement.startswith("DELETE")
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    await engines.dispose()

    assert any("drafts_unfinished_by_age (created_at<?)" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith("SCAN drafts")] == []
