"""The laws of `Ledger`, held by the fake, by SQLite and by PostgreSQL alike."""

import asyncio

import pytest

from retention.domain.case import CaseNumber
from retention.services.ports.effects import BuriedEffect
from retention.services.ports.failures import PermanentError, RetryAfter, TransientError
from retention.services.subscriptions import add_case
from retention.storage.engine import open_engines
from retention.storage.ledger import SqlLedger
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.fakes import FakeLedger
from tests.samples import MONDAY, case


async def no_effects(_connection, _effect):
    """These tests are about what was sent."""


LOST = TransientError(outcome_unknown=True)
"""The message may be out; the answer never came."""
REFUSED = TransientError()


class Receiver:
    """Gives each message the next id, after failing as it was told to; finds `there` when asked."""

    def __init__(self, *failures, there=None):
        self.failures = list(failures)
        self.there = there
        self.received = 0
        self.searched = 0

    async def __call__(self):
        self.received += 1
        if self.failures:
            raise self.failures.pop(0)
        return f"m{self.received}"

    async def find(self):
        self.searched += 1
        return self.there


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
    yield SqlLedger(engines.notes)
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
    receiver = Receiver(LOST)

    with pytest.raises(TransientError):
        await ledger.once("e1:reply", receiver)

    assert await ledger.once("e1:reply", receiver) == "m2"


class TestFinding:
    """A message whose fate is unknown is looked for before it is sent again."""

    async def again(self, ledger, receiver):
        """Try until it gets through, as the engine does."""
        while receiver.failures:
            with pytest.raises(type(receiver.failures[0])):
                await ledger.once("e1:reply", receiver, receiver.find)
        return await ledger.once("e1:reply", receiver, receiver.find)

    async def test_what_is_sent_at_the_first_attempt_is_not_looked_for(self, ledger):
        receiver = Receiver(there="m9")

        assert await self.again(ledger, receiver) == "m1"
        assert receiver.searched == 0

    @pytest.mark.parametrize("failure", [LOST, PermanentError(), asyncio.CancelledError()])
    async def test_what_may_be_out_and_is_found_is_not_sent_again(self, ledger, failure):
        receiver = Receiver(failure, there="m9")

        assert await self.again(ledger, receiver) == "m9"
        assert await ledger.once("e1:reply", receiver, receiver.find) == "m9"
        assert (receiver.received, receiver.searched) == (1, 1)

    async def test_what_is_not_found_is_sent_again(self, ledger):
        receiver = Receiver(LOST)

        assert await self.again(ledger, receiver) == "m2"
        assert receiver.searched == 1

    async def test_what_was_plainly_refused_is_not_looked_for(self, ledger):
        receiver = Receiver(RetryAfter(1.0), REFUSED, REFUSED, there="m9")

        assert await self.again(ledger, receiver) == "m4"
        assert receiver.searched == 0

    async def test_a_refusal_lifts_no_earlier_doubt(self, ledger):
        receiver = Receiver(REFUSED, LOST, REFUSED, REFUSED)

        assert await self.again(ledger, receiver) == "m5"
        assert receiver.searched == 3

    async def test_what_cannot_be_looked_for_is_sent_again(self, ledger):
        receiver = Receiver(LOST, there="m9")
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
