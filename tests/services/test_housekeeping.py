from datetime import timedelta

import pytest

from retention.domain.errors import DraftNotFound
from retention.services.housekeeping import Housekeeping
from retention.services.ports.effects import Attempted
from retention.services.ports.failures import TransientError
from tests.fakes import FakeEndedEffects, FakeGraveyard, FakeLedger
from tests.samples import MONDAY


def effect(number, *, run_id=None):
    key = f"RET-{number:04d}:1:case_thread"
    return Attempted(run_id or key, "case_thread", key, number, 1)


class House:
    def __init__(self, desk):
        self.desk = desk
        self.ended = FakeEndedEffects()
        self.graveyard = FakeGraveyard()
        self.ledger = FakeLedger()
        self.keeping = Housekeeping(
            uow=desk.memory.unit_of_work,
            ended=self.ended,
            graveyard=self.graveyard,
            ledger=self.ledger,
            clock=desk.clock,
            effects_kept=timedelta(days=30),
        )


@pytest.fixture
def house(desk):
    return House(desk)


async def test_old_effects_are_forgotten_with_what_they_sent(house):
    old = [effect(number) for number in range(450)]
    house.ended.finish(MONDAY - timedelta(days=31), *old)
    house.ended.finish(MONDAY - timedelta(days=29), effect(900))
    house.ledger.sent = {f"{each.key}:reply": "m1" for each in [*old, effect(900)]}

    await house.keeping.tidy()

    assert [each.key for each in house.ended.all] == [effect(900).key]
    assert list(house.ledger.sent) == [f"{effect(900).key}:reply"]


async def test_what_a_buried_effect_sent_is_kept_for_its_replay(house):
    house.ended.finish(MONDAY - timedelta(days=31), effect(1))
    house.ledger.sent = {f"{effect(1).key}:root": "m1"}
    house.ledger.buried.add(effect(1).key)

    await house.keeping.tidy()

    assert house.ended.all == []
    assert house.ledger.sent == {f"{effect(1).key}:root": "m1"}


async def test_what_the_engine_stopped_by_itself_is_buried(house):
    house.ended.broke.append(effect(1))

    await house.keeping.tidy()

    assert house.graveyard.buried == {effect(1).key: "Broken"}
    assert house.ended.broke == []


async def test_what_cannot_be_buried_now_is_buried_the_next_time(house):
    house.ended.broke.append(effect(1))
    house.graveyard.failing = [TransientError()]

    with pytest.raises(TransientError):
        await house.keeping.tidy()
    await house.keeping.tidy()

    assert house.graveyard.buried == {effect(1).key: "Broken"}


async def test_a_form_nobody_ended_is_forgotten_after_thirty_days(house):
    draft = await house.desk.draft()
    house.desk.clock.advance(days=29)
    await house.keeping.tidy()
    async with house.desk.memory.unit_of_work() as uow:
        assert await uow.drafts.get(draft.id) == draft

    house.desk.clock.advance(days=2)
    await house.keeping.tidy()

    async with house.desk.memory.unit_of_work() as uow:
        with pytest.raises(DraftNotFound):
            await uow.drafts.get(draft.id)


async def test_it_goes_on_beside_the_bot_and_ends_with_it(house):
    house.ended.broke.append(effect(1))
    house.graveyard.failing = [TransientError()]

    async with house.keeping.going_on():
        await house.graveyard.asked.wait()

    assert house.graveyard.buried == {}
