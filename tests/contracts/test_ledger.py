"""The laws of `Ledger`, held by the fake, by SQLite and by PostgreSQL alike."""

import pytest

from retention.services.ports import TransientError
from retention.storage.engine import open_engines
from retention.storage.ledger import SqlLedger
from tests.fakes import FakeLedger


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
    if request.param == "fake":
        yield FakeLedger()
        return
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    engines = open_engines(request.getfixturevalue(name))
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
