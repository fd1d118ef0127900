"""The laws of `Ledger`, held by the fake, by SQLite and by PostgreSQL alike."""

import pytest

from retention.domain.case import CaseNumber
from retention.services.ports import BuriedEffect, TransientError
from retention.services.subscriptions import add_case
from retention.storage.engine import open_engines
from retention.storage.ledger import SqlLedger
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.fakes import FakeLedger
from tests.samples import MONDAY, case


async def no_effects(_connection, _effect):
    """These tests are about what was sent."""


class Receiver:
    """Gives each message the next id; fails first as often as it was told to."""

    def __init__(self, *, failures=0):
        self.failures = failures
        self.received = 0

    async def __call__(self):
        self.received += 1
        if self.received <= self.failures:
            raise TransientError(outcome_unknown=True)
        return f"m{self.received}"


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def ledger(request):
    """A ledger; the effect `dead` is buried."""
    if request.param == "fake":
        ledger = FakeLedger()
        ledger.buried.add("dead")
        yield ledger
        return
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    engines = open_engines(request.getfixturevalue(name))
    async with SqlUnitOfWork(engines.app, no_effects) as uow:
        await add_case(uow, case())
        await uow.burials.add(BuriedEffect("dead", "post", CaseNumber(1), 1, "MessageGone", MONDAY))
        await uow.commit()
    yield SqlLedger(engines.app)
    await engines.dispose()


async def test_a_sent_message_is_not_sent_again(ledger):
    receiver = Receiver()

    first = await ledger.once("e1:reply", receiver)
    again = await ledger.once("e1:reply", receiver)

    assert (first, again) == ("m1", "m1")
    assert receiver.received == 1


async def test_each_key_is_a_message_of_its_own(ledger):
    receiver = Receiver()

    assert await ledger.once("e1:root", receiver) == "m1"
    assert await ledger.once("e1:reply", receiver) == "m2"


async def test_what_failed_is_sent_again(ledger):
    receiver = Receiver(failures=1)

    with pytest.raises(TransientError):
        await ledger.once("e1:reply", receiver)

    assert await ledger.once("e1:reply", receiver) == "m2"


async def test_what_effects_sent_is_forgotten_unless_they_may_be_replayed(ledger):
    receiver = Receiver()
    for key in ("e1:root", "e1:reply", "e2:reply", "dead:reply"):
        await ledger.once(key, receiver)

    await ledger.forget(["e1", "dead", "unheard-of"])

    again = [await ledger.once(key, receiver) for key in ("e1:root", "e2:reply", "dead:reply")]
    assert again == ["m5", "m3", "m4"]
