"""Digests and personal chats, held by the fake, by SQLite and by PostgreSQL alike."""

from dataclasses import replace
from datetime import date, timedelta

from retention.domain.draft import Place
from retention.domain.notices import NoticeKind, PersonalChat
from retention.domain.people import PersonId
from retention.services.ports.cases import CaseThread
from retention.services.ports.reporting import DigestRun, DigestState
from tests.contracts.test_unit_of_work import start, write  # noqa: F401 - a fixture
from tests.samples import MONDAY, case

HELENA, IGOR = PersonId("helena"), PersonId("igor")
DAY = date(2026, 11, 23)
RUN = DigestRun(HELENA, DAY, MONDAY, MONDAY - timedelta(days=1), DigestState.DUE)


async def begin(start, run):  # noqa: F811 - the fixture
    async with start() as uow:
        begun = await uow.digests.begin(run)
        await uow.commit()
    return begun


async def move(start, of, to, *, day=DAY):  # noqa: F811 - the fixture
    async with start() as uow:
        moved = await uow.digests.move(HELENA, day, of=of, to=to)
        await uow.commit()
    return moved


async def test_a_leader_has_one_digest_a_day(start):  # noqa: F811 - the fixture
    first = await begin(start, RUN)
    second = await begin(start, replace(RUN, at=MONDAY + timedelta(hours=1)))
    other = await begin(start, replace(RUN, leader=IGOR))

    async with start() as uow:
        known = await uow.digests.get(HELENA, DAY)
        begun = await uow.digests.begun(DAY, of=[HELENA, IGOR, PersonId("ana")])
    assert (first, second, other) == (True, False, True)
    assert known == RUN
    assert begun == {HELENA, IGOR}


async def test_only_one_takes_it_from_a_state(start):  # noqa: F811 - the fixture
    await begin(start, RUN)

    first = await move(start, DigestState.DUE, DigestState.SENDING)
    second = await move(start, DigestState.DUE, DigestState.SENDING)

    assert (first, second) == (True, False)


async def test_the_last_one_is_the_last_that_was_told_before_the_day(start):  # noqa: F811
    for days, state in ((3, "sent"), (2, "empty"), (1, "unreachable"), (0, "sent")):
        day, at = DAY - timedelta(days=days), MONDAY - timedelta(days=days)
        await begin(start, replace(RUN, day=day, at=at, state=DigestState(state)))

    async with start() as uow:
        last = await uow.digests.last(HELENA, before=DAY)
        nobody = await uow.digests.last(IGOR, before=DAY)

    assert (last, nobody) == (MONDAY - timedelta(days=2), None)


async def test_a_chat_comes_back_as_it_was_saved(start):  # noqa: F811 - the fixture
    chat = PersonalChat(HELENA, Place("https://smba.example/", "a:1", False))
    changed = replace(chat, unreachable_since=MONDAY, muted=frozenset({NoticeKind.DIGEST}))

    for each in (chat, changed):
        async with start() as uow:
            await uow.chats.save(each)
            await uow.commit()
        async with start() as uow:
            assert await uow.chats.get(HELENA) == each

    async with start() as uow:
        assert await uow.chats.get(IGOR) == PersonalChat(IGOR)


async def test_a_muted_person_may_have_no_chat_yet(start):  # noqa: F811 - the fixture
    chat = PersonalChat(HELENA, muted=frozenset({NoticeKind.DIGEST}))
    async with start() as uow:
        await uow.chats.save(chat)
        await uow.commit()

    async with start() as uow:
        assert await uow.chats.get(HELENA) == chat


async def test_the_address_is_that_of_the_newest_case(start):  # noqa: F811 - the fixture
    async with start() as uow:
        assert await uow.chats.newest_address() is None
    await write(start, case(1), case(2))
    async with start() as uow:
        for new in (case(1), case(2)):
            await uow.threads.save(CaseThread(new.number, f"https://{new.number}", None))
        await uow.commit()

    async with start() as uow:
        assert await uow.chats.newest_address() == "https://2"
