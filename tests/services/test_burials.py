import pytest

from retention.services.burials import BurialService, NothingBuried
from retention.services.ports.effects import NO_CASE, NO_EVENT, Attempted, BuriedEffect, Effect
from retention.services.subscriptions import CASE_THREAD, DIGEST, RISK, SUPPORT
from tests.samples import FERNANDA


class Cemetery:
    """A desk with one case, whose second event did not reach its thread."""

    def __init__(self, desk):
        self.desk = desk
        self.service = BurialService(uow=desk.memory.unit_of_work, clock=desk.clock)

    async def fill(self):
        self.case = await self.desk.open()
        await self.desk.cases.claim(actor=FERNANDA, number=self.case.number)
        (self.effect,) = self.desk.memory.effects
        self.desk.memory.state.effects.clear()
        self.attempted = self.run()
        return self

    def run(self, replay=0):
        """The effect as the engine knows it."""
        key = self.effect.key
        run_id = f"{key}#{replay}" if replay else key
        return Attempted(run_id, CASE_THREAD, key, self.case.number, 2, replay)

    def waiting(self):
        """Take the effects that wait."""
        waiting = self.desk.memory.effects
        self.desk.memory.state.effects.clear()
        return waiting

    async def unfinished(self):
        return (await self.desk.cases.get(self.case.number)).unfinished


@pytest.fixture
async def cemetery(desk):
    return await Cemetery(desk).fill()


async def test_what_was_given_up_is_kept_and_the_card_is_edited_in_its_turn(cemetery):
    await cemetery.service.bury(cemetery.attempted, error="MessageGone")

    number, key = cemetery.case.number, cemetery.effect.key
    assert await cemetery.service.all() == [
        BuriedEffect(key, CASE_THREAD, number, 2, "MessageGone", cemetery.desk.clock())
    ]
    assert await cemetery.unfinished() == {CASE_THREAD}
    lane = cemetery.effect.lane
    assert cemetery.waiting() == [Effect(CASE_THREAD, f"{key}:buried", lane, 2, number, NO_EVENT)]


async def test_buried_twice_it_is_one(cemetery):
    for _ in range(2):
        await cemetery.service.bury(cemetery.attempted, error="MessageGone")

    assert len(await cemetery.service.all()) == 1
    assert len(cemetery.waiting()) == 1


async def test_a_mere_edit_that_failed_is_not_kept(cemetery):
    edit = Attempted("k:buried", CASE_THREAD, "k:buried", cemetery.case.number, NO_EVENT)

    await cemetery.service.bury(edit, error="MessageGone")

    assert await cemetery.service.all() == []
    assert cemetery.waiting() == []


class TestAboutNoCase:
    @pytest.fixture
    def private(self, desk):
        self.service = BurialService(uow=desk.memory.unit_of_work, clock=desk.clock)

    def run(self, subscriber, replay=0):
        key = f"{subscriber}:abc"
        return Attempted(f"{key}#{replay}", subscriber, key, NO_CASE, NO_EVENT, replay)

    @pytest.mark.parametrize("subscriber", [DIGEST, SUPPORT, RISK])
    async def test_it_is_kept_and_stands_on_no_card(self, private, desk, subscriber):
        await self.service.bury(self.run(subscriber), error="TransientError")

        (kept,) = await self.service.all()
        assert (kept.key, kept.number) == (f"{subscriber}:abc", NO_CASE)
        assert desk.memory.effects == []

    @pytest.mark.parametrize("subscriber", [DIGEST, SUPPORT, RISK])
    async def test_it_is_replayed_until_it_succeeds(self, private, desk, subscriber):
        await self.service.bury(self.run(subscriber), error="TransientError")

        assert await self.service.replay_all() == 1
        (again,) = desk.memory.effects
        assert (again.key, again.seq, again.replay) == (f"{subscriber}:abc", 1, 1)
        desk.memory.state.effects.clear()
        await self.service.rise(self.run(subscriber, replay=1))

        assert await self.service.all() == []
        assert desk.memory.effects == []


class TestReplay:
    @pytest.fixture
    async def buried(self, cemetery):
        await cemetery.service.bury(cemetery.attempted, error="MessageGone")
        cemetery.waiting()
        return cemetery

    async def test_the_same_work_is_queued_again_under_its_key(self, buried):
        await buried.service.replay(buried.effect.key)

        (again,) = buried.waiting()
        assert again == Effect(
            CASE_THREAD, buried.effect.key, buried.effect.lane, 2, buried.case.number, 2, replay=1
        )

    async def test_asked_twice_it_is_queued_once(self, buried):
        await buried.service.replay(buried.effect.key)
        await buried.service.replay_all()

        assert len(buried.waiting()) == 1

    async def test_once_it_succeeded_it_is_forgotten_and_the_card_edited(self, buried):
        await buried.service.rise(buried.run(replay=1))
        await buried.service.rise(buried.run(replay=1))

        assert await buried.service.all() == []
        assert await buried.unfinished() == frozenset()
        (edit,) = buried.waiting()
        assert (edit.key, edit.version) == (f"{buried.effect.key}#1:risen", NO_EVENT)

    async def test_given_up_again_it_can_be_replayed_again(self, buried):
        await buried.service.bury(buried.run(replay=1), error="TransientError")
        buried.waiting()

        count = await buried.service.replay_all()

        assert count == 1
        assert [again.replay for again in buried.waiting()] == [2]
        assert [each.error for each in await buried.service.all()] == ["TransientError"]

    async def test_an_unknown_key_is_refused(self, buried):
        with pytest.raises(NothingBuried, match="RET-9999"):
            await buried.service.replay("RET-9999:1:case_thread")
