"""Business hours to test with: mornings and afternoons, and Monday, 30 November, a holiday."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from retention.domain.business_calendar import BusinessCalendar
from retention.domain.business_clock import BusinessClock, Targets
from retention.domain.people import Directory
from retention.services.ports.clock import Clock
from retention.services.ports.unit_of_work import StartUnitOfWork
from retention.services.team import TeamService

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
HOURS = [(time(8), time(12)), (time(13, 30), time(18))]
CALENDAR = BusinessCalendar(
    dict.fromkeys(range(5), HOURS), lambda day: day == date(2026, 11, 30), SAO_PAULO
)
CLOCK = BusinessClock(CALENDAR, Targets())


def here(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of November 2026 in São Paulo; the 31st and later are days of December."""
    first = datetime(2026, 11, 1, hour, minute, tzinfo=SAO_PAULO)
    return (first + timedelta(days=day - 1)).astimezone(UTC)


def team_of(uow: StartUnitOfWork, clock: Clock, people: Directory | None = None) -> TeamService:
    """Keep a directory, by default one of nobody, as the day is."""
    return TeamService(
        uow=uow, directory=people or Directory([]), clock=clock, day_of=CALENDAR.day_of
    )
