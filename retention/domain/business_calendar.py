"""When the business is open, and time counted in its hours alone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

Interval = tuple[time, time]
"""Start and end by the clock on the wall; an end at 00:00 is the end of the day."""

_Span = tuple[datetime, datetime]
_MIDNIGHT = time()
_DAY = timedelta(days=1)
_LONGEST_CLOSURE_DAYS = 366
_REMEMBERED_DAYS = 1024


class InvalidHours(ValueError):
    """The hours of a week cannot be kept; the message says which and what to mend."""


class NeverOpen(LookupError):
    """Holidays leave no open time within a year."""


class ClosedDay(ValueError):
    """The day has no hours, so it has no opening."""


def join_hours(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the intervals of one weekday in order, those that touch as one.

    Raises:
        InvalidHours: one does not end after it starts, or two overlap.
    """
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start and end != _MIDNIGHT:
            raise InvalidHours(
                f"{_written(start, end)} does not end after it starts: "
                "end it at 24:00 and give the next weekday what is after midnight"
            )
        if not joined:
            joined.append((start, end))
            continue
        before, until = joined[-1]
        if until == _MIDNIGHT or start < until:
            raise InvalidHours(
                f"{_written(before, until)} and {_written(start, end)} overlap: shorten one"
            )
        if start == until:
            joined[-1] = (before, end)
        else:
            joined.append((start, end))
    return tuple(joined)


class BusinessCalendar:
    """Tell open time from closed, and count in open time alone.

    Hours are those of the clock on the wall, whatever it was set to that day: summer time moves
    the openings in UTC. Durations are time that really passes while the business is open. An
    interval is open at its start and closed at its end. Of a time the clock skips, the instant of
    the jump stands for it; of one it shows twice, the first.

    Moments may be in any zone and have to be aware (a naive one is a TypeError); those that are
    returned are in UTC. Days are those of `zone`.

    Args:
        week: the intervals of each weekday, Monday being 0; a weekday that is not there is closed.
        is_holiday: tells whether a day is closed whatever its weekday; asked once per day.
        zone: where the clock hangs.

    Raises:
        InvalidHours: there is no such weekday, intervals are wrong (see `join_hours`), or none is
            given at all.
    """

    def __init__(
        self,
        week: Mapping[int, Sequence[Interval]],
        is_holiday: Callable[[date], bool],
        zone: tzinfo,
    ) -> None:
        if not week.keys() <= set(range(7)):
            raise InvalidHours("weekdays go from 0, Monday, to 6, Sunday")
        if not any(week.values()):
            raise InvalidHours("no weekday has hours: give one some")
        self.zone = zone
        self._week = {weekday: join_hours(intervals) for weekday, intervals in week.items()}
        self._is_holiday = is_holiday
        self._spans = lru_cache(maxsize=_REMEMBERED_DAYS)(self._spans_of)

    def is_open(self, moment: datetime) -> bool:
        return any(start <= moment < end for start, end in self._near(moment))

    def next_open(self, moment: datetime) -> datetime:
        """Return the moment itself if it is open, else the next opening.

        Raises:
            NeverOpen: there is none within a year.
        """
        return self._next_span(moment)[0]

    def add(self, moment: datetime, duration: timedelta) -> datetime:
        """Return the open moment before which, since `moment`, just so much open time passes.

        Always open itself: what would end as an interval does, ends when the next one opens, so
        that nothing falls due at lunch or on a Friday evening.

        Raises:
            NeverOpen: more than a year on end is closed.
            ValueError: the duration is negative.
        """
        if duration < timedelta(0):
            raise ValueError("business time only goes forward")
        start, end = self._next_span(moment)
        while duration >= end - start:
            duration -= end - start
            start, end = self._next_span(end)
        return start + duration

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time from one moment to another, zero if that is not later.

        Raises:
            NeverOpen: more than a year on end is closed.
        """
        passed = timedelta(0)
        opening, closing = self._next_span(start)
        while opening < end:
            passed += min(closing, end) - opening
            opening, closing = self._next_span(closing)
        return passed

    def day_of(self, moment: datetime) -> date:
        """Return what the calendar on the wall shows."""
        if moment.tzinfo is None:
            raise TypeError("a moment has to be aware")
        return moment.astimezone(self.zone).date()

    def at(self, day: date, clock: time) -> datetime:
        """Return when the clock on the wall first reads a time of a day, or jumps past it."""
        wall = datetime.combine(day, clock, self.zone)
        reached = wall.astimezone(UTC)
        if reached.astimezone(self.zone) == wall:
            return reached
        early = wall.replace(fold=1).astimezone(UTC)  # in a gap: before the jump (PEP 495)
        seconds = range(int((reached - early).total_seconds()))
        jump = bisect_left(
            seconds,
            wall,
            key=lambda after: (early + timedelta(seconds=after)).astimezone(self.zone),
        )
        return early + timedelta(seconds=jump)

    def is_business_day(self, day: date) -> bool:
        return bool(self._spans(day))

    def next_business_day(self, day: date) -> date:
        """Return the first business day after a day, never the day itself.

        Raises:
            NeverOpen: there is none within a year.
        """
        return self._first_business_day(day + _DAY)

    def opening(self, day: date) -> datetime:
        """Return when a business day opens.

        Raises:
            ClosedDay: it is none.
        """
        spans = self._spans(day)
        if not spans:
            raise ClosedDay(f"{day} is no business day")
        return spans[0][0]

    def _first_business_day(self, first: date) -> date:
        for ahead in range(_LONGEST_CLOSURE_DAYS):
            if self._spans(day := first + ahead * _DAY):
                return day
        raise NeverOpen(f"from {first} on, a year without a business day: correct the holidays")

    def _near(self, moment: datetime) -> tuple[_Span, ...]:
        """Return the spans that may be open at a moment.

        Those of the next day too: a clock put back past midnight shows the day before again.
        """
        day = self.day_of(moment)
        return self._spans(day) + self._spans(day + _DAY)

    def _next_span(self, moment: datetime) -> _Span:
        """Return what is left of the span that is open at a moment, or else the next one."""
        for start, end in self._near(moment):
            if moment < end:
                return max(start, moment.astimezone(UTC)), end
        return self._spans(self._first_business_day(self.day_of(moment) + 2 * _DAY))[0]

    def _spans_of(self, day: date) -> tuple[_Span, ...]:
        """Return from when until when a day is open; what the clock jumps over is left out."""
        hours = self._week.get(day.weekday(), ())
        if not hours or self._is_holiday(day):
            return ()
        spans = ((self.at(day, start), self._end(day, end)) for start, end in hours)
        return tuple((start, end) for start, end in spans if start < end)

    def _end(self, day: date, clock: time) -> datetime:
        return self.at(day + _DAY if clock == _MIDNIGHT else day, clock)


def _written(start: time, end: time) -> str:
    return f"{start:%H:%M}-{'24:00' if end == _MIDNIGHT else f'{end:%H:%M}'}"
