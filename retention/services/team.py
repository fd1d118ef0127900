"""Who is there: the day's rota, and absences, told by the people themselves or by a lead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

import structlog

from retention.domain.errors import InvalidAnswers, Problem
from retention.domain.people import Absence, Actor, Directory, PersonId, PersonRef, Role
from retention.services.ports.clock import Clock
from retention.services.ports.unit_of_work import StartUnitOfWork

log = structlog.get_logger(__name__)
_MAY_TELL_OF_OTHERS = frozenset({Role.RC_LEAD, Role.ADMFIN_LEAD, Role.LEADER, Role.ADMIN})


class TeamService:
    """Keep the directory as the day is. Other processes see a change at their next `refresh`."""

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        directory: Directory,
        clock: Clock,
        day_of: Callable[[datetime], date],
    ) -> None:
        self._uow = uow
        self._directory = directory
        self._clock = clock
        self._day_of = day_of

    @property
    def today(self) -> date:
        """The day it is now where the calendar hangs."""
        return self._day_of(self._clock())

    async def refresh(self) -> None:
        """Let the directory know which day it is, who is away on it, and who has how many cases."""
        today = self.today
        everybody = [each.id for each in self._directory.with_any(Role)]
        async with self._uow() as uow:
            absences = await uow.absences.since(today)
            self._directory.look(today, absences, await uow.cases.owned_open(everybody))

    def known_to(self, actor: Actor) -> Sequence[PersonRef]:
        """List whose absence somebody may tell: their own first; a lead, everybody's."""
        people = [actor.ref]
        if actor.has_any(_MAY_TELL_OF_OTHERS):
            people += [each.ref for each in self._directory.with_any(Role) if each.id != actor.id]
        return people

    async def tell_absence(self, *, actor: Actor, person: PersonId, until: date | None) -> None:
        """Note until when somebody is away, that day included; None: they are back.

        Raises:
            InvalidAnswers: the person is not the actor's to speak for, or the day has passed.
        """
        now = self._clock()
        today = self._day_of(now)
        who = next((each for each in self.known_to(actor) if each.id == person), None)
        if who is None:
            raise InvalidAnswers({"absent_who": Problem.NOT_A_CHOICE})
        if until is not None and until < today:
            raise InvalidAnswers({"absent_until": Problem.IN_THE_PAST})
        async with self._uow() as uow:
            if until is None:
                await uow.absences.end(who.id)
            else:
                await uow.absences.set(Absence(who, until, actor.ref, now))
            await uow.absences.forget(before=today)
            await uow.commit()
        log.info("absence.told", person=who.id, by=actor.id, is_away=until is not None)
        await self.refresh()
