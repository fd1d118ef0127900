"""Use cases of the report: the numbers of a span of time, for whoever leads."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from retention.domain.business_calendar import BusinessCalendar
from retention.domain.errors import ForLeadersAlone
from retention.domain.people import Actor, Role
from retention.domain.report import Report, Span
from retention.services.ports.clock import Clock
from retention.services.ports.unit_of_work import StartUnitOfWork
from retention.services.refusals import write_down

_MAY_READ = frozenset({Role.LEADER, Role.ADMFIN_LEAD, Role.RC_LEAD})
_DAY = timedelta(days=1)


class ReportService:
    def __init__(self, *, uow: StartUnitOfWork, clock: Clock, calendar: BusinessCalendar) -> None:
        self._uow = uow
        self._clock = clock
        self._calendar = calendar

    def this_month(self) -> date:
        """Give the first day of the month it is, where the business is."""
        return self._calendar.day_of(self._clock()).replace(day=1)

    async def month(self, *, actor: Actor, first_day: date) -> Report:
        """Count a month, given by its first day.

        Raises:
            ForLeadersAlone: the actor leads nobody; the try is written down.
        """
        await self.check(actor=actor)
        return await self.between(first_day, following_month(first_day) - _DAY)

    async def between(self, first: date, last: date) -> Report:
        """Count from a day to another, both whole, as the business sees days."""
        span = Span(self._midnight(first), self._midnight(last + _DAY))
        async with self._uow() as uow:
            cases = await uow.figures.between(span)
        return Report(span, tuple(cases), self._calendar.between)

    async def check(self, *, actor: Actor) -> None:
        """Judge whether somebody may read it at all, before they are told anything.

        Raises:
            ForLeadersAlone: the actor leads nobody; the try is written down.
        """
        if actor.has_any(_MAY_READ):
            return
        async with self._uow() as uow:
            await write_down(
                uow, at=self._clock(), by=actor, action="report", why=ForLeadersAlone.__name__
            )
        raise ForLeadersAlone(_MAY_READ)

    def _midnight(self, day: date) -> datetime:
        return self._calendar.at(day, time())


def following_month(first_day: date) -> date:
    """Give the first day of the month after."""
    return (first_day + 31 * _DAY).replace(day=1)
