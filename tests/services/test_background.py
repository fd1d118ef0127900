"""What is looked after again and again goes on, and says where it failed."""

import asyncio

from structlog.testing import capture_logs

from retention.services.background import again_and_again


class Looking:
    """Fails at first; `seen` is set by the look after that."""

    def __init__(self):
        self.looks = 0
        self.seen = asyncio.Event()

    async def look(self):
        self.looks += 1
        if self.looks == 1:
            raise KeyError("Padaria Sol")
        self.seen.set()


async def test_a_failure_waits_for_the_next_look_and_tells_its_place_and_not_its_text():
    looking = Looking()

    with capture_logs() as logs:
        async with again_and_again(looking.look, every_seconds=0.001, failed="clock.failed"):
            await asyncio.wait_for(looking.seen.wait(), 5)

    (failed,) = logs
    assert (failed["event"], failed["error"]) == ("clock.failed", "KeyError")
    assert "test_background.py:" in failed["at"]
    assert "Padaria" not in str(failed)


async def test_a_look_may_say_when_the_next_one_is_due():
    looks = 0
    again = asyncio.Event()

    async def look():
        nonlocal looks
        looks += 1
        if looks > 1:
            again.set()
        return 0.001

    async with again_and_again(look, every_seconds=3600, failed="clock.failed"):
        await asyncio.wait_for(again.wait(), 5)

    assert looks >= 2
