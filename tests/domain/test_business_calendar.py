"""Business time: what counts, where it ends, and clocks that are put forward and back."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention.domain.business_calendar import (
    BusinessCalendar,
    ClosedDay,
    InvalidHours,
    NeverOpen,
    join_hours,
)

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
ZONES = [
    SAO_PAULO,  # until 2019 the clock jumped at midnight
    ZoneInfo("America/New_York"),
    ZoneInfo("Australia/Lord_Howe"),  # half an hour of summer time
    ZoneInfo("America/Goose_Bay"),  # until 2011 a minute past midnight: back into the day before
    ZoneInfo("Pacific/Apia"),  # 30 December 2011 never was
]
NOON, MIDNIGHT = time(12), time()
OFFICE = ((time(8), NOON), (time(13, 30), time(18)))
ALL_DAY = ((MIDNIGHT, MIDNIGHT),)
FRIDAY, SATURDAY, HOLIDAY, TUESDAY = (date(2026, 9, day) for day in (4, 5, 7, 8))
NOTHING, MINUTE, HOUR = timedelta(0), timedelta(minutes=1), timedelta(hours=1)


def never(day):
    return False


def office(is_holiday={HOLIDAY}.__contains__):
    return BusinessCalendar(dict.fromkeys(range(5), OFFICE), is_holiday, SAO_PAULO)


def around_the_clock(zone=SAO_PAULO):
    return BusinessCalendar(dict.fromkeys(range(7), ALL_DAY), never, zone)


def here(day, *clock):
    return datetime.combine(day, time(*clock), SAO_PAULO)


def minutes(count):
    return timedelta(minutes=count)


@st.composite
def hours(draw):
    """The intervals of a weekday, touching ones among them, in any order."""
    edges = sorted(draw(st.sets(st.integers(0, 24 * 4), min_size=2, max_size=8)))
    clock = [time(edge // 4 % 24, edge % 4 * 15) for edge in edges]
    pairs = list(pairwise(clock))
    return draw(st.permutations(pairs)) if draw(st.booleans()) else pairs[::2]


@st.composite
def calendars(draw):
    week = draw(st.dictionaries(st.integers(0, 6), hours(), min_size=1))
    closed = draw(st.sets(st.integers(0, 30), max_size=8))
    return BusinessCalendar(
        week, lambda day: day.toordinal() % 31 in closed, draw(st.sampled_from(ZONES))
    )


CHANGES = [
    datetime.fromisoformat(f"{at}+00:00")
    for at in [
        "2018-11-04 03:00",  # São Paulo, forward
        "2019-02-17 02:00",  # São Paulo, back
        "2026-03-08 07:00",  # New York, forward
        "2026-11-01 06:00",  # New York, back
        "2026-04-04 15:00",  # Lord Howe, back
        "2010-11-07 03:01",  # Goose Bay, back
        "2011-12-30 10:00",  # Apia, over a day
    ]
]


def moments(count):
    """So many moments in order, near a change of some clock, each in a zone of its own."""
    near = st.tuples(
        st.timedeltas(timedelta(days=-4), timedelta(days=4)), st.sampled_from([UTC, *ZONES])
    )
    return st.builds(
        lambda base, found: sorted((base + after).astimezone(zone) for after, zone in found),
        st.sampled_from(CHANGES),
        st.lists(near, min_size=count, max_size=count),
    )


MOMENTS = moments(1).map(lambda found: found[0])
DURATIONS = st.timedeltas(NOTHING, 40 * HOUR) | st.integers(0, 160).map(lambda n: minutes(15 * n))
laws = settings(deadline=None, max_examples=60)


class TestAcceptance:
    def test_lunch_stops_the_clock(self):
        assert office().add(here(FRIDAY, 11, 50), minutes(15)) == here(FRIDAY, 13, 35)

    def test_a_weekend_and_a_holiday_monday_stop_the_clock(self):
        assert office().add(here(FRIDAY, 17, 55), minutes(15)) == here(TUESDAY, 8, 10)


class TestIsOpen:
    @pytest.mark.parametrize(
        ("moment", "is_open"),
        [
            (here(FRIDAY, 7, 59), False),
            (here(FRIDAY, 8), True),
            (here(FRIDAY, 11, 59), True),
            (here(FRIDAY, 12), False),
            (here(FRIDAY, 18), False),
            (here(SATURDAY, 9), False),
            (here(HOLIDAY, 9), False),
        ],
    )
    def test_an_interval_is_open_at_its_start_and_closed_at_its_end(self, moment, is_open):
        assert office().is_open(moment) is is_open
        assert office().is_open(moment.astimezone(UTC)) is is_open


class TestAdd:
    @pytest.mark.parametrize(
        ("opened", "due"),
        [
            (here(FRIDAY, 11, 45), here(FRIDAY, 13, 30)),
            (here(FRIDAY, 17, 45), here(TUESDAY, 8)),
            (here(FRIDAY, 12), here(FRIDAY, 13, 45)),
            (here(FRIDAY, 7), here(FRIDAY, 8, 15)),
            (here(SATURDAY, 10), here(TUESDAY, 8, 15)),
        ],
    )
    def test_nothing_falls_due_outside_hours(self, opened, due):
        assert office().add(opened, minutes(15)) == due

    def test_the_answer_is_in_utc(self):
        assert office().add(here(FRIDAY, 9), HOUR).tzinfo is UTC

    def test_time_does_not_go_backwards(self):
        with pytest.raises(ValueError, match="forward"):
            office().add(here(FRIDAY, 9), -MINUTE)

    @laws
    @given(calendars(), MOMENTS, DURATIONS)
    def test_between_gives_the_duration_back(self, calendar, moment, duration):
        assert calendar.between(moment, calendar.add(moment, duration)) == duration

    @laws
    @given(calendars(), MOMENTS, DURATIONS)
    def test_it_lands_in_open_time_never_before_the_moment(self, calendar, moment, duration):
        due = calendar.add(moment, duration)

        assert calendar.is_open(due)
        assert due >= moment + duration

    @laws
    @given(calendars(), moments(2), st.tuples(DURATIONS, DURATIONS).map(sorted))
    def test_what_is_later_or_longer_is_never_due_earlier(self, calendar, found, durations):
        first, last = found
        short, long = durations

        assert calendar.add(first, short) <= calendar.add(last, short)
        assert calendar.add(first, short) <= calendar.add(first, long)

    @laws
    @given(calendars(), MOMENTS, DURATIONS, DURATIONS)
    def test_two_stretches_are_one(self, calendar, moment, first, then):
        assert calendar.add(calendar.add(moment, first), then) == calendar.add(moment, first + then)


class TestBetween:
    def test_a_working_day_is_its_hours(self):
        assert office().between(here(FRIDAY, 0), here(SATURDAY, 0)) == timedelta(hours=8.5)

    def test_closed_time_is_nothing(self):
        assert office().between(here(FRIDAY, 18), here(TUESDAY, 8)) == NOTHING

    def test_backwards_is_nothing(self):
        assert office().between(here(TUESDAY, 9), here(FRIDAY, 9)) == NOTHING

    @laws
    @given(calendars(), moments(3))
    def test_it_is_additive(self, calendar, found):
        first, middle, last = found

        whole = calendar.between(first, last)

        assert calendar.between(first, middle) + calendar.between(middle, last) == whole
        assert NOTHING <= whole <= last - first

    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, 4 * 24 * 6), st.integers(0, 200))
    def test_it_counts_the_open_minutes(self, first, count):
        start = here(date(2026, 9, 2), 0) + first * 10 * MINUTE
        clock = [(start + index * MINUTE).astimezone(SAO_PAULO) for index in range(count)]
        counted = sum(
            wall.weekday() < 5
            and wall.date() != HOLIDAY
            and any(opens <= wall.time() < closes for opens, closes in OFFICE)
            for wall in clock
        )

        assert office().between(start, start + count * MINUTE) == minutes(counted)


class TestNextOpen:
    @pytest.mark.parametrize(
        ("moment", "opens"),
        [
            (here(FRIDAY, 8), here(FRIDAY, 8)),
            (here(FRIDAY, 9, 7), here(FRIDAY, 9, 7)),
            (here(FRIDAY, 12), here(FRIDAY, 13, 30)),
            (here(FRIDAY, 18), here(TUESDAY, 8)),
            (here(HOLIDAY, 9), here(TUESDAY, 8)),
        ],
    )
    def test_is_the_moment_itself_or_the_next_opening(self, moment, opens):
        assert office().next_open(moment) == opens

    @laws
    @given(calendars(), MOMENTS)
    def test_nothing_is_open_before_it(self, calendar, moment):
        opens = calendar.next_open(moment)

        assert calendar.is_open(moment) == (opens == moment)
        assert calendar.between(moment, opens) == NOTHING

    def test_a_naive_moment_is_refused_even_on_closed_days(self):
        naive = here(SATURDAY, 9).replace(tzinfo=None)

        with pytest.raises(TypeError, match="aware"):
            office().is_open(naive)


class TestDays:
    def test_weekends_and_holidays_are_skipped(self):
        assert [office().is_business_day(day) for day in (FRIDAY, SATURDAY, HOLIDAY)] == [
            True,
            False,
            False,
        ]
        assert office().next_business_day(FRIDAY) == TUESDAY

    def test_a_day_opens_with_its_first_interval(self):
        assert office().opening(FRIDAY) == here(FRIDAY, 8)

    @pytest.mark.parametrize("day", [SATURDAY, HOLIDAY])
    def test_a_closed_day_has_no_opening(self, day):
        with pytest.raises(ClosedDay):
            office().opening(day)

    def test_the_day_is_that_of_the_zone(self):
        assert office().day_of(datetime(2026, 9, 5, 2, 59, tzinfo=UTC)) == FRIDAY

    def test_a_holiday_is_asked_for_once(self):
        asked = []

        def is_holiday(day):
            asked.append(day)
            return False

        calendar = office(is_holiday)

        for hour in (9, 10, 11):
            calendar.is_open(here(FRIDAY, hour))

        assert asked == [FRIDAY]


class TestClockChanges:
    """The summer time of São Paulo ended in 2019; its history stays, and may come back."""

    def test_hours_are_those_on_the_wall_before_and_after(self):
        friday, monday = date(2018, 11, 2), date(2018, 11, 5)

        assert office().opening(friday) == datetime(2018, 11, 2, 11, tzinfo=UTC)
        assert office().opening(monday) == datetime(2018, 11, 5, 10, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("day", "length"), [(date(2018, 11, 4), 23), (date(2019, 2, 16), 25), (SATURDAY, 24)]
    )
    def test_a_day_around_the_clock_is_as_long_as_it_was(self, day, length):
        start = here(day, 0)

        assert around_the_clock().between(start, here(day + timedelta(days=1), 0)) == length * HOUR

    def test_of_hours_that_are_skipped_what_is_left_is_open(self):
        jump = datetime(2018, 11, 4, 3, tzinfo=UTC)
        night = BusinessCalendar({6: [(time(0, 20), time(1, 10))]}, never, SAO_PAULO)

        assert night.opening(date(2018, 11, 4)) == jump
        assert night.between(jump - HOUR, jump + HOUR) == minutes(10)

    def test_hours_that_are_skipped_altogether_never_were(self):
        night = BusinessCalendar({6: [(time(0, 20), time(0, 50))]}, never, SAO_PAULO)

        assert not night.is_business_day(date(2018, 11, 4))
        assert night.is_business_day(date(2018, 11, 11))

    def test_hours_that_come_twice_count_the_first_time(self):
        late = BusinessCalendar({5: [(time(23, 10), time(23, 40))]}, never, SAO_PAULO)
        first = datetime(2019, 2, 17, 1, 10, tzinfo=UTC)

        assert late.opening(date(2019, 2, 16)) == first
        assert late.between(first, first + 2 * HOUR) == minutes(30)

    def test_a_day_that_never_was_is_no_business_day(self):
        apia = BusinessCalendar(dict.fromkeys(range(7), OFFICE), never, ZoneInfo("Pacific/Apia"))

        assert apia.next_business_day(date(2011, 12, 29)) == date(2011, 12, 31)

    @laws
    @given(st.sampled_from(ZONES), MOMENTS, DURATIONS)
    def test_around_the_clock_business_time_is_time(self, zone, moment, duration):
        assert around_the_clock(zone).add(moment, duration) == moment.astimezone(UTC) + duration


class TestHours:
    def test_intervals_that_touch_are_one_in_any_order(self):
        joined = join_hours([(NOON, time(14)), (time(20), MIDNIGHT), (time(8), NOON)])

        assert joined == ((time(8), time(14)), (time(20), MIDNIGHT))

    @pytest.mark.parametrize(
        ("intervals", "told"),
        [
            ([(time(22), time(6))], "22:00-06:00 does not end after it starts"),
            ([(NOON, NOON)], "12:00-12:00 does not end after it starts"),
            ([(time(11), time(13)), (time(8), NOON)], "08:00-12:00 and 11:00-13:00 overlap"),
            ([*ALL_DAY, (NOON, time(13))], "00:00-24:00 and 12:00-13:00 overlap"),
            ([(time(8), NOON), (time(8), NOON)], "overlap"),
        ],
    )
    def test_what_crosses_midnight_or_overlaps_is_refused(self, intervals, told):
        with pytest.raises(InvalidHours, match=told):
            join_hours(intervals)

    @pytest.mark.parametrize("week", [{}, {0: []}])
    def test_a_week_without_hours_is_refused(self, week):
        with pytest.raises(InvalidHours, match="no weekday has hours"):
            BusinessCalendar(week, never, SAO_PAULO)

    def test_there_is_no_eighth_weekday(self):
        with pytest.raises(InvalidHours, match="from 0, Monday"):
            BusinessCalendar({7: OFFICE}, never, SAO_PAULO)

    def test_a_calendar_of_holidays_alone_is_told_not_searched_for_ever(self):
        with pytest.raises(NeverOpen, match="correct the holidays"):
            office(lambda day: True).next_open(here(FRIDAY, 9))
