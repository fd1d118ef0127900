"""Read and check `calendar.toml`: the hours of the week, and the days that are closed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from config.public_holidays import public_holidays
from config.toml_file import Strict, read_file
from retention.domain.business_calendar import BusinessCalendar, Interval, InvalidHours, join_hours
from retention.domain.business_clock import BusinessClock, Targets
from retention.domain.events import ClaimStep

DEFAULT_PATH = Path(__file__).with_name("calendar.toml")

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)


def _wrong(mend: str) -> PydanticCustomError:
    return PydanticCustomError("calendar", "{mend}", {"mend": mend})


def _interval(written: Any) -> Interval:
    match = _HOURS.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise _wrong('has to be hours from 00:00 to 24:00, as in "08:00-12:00"')
    hour, minute, end_hour, end_minute = (int(part or 0) for part in match.groups())
    return time(hour, minute), time(end_hour, end_minute)


def _joined(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    try:
        return join_hours(intervals)
    except InvalidHours as error:
        raise _wrong(str(error)) from error


def _plain_date(value: Any) -> date:
    """Ask for a date as TOML has them: in quotes, or with a time, it is something else."""
    if type(value) is not date:
        raise _wrong("has to be a date without quotes, as in 2026-12-24")
    return value


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, TypeError, ValueError, OSError) as error:
        raise _wrong('is no time zone: name one, as in "America/Sao_Paulo"') from error


_Hours = Annotated[
    tuple[Annotated[Interval, BeforeValidator(_interval)], ...], AfterValidator(_joined)
]
_Duration = Annotated[float, Field(gt=0)]
_Date = Annotated[date, BeforeValidator(_plain_date)]
_State = Literal[
    "AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA",
    "PB", "PE", "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO",
]  # fmt: skip


class _Week(Strict):
    monday: _Hours
    tuesday: _Hours
    wednesday: _Hours
    thursday: _Hours
    friday: _Hours
    saturday: _Hours
    sunday: _Hours

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if not any(self.by_weekday.values()):
            raise _wrong("has no hours at all: give a weekday some")
        return self

    @property
    def by_weekday(self) -> dict[int, tuple[Interval, ...]]:
        return {weekday: hours for weekday, (_, hours) in enumerate(self)}


class _ClosedDay(Strict):
    date: _Date
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    every_year: bool = False


class _Holidays(Strict):
    country: Literal["BR"]
    state: _State | None = None
    local: tuple[_ClosedDay, ...]
    worked: tuple[_Date, ...]

    @property
    def rule(self) -> Callable[[date], bool]:
        """Tell the days that are closed whatever their weekday."""
        worked = frozenset(self.worked)
        once = frozenset(day.date for day in self.local if not day.every_year)
        yearly = frozenset((day.date.month, day.date.day) for day in self.local if day.every_year)

        def is_holiday(day: date) -> bool:
            if day in worked:
                return False
            return (
                day in once
                or (day.month, day.day) in yearly
                or day in public_holidays(self.state, day.year)
            )

        return is_holiday


class _Targets(Strict):
    claim_minutes: tuple[_Duration, _Duration] = (15, 30)
    no_news_hours: _Duration = 8
    documents_days: Annotated[int, Field(gt=0)] = 2
    answer_hours: _Duration = 4
    support_seconds: _Duration = 60

    @field_validator("claim_minutes")
    @classmethod
    def _rise(cls, minutes: tuple[float, float]) -> tuple[float, float]:
        if minutes[0] >= minutes[1]:
            raise _wrong("has to rise, as in [15, 30]")
        return minutes

    @property
    def targets(self) -> Targets:
        steps = zip(ClaimStep, self.claim_minutes, strict=True)
        return Targets(
            claim={step: timedelta(minutes=minutes) for step, minutes in steps},
            no_news=timedelta(hours=self.no_news_hours),
            documents_days=self.documents_days,
            answer=timedelta(hours=self.answer_hours),
            support=timedelta(seconds=self.support_seconds),
        )


class _File(Strict):
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)]
    week: _Week
    holidays: _Holidays
    targets: _Targets = _Targets()

    @field_validator("holidays")
    @classmethod
    def _worked_days_have_hours(cls, holidays: _Holidays, info: ValidationInfo) -> _Holidays:
        week: _Week | None = info.data.get("week")
        for day in holidays.worked:
            if week is not None and not week.by_weekday[day.weekday()]:
                raise _wrong(f"{day} is worked, but its weekday has no hours: remove it")
        return holidays


def load_calendar(path: Path = DEFAULT_PATH) -> BusinessCalendar:
    """Return the calendar of a TOML file.

    The first question it is asked costs a tenth of a second, once: see `public_holidays`.

    Raises:
        BadFile: the file is missing, is not TOML, lacks a weekday, has hours that end before they
            start or overlap, none at all, no such zone or state, or something that is no date. All
            of it is told at once.
    """
    return _calendar_of(read_file(path, _File, setting="CALENDAR_FILE"))


def load_clock(path: Path = DEFAULT_PATH) -> BusinessClock:
    """Return the calendar of a TOML file with the targets that are counted in it.

    Raises:
        BadFile: as in `load_calendar`, and for targets that are no numbers above zero, days
            that are not whole, or claim steps that do not rise.
    """
    file = read_file(path, _File, setting="CALENDAR_FILE")
    return BusinessClock(_calendar_of(file), file.targets.targets)


def _calendar_of(file: _File) -> BusinessCalendar:
    return BusinessCalendar(file.week.by_weekday, file.holidays.rule, file.timezone)
