"""How often one person may ask: enough for the fastest hands, too little for a script."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from retention.domain.people import PersonId

_REMEMBERED = 10_000


class SenderLimit:
    """A bucket of turns per person: `burst` at once, refilled by so many a second.

    Only the people seen lately are remembered, so memory does not grow with the number of them.
    """

    def __init__(
        self, *, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst, self._per_second, self._clock = burst, per_second, clock
        self._buckets: OrderedDict[PersonId, tuple[float, float]] = OrderedDict()

    def allows(self, person: PersonId) -> bool:
        """Take one turn from a person's bucket; False when it is empty."""
        now = self._clock()
        left, since = self._buckets.pop(person, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * self._per_second)
        self._buckets[person] = (left - 1 if left >= 1 else left, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        return left >= 1
