"""How fast one channel may be written to.

Teams counts a bot's sends per channel, all its threads together (7 in 1 s, 60 in 30 s), and answers
429 above that. Background work stays well below; people in a turn never wait but are counted.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from retention.services.ports.failures import RetryAfter

_LONGEST_DEFAULT_SECONDS: Final = 60.0
_SWEEP_FROM: Final = 64


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many calls in any stretch of so many seconds."""

    calls: int
    seconds: float


class Pace:
    """The pace of one channel: first come, first served."""

    def __init__(
        self,
        rates: Sequence[Rate],
        *,
        longest_wait: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._rates, self._longest_wait = rates, longest_wait
        self._clock, self._sleep = clock, sleep
        self._calls = self._history()
        self._longest = max(rate.seconds for rate in rates)
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._closed_until = 0.0
        self._unexplained = 0

    @property
    def idle(self) -> bool:
        """True when forgetting this channel would change nothing."""
        busy_until = self._calls[-1] + self._longest if self._calls else 0
        return self._clock() >= max(busy_until, self._closed_until)

    def count(self) -> None:
        """Count a call that is made now, whatever the pace says; forget what no rate counts."""
        now = self._clock()
        while self._calls and self._calls[0] <= now - self._longest:
            self._calls.popleft()
        self._calls.append(now)

    async def wait(self) -> None:
        """Wait until the channel may be written to, behind those who came before, and count it.

        Raises RetryAfter at once when that would take longer than the longest wait allowed: the
        durable engine waits better than a held worker does.
        """
        if (expected := self._expected_wait()) > self._longest_wait:
            raise RetryAfter(expected)
        self._waiting += 1
        try:
            async with self._turn:
                # Asked again after each sleep: an urgent call may have taken the place meanwhile.
                while (pause := self._next_slot(self._calls, self._clock()) - self._clock()) > 0:
                    await self._sleep(pause)
                self.count()
        finally:
            self._waiting -= 1

    def throttled(self, seconds: float | None) -> float:
        """Close the channel after a 429; returns for how many seconds.

        Without a figure from Teams each 429 in a row doubles the pause, from one second on.
        """
        if seconds is None:
            seconds = min(2.0**self._unexplained, _LONGEST_DEFAULT_SECONDS)
            self._unexplained += 1
        self._closed_until = max(self._closed_until, self._clock() + seconds)
        return seconds

    def accepted(self) -> None:
        """Note that Teams took a call: the next 429 is the first again."""
        self._unexplained = 0

    def _expected_wait(self) -> float:
        now = at = self._clock()
        calls = self._history()
        calls.extend(self._calls)
        for _ in range(self._waiting + 1):
            at = self._next_slot(calls, at)
            calls.append(at)
        return at - now

    def _next_slot(self, calls: deque[float], now: float) -> float:
        full = (calls[-r.calls] + r.seconds for r in self._rates if len(calls) >= r.calls)
        return max(now, self._closed_until, *full)

    def _history(self) -> deque[float]:
        return deque(maxlen=max(rate.calls for rate in self._rates))


class Pacer:
    """The paces of all channels in use; the idle ones are forgotten."""

    def __init__(
        self,
        rates: Sequence[Rate],
        *,
        longest_wait: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._rates, self._longest_wait = rates, longest_wait
        self._clock, self._sleep = clock, sleep
        self._paces: dict[str, Pace] = {}
        self._sweep_at = _SWEEP_FROM

    def __len__(self) -> int:
        return len(self._paces)

    def of(self, conversation_id: str) -> Pace:
        """Give the pace of the channel a conversation belongs to (its id before `;`)."""
        channel = conversation_id.partition(";")[0]
        pace = self._paces.get(channel)
        if pace is None:
            self._forget_idle()
            pace = self._paces[channel] = Pace(
                self._rates, longest_wait=self._longest_wait, clock=self._clock, sleep=self._sleep
            )
        return pace

    def _forget_idle(self) -> None:
        # At twice what was left last time, so that sweeping costs each new channel O(1).
        if len(self._paces) >= self._sweep_at:
            self._paces = {name: pace for name, pace in self._paces.items() if not pace.idle}
            self._sweep_at = max(_SWEEP_FROM, 2 * len(self._paces))
