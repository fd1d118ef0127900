"""How fast one channel may be written to."""

from __future__ import annotations

import asyncio

import pytest

from bot.pacing import Pace, Pacer, Rate
from retention.services.ports.failures import RetryAfter
from tests.bot.fake_clock import FakeClock

RATES = (Rate(calls=4, seconds=1.0), Rate(calls=50, seconds=30.0))


@pytest.fixture
def clock():
    return FakeClock()


def make_pace(clock, *, longest_wait=1000.0):
    return Pace(RATES, longest_wait=longest_wait, clock=clock, sleep=clock.sleep)


def make_pacer(clock):
    return Pacer(RATES, longest_wait=10.0, clock=clock, sleep=clock.sleep)


async def times_of(pace, clock, calls):
    """Make so many background calls at once; list when each was let through."""
    times = []

    async def call(number):
        await pace.wait()
        times.append((clock.now - 1000.0, number))

    await asyncio.gather(*(call(number) for number in range(calls)))
    return times


class TestBackground:
    async def test_four_pass_in_a_second_then_the_next_four(self, clock):
        times = await times_of(make_pace(clock), clock, 9)

        assert [at for at, _ in times] == [0, 0, 0, 0, 1, 1, 1, 1, 2]

    async def test_fifty_pass_in_thirty_seconds(self, clock):
        times = [at for at, _ in await times_of(make_pace(clock), clock, 120)]

        assert times[49] < 30.0 <= times[50]
        assert all(later - first >= 30.0 for first, later in zip(times, times[50:], strict=False))
        assert all(later - first >= 1.0 for first, later in zip(times, times[4:], strict=False))

    async def test_calls_that_no_rate_counts_any_more_are_forgotten(self, clock):
        generous = (Rate(calls=1_000_000, seconds=30.0),)
        pace = Pace(generous, longest_wait=1.0, clock=clock, sleep=clock.sleep)

        for _ in range(100):
            pace.count()
            clock.now += 1.0

        assert len(pace._calls) == 30

    async def test_first_come_is_first_served(self, clock):
        times = await times_of(make_pace(clock), clock, 30)

        assert [number for _, number in times] == list(range(30))

    async def test_a_wait_too_long_is_left_to_the_durable_engine(self, clock):
        pace = make_pace(clock, longest_wait=0.5)
        await times_of(pace, clock, 4)

        with pytest.raises(RetryAfter) as refused:
            await pace.wait()

        assert refused.value.seconds == 1.0
        assert clock.slept == []

    async def test_those_already_waiting_count_in_the_wait_expected(self, clock):
        async def never_ending(_seconds):
            await asyncio.Event().wait()

        pace = Pace(RATES, longest_wait=1.5, clock=clock, sleep=never_ending)
        await times_of(pace, clock, 4)
        waiting = [asyncio.create_task(pace.wait()) for _ in range(4)]
        await asyncio.sleep(0)

        with pytest.raises(RetryAfter) as refused:
            await pace.wait()

        assert refused.value.seconds == 2.0
        for task in waiting:
            task.cancel()

    async def test_a_cancelled_waiter_gives_its_place_up(self, clock):
        pace = make_pace(clock)
        await times_of(pace, clock, 4)
        leaving = asyncio.create_task(pace.wait())
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)

        times = await times_of(pace, clock, 4)

        assert [at for at, _ in times] == [1, 1, 1, 1]


class TestUrgent:
    async def test_background_yields_to_urgent_calls(self, clock):
        pace = make_pace(clock)
        for _ in range(4):
            pace.count()

        times = await times_of(pace, clock, 1)

        assert [at for at, _ in times] == [1]

    async def test_an_urgent_call_made_while_background_waits_is_respected(self, clock):
        pace = make_pace(clock)
        await times_of(pace, clock, 4)

        async def meanwhile(seconds):
            await FakeClock.sleep(clock, seconds)
            if len(clock.slept) == 1:
                for _ in range(4):
                    pace.count()

        pace._sleep = meanwhile

        times = await times_of(pace, clock, 1)

        assert [at for at, _ in times] == [2]


class TestThrottled:
    async def test_a_429_closes_the_channel_for_all_background_calls(self, clock):
        pace = make_pace(clock)

        pace.throttled(7.0)

        assert [at for at, _ in await times_of(pace, clock, 2)] == [7, 7]

    async def test_without_a_figure_each_429_in_a_row_doubles_the_pause(self, clock):
        pace = make_pace(clock)

        pauses = [pace.throttled(None) for _ in range(8)]

        assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]

    async def test_a_call_that_passes_ends_the_row(self, clock):
        pace = make_pace(clock)
        pace.throttled(None)
        pace.throttled(None)

        pace.accepted()

        assert pace.throttled(None) == 1.0


class TestPacer:
    def test_all_threads_of_a_channel_share_one_pace(self, clock):
        pacer = make_pacer(clock)

        first = pacer.of("19:c@thread.tacv2;messageid=1")

        assert pacer.of("19:c@thread.tacv2;messageid=2") is first
        assert pacer.of("19:c@thread.tacv2") is first
        assert pacer.of("a:someone") is not first

    def test_idle_channels_are_forgotten(self, clock):
        pacer = make_pacer(clock)

        for number in range(10_000):
            pacer.of(f"a:{number}").count()
            clock.now += 1.0

        assert len(pacer) <= 64

    def test_channels_in_use_are_kept(self, clock):
        pacer = make_pacer(clock)
        busy = pacer.of("19:busy")
        busy.count()
        closed = pacer.of("19:closed")
        closed.throttled(500.0)

        for number in range(1000):
            pacer.of(f"a:{number}")

        assert pacer.of("19:busy") is busy
        assert pacer.of("19:closed") is closed
