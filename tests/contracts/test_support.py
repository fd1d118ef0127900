"""Calls for support, held by the fake, by SQLite and by PostgreSQL alike."""

from dataclasses import replace
from datetime import timedelta

from retention.domain.case import CaseNumber
from retention.domain.support import Asked, SupportCall
from tests.contracts.test_unit_of_work import start, write  # noqa: F401 - a fixture
from tests.samples import ANA, BIA, MONDAY, RENATO, THREAD, case

CALL = SupportCall("c1", ANA.ref, THREAD, None, MONDAY)
LATER = MONDAY + timedelta(minutes=1)


async def begin(start, call):  # noqa: F811 - the fixture
    async with start() as uow:
        begun = await uow.support.begin(call)
        await uow.commit()
    return begun


async def save(start, call, *, read_version, look_at=None):  # noqa: F811 - the fixture
    async with start() as uow:
        saved = await uow.support.save(call, read_version=read_version, look_at=look_at)
        await uow.commit()
    return saved


async def due(start, now):  # noqa: F811 - the fixture
    async with start() as uow:
        return await uow.support.due(now=now, limit=10)


async def test_a_call_comes_back_as_it_was_saved(start):  # noqa: F811 - the fixture
    await write(start, case(1))
    await begin(start, replace(CALL, number=CaseNumber(1)))
    answered = replace(
        CALL,
        number=CaseNumber(1),
        asked=[Asked(RENATO.ref, MONDAY)],
        unanswered_at=LATER,
        answered_by=RENATO.ref,
        answered_at=LATER,
        took_over=True,
        version=3,
    )

    assert await save(start, answered, read_version=0)

    async with start() as uow:
        assert await uow.support.get("c1") == answered
        assert await uow.support.get("c2") is None


async def test_whoever_calls_has_one_open_call(start):  # noqa: F811 - the fixture
    await begin(start, CALL)

    second = await begin(start, replace(CALL, id="c2"))
    other = await begin(start, replace(CALL, id="c3", caller=BIA.ref))
    await save(start, replace(CALL, unanswered_at=LATER, version=1), read_version=0)
    third = await begin(start, replace(CALL, id="c4"))

    assert [each.id for each in (second, other, third)] == ["c1", "c3", "c4"]


async def test_of_two_changes_the_first_one_is_written(start):  # noqa: F811 - the fixture
    await begin(start, CALL)

    first = await save(start, replace(CALL, version=1), read_version=0)
    second = await save(start, replace(CALL, version=1), read_version=0)

    assert (first, second) == (True, False)


async def test_a_call_is_due_when_its_moment_has_come_and_while_it_is_open(start):  # noqa: F811
    await begin(start, CALL)
    at_once = await due(start, MONDAY)
    await save(start, replace(CALL, version=1), read_version=0, look_at=LATER)
    too_early, then = await due(start, MONDAY), await due(start, LATER)
    await save(start, replace(CALL, answered_at=LATER, version=2), read_version=1)

    assert (at_once, too_early, then, await due(start, LATER)) == (["c1"], [], ["c1"], [])


async def test_what_is_done_in_private_is_written_beside_the_refusals(start):  # noqa: F811
    async with start() as uow:
        await uow.audit.noted(at=MONDAY, by=ANA.ref, action="support", number=None, what="Called")
        await uow.commit()
