"""What reports count, held by the fake, by SQLite and by PostgreSQL alike."""

from dataclasses import replace
from datetime import timedelta

from retention.domain.case_marks import Marks
from retention.domain.report import Span
from tests.contracts.test_unit_of_work import change, start, write  # noqa: F401 - a fixture
from tests.samples import FERNANDA, LOST, MONDAY, case

DAY = timedelta(days=1)
SPAN = Span(MONDAY, MONDAY + 7 * DAY)


async def end(start, number, at, **ending):  # noqa: F811 - the fixture
    await change(start, number, lambda known: known.claim(by=FERNANDA, at=at))
    given = {"outcome": LOST} | ending
    await change(start, number, lambda known: known.record_outcome(by=FERNANDA, at=at, **given))


async def test_a_span_holds_what_began_or_ended_in_it(start):  # noqa: F811 - the fixture
    days = {1: -30, 2: -2, 3: 3, 4: 9, 5: -1}
    await write(start, *(case(number, at=MONDAY + day * DAY) for number, day in days.items()))
    await end(start, 1, MONDAY - 20 * DAY)
    await end(start, 2, MONDAY)
    await end(start, 5, SPAN.until)

    async with start() as uow:
        found = await uow.figures.between(SPAN)

    assert [each.line.number for each in found] == [2, 3]


async def test_the_marks_come_back_as_the_history_has_them(start):  # noqa: F811 - the fixture
    await write(start, case())
    await end(start, 1, MONDAY + DAY, outcome=replace(LOST, lesson=""), override="Sumiu de vez")

    async with start() as uow:
        [found] = await uow.figures.between(SPAN)
        known = await uow.cases.get(found.line.number)

    assert found.marks == Marks.of(known.history)
    assert found.marks.by_exception
    assert found.value == known.facts.monthly_value


async def test_what_was_open_at_a_moment_may_have_ended_since(start):  # noqa: F811 - the fixture
    await write(start, *(case(number, at=MONDAY + number * DAY) for number in (1, 2, 3)))
    await end(start, 1, MONDAY + 5 * DAY)
    await end(start, 2, MONDAY + 3 * DAY)

    async with start() as uow:
        found = await uow.figures.open_at(MONDAY + 4 * DAY)
        before = await uow.figures.open_at(MONDAY + 2 * DAY)

    assert [each.line.number for each in found] == [1, 3]
    assert [each.line.number for each in before] == [1, 2]


async def test_an_exception_is_listed_until_it_was_seen(start):  # noqa: F811 - the fixture
    await write(start, case(1), case(2))
    await end(start, 1, MONDAY)
    await end(start, 2, MONDAY, outcome=replace(LOST, lesson=""), override="Sumiu de vez")

    async with start() as uow:
        found = await uow.figures.exceptions()

    assert [each.line.number for each in found] == [2]


async def test_what_was_counted_before_a_case_began_anew_is_found_by_its_month(start):  # noqa: F811 - the fixture
    await write(start, case(), case(2, at=MONDAY - 60 * DAY))
    for number in (1, 2):
        await change(start, number, lambda known: known.claim(by=FERNANDA, at=MONDAY))
    for number in (1, 2):
        await change(
            start,
            number,
            lambda known: known.give_back(by=FERNANDA, at=MONDAY + 40 * DAY, why="Férias"),
        )

    async with start() as uow:
        found = await uow.figures.between(SPAN)
        after = await uow.figures.between(Span(SPAN.until, MONDAY + 90 * DAY))

    assert [each.line.number for each in found] == [2, 1]
    assert [each.claim_within(SPAN)[1] for each in found] == [MONDAY, MONDAY]
    assert after == []
