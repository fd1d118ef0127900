"""The leaders' digest: once a business day each, and whenever one asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import structlog

from retention.domain.business_clock import BusinessClock
from retention.domain.digest import PAST, Digest, Duty, Waiting, draw_up
from retention.domain.errors import ForLeadersAlone
from retention.domain.notices import NoticeKind
from retention.domain.people import Actor, Directory, PersonId, PersonRef, Role
from retention.domain.report import Span
from retention.services.background import again_and_again
from retention.services.ports.clock import Clock
from retention.services.ports.reporting import DigestRun, DigestState
from retention.services.ports.unit_of_work import StartUnitOfWork, UnitOfWork
from retention.services.refusals import write_down
from retention.services.subscriptions import enqueue_digest

log = structlog.get_logger(__name__)

CATCH_UP_UNTIL = time(12)
"""A digest that could not be sent by then is left out: the next one tells of it."""
SHOWN_OF_EACH = 3
"""How many cases of one duty a digest shows by name."""
_EVERY_SECONDS = 30.0
_DAY = timedelta(days=1)
_LEADERS = frozenset({Role.LEADER})


class DigestService:
    """Decide who gets a digest, and draw it up. Several processes may do so at once.

    Args:
        uow: the factory of units of work.
        clock: the present moment.
        business: business days, time counted in open hours, and how long what may take.
        directory: who leads.
        at: when it is due, by the clock on the wall; before `CATCH_UP_UNTIL`.
    """

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        clock: Clock,
        business: BusinessClock,
        directory: Directory,
        at: time,
    ) -> None:
        self._uow = uow
        self._clock = clock
        self._calendar, self._targets = business.calendar, business.targets
        self._directory = directory
        self._at = at

    @property
    def due_at(self) -> time:
        """When it is due, by the clock on the wall."""
        return self._at

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Look every half minute while the block runs; a failure waits for the next time."""
        async with again_and_again(
            self._look, every_seconds=_EVERY_SECONDS, failed="digest.not_begun"
        ):
            yield

    async def send_due(self) -> int:
        """Begin the digests that are due now; returns how many will be sent.

        The row of leader and day, which there is once, and the effect that sends are written in
        one transaction. A day without anything to say has its row too.
        """
        now = self._clock()
        day = self._calendar.day_of(now)
        if not self._is_due(day, now):
            return 0
        leaders = {leader.id: leader.ref for leader in self._directory.with_any(_LEADERS)}
        async with self._uow() as uow:
            begun = await uow.digests.begun(day, of=leaders.keys())
        sent = 0
        for person, leader in leaders.items():
            if person not in begun:
                sent += await self._begin(leader, day, now)
        return sent

    async def now(self, *, actor: Actor) -> Digest:
        """Draw up the digest of this moment for a leader who asks.

        Raises:
            ForLeadersAlone: the actor is no leader; the try is written down.
        """
        now = self._clock()
        async with self._uow() as uow:
            if actor.has_any(_LEADERS):
                since = await self._since(uow, actor.id, self._calendar.day_of(now))
                return await self._draw_up(uow, actor.ref, Span(since, now))
            await write_down(uow, at=now, by=actor, action="digest", why=ForLeadersAlone.__name__)
        raise ForLeadersAlone(_LEADERS)

    async def of_day(self, leader: PersonRef, day: date) -> Digest:
        """Draw up the digest of a day as of the moment it was due.

        Cases and figures are those of that moment; a customer's words, and why an exception was
        made, are told as they stand now.
        """
        at = self._calendar.at(day, self._at)
        async with self._uow() as uow:
            return await self._draw_up(
                uow, leader, Span(await self._since(uow, leader.id, day), at)
            )

    async def of_run(self, leader: PersonRef, run: DigestRun) -> Digest:
        """Draw up a digest that was begun."""
        async with self._uow() as uow:
            return await self._draw_up(uow, leader, Span(run.since, run.at))

    def is_over(self, day: date) -> bool:
        """Tell whether it is too late for the digest of a day."""
        return self._clock() >= self._calendar.at(day, CATCH_UP_UNTIL)

    def _is_due(self, day: date, now: datetime) -> bool:
        return (
            self._calendar.at(day, self._at) <= now
            and not self.is_over(day)
            and self._calendar.is_business_day(day)
        )

    async def _begin(self, leader: PersonRef, day: date, now: datetime) -> bool:
        async with self._uow() as uow:
            chat = await uow.chats.get(leader.id)
            if chat.unreachable_since or NoticeKind.DIGEST in chat.muted:
                return False
            since = await self._since(uow, leader.id, day)
            digest = await self._draw_up(uow, leader, Span(since, now))
            state = DigestState.EMPTY if digest.is_empty else DigestState.DUE
            if not await uow.digests.begin(DigestRun(leader.id, day, now, since, state)):
                return False
            if state is DigestState.DUE:
                await enqueue_digest(uow, leader.id, day)
            await uow.commit()
        log.info("digest.begun", leader_id=leader.id, state=str(state))
        return state is DigestState.DUE

    async def _since(self, uow: UnitOfWork, leader: PersonId, day: date) -> datetime:
        """Tell up to when a leader knows: the digest before, or when that would have been."""
        last = await uow.digests.last(leader, before=day)
        return last or self._calendar.at(self._business_day_before(day), self._at)

    def _business_day_before(self, day: date) -> date:
        earlier = (day - n * _DAY for n in range(1, 367))
        return next(each for each in earlier if self._calendar.is_business_day(each))

    async def _draw_up(self, uow: UnitOfWork, leader: PersonRef, span: Span) -> Digest:
        at = span.until
        digest = draw_up(
            leader=leader,
            span=span,
            today=self._calendar.day_of(at),
            open_cases=await uow.figures.open_at(at),
            exceptions=await uow.figures.exceptions(),
            recent=await uow.figures.between(Span(min(span.since, at - PAST), at)),
            business_time=self._calendar.between,
            targets=self._targets,
        )
        shown = [
            await self._told(uow, each)
            for duty in Duty
            for each in [waits for waits in digest.waiting if waits.duty is duty][:SHOWN_OF_EACH]
        ]
        known = {(each.duty, each.case.line.number): each for each in shown}
        waiting = (known.get((each.duty, each.case.line.number), each) for each in digest.waiting)
        return replace(digest, waiting=tuple(waiting))

    @staticmethod
    async def _told(uow: UnitOfWork, waiting: Waiting) -> Waiting:
        """Add the customer's words, and why an exception was made."""
        case = await uow.cases.get(waiting.case.line.number)
        why = case.outcome.override if case.outcome else ""
        return replace(waiting, verbatim=case.facts.verbatim, why=why)

    async def _look(self) -> None:
        await self.send_due()
