"""What time passing causes: each case is looked at when its alarm rings, and decided by itself.

A change rings the alarm in its own transaction, with nothing reckoned there; what falls due, and
when, is read from the case's history here. So a crash, a second process or a clock put back repeats
nothing: the history already holds what was done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from retention.domain.business_clock import BusinessClock
from retention.domain.case import Case, CaseNumber, case_code
from retention.domain.errors import CaseNotFound
from retention.domain.events import ClaimStep, ReminderKind
from retention.services.background import again_and_again
from retention.services.case_changes import change_case
from retention.services.ports.cases import Alarm
from retention.services.ports.clock import Clock
from retention.services.ports.failures import raised_at
from retention.services.ports.unit_of_work import StartUnitOfWork, UnitOfWork
from retention.services.team import TeamService

log = structlog.get_logger(__name__)
_BATCH = 25
"""So few that reading and judging them, all at once, delays no turn that anybody would notice."""
_PAUSE = timedelta(minutes=5)
"""Until a case that cannot be judged is looked at again: it holds up no other."""


class ReminderService:
    """Look after the clocks of all cases while the bot serves. Several processes may do so."""

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        business: BusinessClock,
        clock: Clock,
        team: TeamService,
        every_seconds: float = 5.0,
    ) -> None:
        self._uow = uow
        self._business = business
        self._clock = clock
        self._team = team
        self._every = every_seconds

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Look again and again while the block runs; a failure waits for the next time."""
        async with again_and_again(self._look, every_seconds=self._every, failed="clock.failed"):
            yield

    async def look(self) -> None:
        """Do what is due now, once, and set the alarms of the rest."""
        is_more = True
        while is_more:
            now = self._clock()
            async with self._uow() as uow:
                rung = await uow.alarms.rung(now=now, limit=_BATCH)
                if not rung:
                    return
                cases = await _read(uow, [alarm.number for alarm in rung])
            later: dict[Alarm, datetime | None] = {}
            for alarm in rung:
                try:
                    case = cases.get(alarm.number) or await self._read_alone(alarm.number)
                    again = self._business.look_again(case, now)
                    if again is not None and again <= now:
                        await self._speak(case)
                    else:
                        later[alarm] = again
                except Exception as error:  # noqa: BLE001 - one case holds up no other
                    reason = {"error": type(error).__name__, "at": raised_at(error)}
                    log.warning("clock.stuck", case=case_code(alarm.number), **reason)
                    later[alarm] = now + _PAUSE
            await self._put_off(later)
            is_more = len(rung) == _BATCH

    async def _read_alone(self, number: CaseNumber) -> Case:
        async with self._uow() as uow:
            return await uow.cases.get(number)

    async def _speak(self, read: Case) -> None:
        """Say what is due, judged once more on the case as it is in the transaction that says it.

        The event rings the alarm again, for what comes after it.
        """

        def say(case: Case) -> None:
            now = self._clock()
            due = self._business.due_now(case, now)
            if due is None:
                return
            if isinstance(due.what, ClaimStep):
                case.escalate_claim(due.what, at=now)
            elif due.what is ReminderKind.ANSWER:
                case.remind_of_question(at=now)
            else:
                case.remind(due.what, at=now)

        await change_case(self._uow, read.number, say, action="clock")

    async def _put_off(self, later: Mapping[Alarm, datetime | None]) -> None:
        if later:
            async with self._uow() as uow:
                await uow.alarms.put_off(later)
                await uow.commit()

    async def _look(self) -> None:
        # The first question costs some tenths of a second: the library of holidays is loaded.
        await asyncio.to_thread(self._business.calendar.is_open, self._clock())
        await self._team.refresh()
        await self.look()


async def _read(uow: UnitOfWork, numbers: Sequence[CaseNumber]) -> Mapping[CaseNumber, Case]:
    """Read cases at once; none if one of them holds what this version of the program cannot read.

    So it is after the roll-back of a release. Then each is read by itself.
    """
    try:
        return dict(zip(numbers, await uow.cases.several(numbers), strict=True))
    except (KeyError, TypeError, ValueError, CaseNotFound):
        return {}
