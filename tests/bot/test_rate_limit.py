from __future__ import annotations

from bot.rate_limit import SenderLimit
from retention.domain.people import PersonId
from tests.bot.fake_clock import FakeClock

ANA, BIA = PersonId("ana"), PersonId("bia")


class TestAllows:
    def test_a_burst_is_allowed_and_then_no_more(self):
        limit = SenderLimit(burst=3, per_second=1, clock=FakeClock())

        assert [limit.allows(ANA) for _ in range(5)] == [True] * 3 + [False] * 2

    def test_each_person_has_a_bucket_of_their_own(self):
        limit = SenderLimit(burst=1, per_second=1, clock=FakeClock())
        limit.allows(ANA)

        assert limit.allows(BIA)

    def test_time_refills_it_up_to_the_burst(self):
        clock = FakeClock()
        limit = SenderLimit(burst=2, per_second=1, clock=clock)
        limit.allows(ANA)
        limit.allows(ANA)

        clock.now += 60

        assert [limit.allows(ANA) for _ in range(3)] == [True, True, False]
