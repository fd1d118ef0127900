"""The hours and holidays that are shipped, and what is said about a file that cannot be used."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import holidays
import pytest

from config.calendar import DEFAULT_PATH, _State, load_calendar, load_clock
from config.toml_file import BadFile
from tests.samples import case

ROOT = Path(__file__).parent.parent.parent
SHIPPED = DEFAULT_PATH.read_text(encoding="utf-8")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
FRIDAY = 'friday = ["08:00-12:00", "13:30-18:00"]'
LOCAL = "local = []  # to be defined by the business"
COUNTRY = 'country = "BR"\n'
WORKED = "\nworked = []"
TARGETS = "claim_minutes = [15, 30]"


@pytest.fixture
def changed(tmp_path):
    """The shipped file after some replacements in it."""

    def write(*changes):
        text = SHIPPED
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = tmp_path / "calendar.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def problems(changed):
    """What is wrong with the shipped file after some replacements in it."""

    def read(*changes):
        path = changed(*changes)
        with pytest.raises(BadFile) as refused:
            load_calendar(path)
        assert str(path) in str(refused.value)
        return refused.value.problems

    return read


def line_of(text):
    return SHIPPED[: SHIPPED.index(text)].count("\n") + 1


def here(month, day, hour=0, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=SAO_PAULO)


class TestShipped:
    @pytest.mark.parametrize(
        ("opened", "due"),
        [
            (here(9, 4, 11, 50), here(9, 4, 13, 35)),
            (here(9, 4, 17, 55), here(9, 8, 8, 10)),
        ],
    )
    def test_a_quarter_of_an_hour_before_the_seventh_of_september(self, opened, due):
        assert load_calendar().add(opened, timedelta(minutes=15)) == due

    def test_national_holidays_are_closed_in_any_year(self):
        calendar = load_calendar()

        assert not calendar.is_business_day(date(2026, 4, 3))
        assert not calendar.is_business_day(date(2031, 4, 11))
        assert calendar.is_business_day(date(2026, 7, 9))

    def test_the_clock_hangs_in_sao_paulo(self):
        opening = load_calendar().opening(date(2026, 9, 4))

        assert opening == datetime(2026, 9, 4, 11, tzinfo=UTC)

    def test_reading_it_does_not_wait_for_the_library_of_holidays(self):
        script = (
            "import sys; from config.calendar import load_calendar; load_calendar(); "
            "sys.exit('holidays' in sys.modules)"
        )

        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)  # noqa: S603 - ours

        assert done.returncode == 0


class TestHolidays:
    def test_a_state_adds_its_own(self, changed):
        calendar = load_calendar(changed((COUNTRY, f'{COUNTRY}state = "SP"\n')))

        assert not calendar.is_business_day(date(2026, 7, 9))
        assert not calendar.is_business_day(date(2026, 9, 7))

    def test_the_states_are_those_the_library_knows(self):
        known = holidays.country_holidays("BR").subdivisions

        assert set(get_args(_State)) == {code for code in known if len(code) == 2}

    def test_local_days_are_closed_once_or_every_year(self, changed):
        local = """local = [
  { date = 2026-02-17, name = "Carnaval" },
  { date = 2026-12-24, name = "Véspera de Natal", every_year = true },
]"""
        calendar = load_calendar(changed((LOCAL, local)))
        days = [date(2026, 2, 17), date(2027, 2, 17), date(2026, 12, 24), date(2027, 12, 24)]

        assert [calendar.is_business_day(day) for day in days] == [False, True, False, False]

    def test_a_holiday_may_be_worked_that_year(self, changed):
        calendar = load_calendar(changed((WORKED, "\nworked = [2026-11-20]")))

        assert calendar.is_business_day(date(2026, 11, 20))
        assert not calendar.is_business_day(date(2028, 11, 20))


class TestHours:
    def test_a_day_may_be_open_around_the_clock(self, changed):
        calendar = load_calendar(changed((FRIDAY, 'friday = ["00:00-24:00"]')))

        opened = calendar.between(here(9, 4), here(9, 5))
        assert opened == timedelta(days=1)


class TestRefused:
    def test_what_is_wrong_is_told_all_at_once_in_the_order_of_the_file(self, problems):
        found = problems(
            ('timezone = "America/Sao_Paulo"', 'timezone = "America/Sampa"'),
            (FRIDAY, 'friday = ["08:00-12:00", "13h30-18h"]'),
            ("sunday = []\n", "\n"),
            (LOCAL, 'local = [\n  { date = "24/12", name = " " },\n]'),
        )

        assert found == [
            f"line {line_of('timezone =')}, timezone: is no time zone: name one, as in "
            '"America/Sao_Paulo"',
            f"line {line_of('[week]')}, week.sunday: is missing: add it",
            f"line {line_of(FRIDAY)}, week.friday.2: has to be hours from 00:00 to 24:00, as in "
            '"08:00-12:00"',
            f"line {line_of(LOCAL) + 1}, holidays.local.1.date: has to be a date without quotes, "
            "as in 2026-12-24",
            f"line {line_of(LOCAL) + 1}, holidays.local.1.name: is empty: write it",
        ]

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            (FRIDAY, 'friday = ["22:00-06:00"]', "week.friday: 22:00-06:00 does not end after"),
            (FRIDAY, 'friday = ["08:00-12:00", "11:00-18:00"]', "11:00-18:00 overlap: shorten one"),
            (FRIDAY, 'friday = ["08:00-12:60"]', "week.friday.1: has to be hours"),
            (FRIDAY, 'friday = ["8:00-12:00"]', "week.friday.1: has to be hours"),
            (FRIDAY, "friday = [8]", "week.friday.1: has to be hours"),
            (FRIDAY, 'friday = "08:00-12:00"', "week.friday: has to be a list in brackets"),
            (FRIDAY, f"{FRIDAY}\nholiday = []", "week.holiday: is no name this file knows"),
            ('timezone = "America/Sao_Paulo"', "timezone = 3", "timezone: is no time zone"),
            ('timezone = "America/Sao_Paulo"', 'timezone = "America"', "timezone: is no time zone"),
            ('timezone = "America/Sao_Paulo"', 'timezone = ""', "timezone: is no time zone"),
            (COUNTRY, 'country = "PT"\n', "holidays.country: has to be 'BR'"),
            (COUNTRY, f'{COUNTRY}state = "XX"\n', "holidays.state: has to be 'AC', 'AL'"),
            (WORKED, '\nworked = ["2026-11-20"]', "holidays.worked.1: has to be a date without"),
            (WORKED, "\nworked = [2026-11-20T08:00:00]", "worked.1: has to be a date without"),
            (TARGETS, "claim_minutes = [30, 15]", "claim_minutes: has to rise, as in [15, 30]"),
            (TARGETS, "claim_minutes = [0, 15]", "targets.claim_minutes.1: "),
            (TARGETS, "claim_minutes = [15]", "targets.claim_minutes"),
            ("documents_days = 2", "documents_days = 0", "targets.documents_days: "),
            ("documents_days = 2", "documents_days = 2.5", "targets.documents_days: "),
            ("no_news_hours = 8", "no_news_hours = -1", "targets.no_news_hours: "),
            (
                WORKED,
                "\nworked = [2026-11-15]",
                "holidays: 2026-11-15 is worked, but its weekday has no hours: remove it",
            ),
        ],
    )
    def test_each_mistake_is_told_with_its_mend(self, problems, old, new, told):
        found = problems((old, new))

        assert any(told in problem for problem in found), found

    def test_a_week_without_hours_is_no_calendar(self, problems):
        days = ("monday", "tuesday", "wednesday", "thursday", "friday")

        found = problems(
            *((f'{day} = ["08:00-12:00", "13:30-18:00"]', f"{day} = []") for day in days)
        )

        assert found == [
            f"line {line_of('[week]')}, week: has no hours at all: give a weekday some"
        ]

    def test_a_file_that_is_not_there_names_the_setting(self, tmp_path):
        with pytest.raises(BadFile, match="set CALENDAR_FILE"):
            load_calendar(tmp_path / "nowhere.toml")


class TestTargets:
    MONDAY = here(11, 23, 9)

    def test_they_are_counted_in_the_hours_of_the_file(self, changed):
        clock = load_clock(changed((TARGETS, "claim_minutes = [5, 7.5]")))

        assert clock.claim_by(case(at=self.MONDAY)) == here(11, 23, 9, 5)

    def test_a_file_without_them_has_those_of_the_process(self, changed):
        left_out = SHIPPED[SHIPPED.index("[targets]") :]

        clock = load_clock(changed((left_out, "")))

        assert clock.claim_by(case(at=self.MONDAY)) == here(11, 23, 9, 15)
