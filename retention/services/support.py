"""Calls for support: somebody is called in private at once, then the next one, until one comes.

Nothing is counted down in memory: the row of a call says when to look at it, and a look, by any
process, asks whoever comes next. What everybody in it then sees are effects of that transaction.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import structlog

from retention.domain.case import CaseNumber
from retention.domain.draft import Place
from retention.domain.errors import IllegalTransition, StaleCase, SupportCallNotFound
from retention.domain.people import Actor, Directory, PersonId
from retention.domain.support import About, SupportCall, support_ladder
from retention.services.background import again_and_again
from retention.services.case_changes import TRIES
from retention.services.ports.clock import Clock
from retention.services.ports.unit_of_work import StartUnitOfWork, UnitOfWork
from retention.services.refusals import write_down
from retention.services.subscriptions import enqueue_support, save_case

log = structlog.get_logger(__name__)
_BATCH = 50
_ACTION = "support"


class SupportService:
    """Look after calls for support. Several processes may do so at once.

    Args:
        uow: the factory of units of work.
        clock: the present moment.
        directory: who is there now.
        patience: how long whoever is asked has to answer, on the wall, at any hour.
        every_seconds: how often to look for calls that nobody has answered.
    """

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        clock: Clock,
        directory: Directory,
        patience: timedelta,
        every_seconds: float = 5.0,
    ) -> None:
        self._uow = uow
        self._clock = clock
        self._directory = directory
        self._patience = patience
        self._every = every_seconds

    @property
    def patience(self) -> timedelta:
        """How long whoever is asked has to answer."""
        return self._patience

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Look again and again while the block runs; a failure waits for the next time."""
        async with again_and_again(
            self.look, every_seconds=self._every, failed="support.not_looked"
        ):
            yield

    async def call(
        self, *, actor: Actor, place: Place, number: CaseNumber | None = None
    ) -> tuple[SupportCall, bool]:
        """Call somebody for the actor; while a call of theirs is open, it stays the one there is.

        Returns the call, and whether it is new.

        The audit keeps who called when, and never why: nobody is asked.
        """
        new = SupportCall(uuid4().hex, actor.ref, place, number, self._clock())
        async with self._uow() as uow:
            call = await uow.support.begin(new)
            if call.id == new.id:
                await self._ask_next(uow, call)
                await self._note(uow, actor, call, "Called")
                await uow.commit()
                log.info("support.called", call=call.id, asked=len(call.asked))
        return call, call.id == new.id

    async def answer(self, *, actor: Actor, call_id: str) -> SupportCall:
        """Let the actor, who was asked, come; the first one wins, the others see who it is.

        Whoever comes treats the case from then on if the caller was treating it on path 1.

        Raises:
            SupportCallNotFound: the actor was not asked; the try is written down.
            StaleCase: others were faster, again and again.
        """
        for _ in range(TRIES):
            async with self._uow() as uow:
                call = await uow.support.get(call_id)
                if call is None or not call.was_asked(actor.id):
                    break
                if call.answered_by is not None:
                    return call
                if not await self._come(uow, actor, call):
                    continue
                await uow.commit()
            log.info("support.answered", call=call.id, asked=len(call.asked))
            return call
        else:
            raise StaleCase
        await self._refuse(actor, call)
        raise SupportCallNotFound

    async def about(self, call: SupportCall) -> About:
        """Tell what a call is about; its thread is where it was made, else that of its case."""
        here = call.place if call.place.is_channel else None
        if call.number is None:
            return About(thread=here)
        async with self._uow() as uow:
            case = await uow.cases.get(call.number)
            thread = await uow.threads.get(call.number)
        return About(case.facts.customer, case.facts.crm_case_number, thread.place or here)

    async def skip(self, call_id: str, person: PersonId) -> None:
        """Ask the next one at once: whoever was asked last cannot be written to."""
        async with self._uow() as uow:
            call = await uow.support.get(call_id)
            if call and call.is_open and call.asked and call.asked[-1].person.id == person:
                await self._go_on(uow, call)

    async def look(self) -> None:
        """Ask the next one in every call that nobody has answered in time."""
        now = self._clock()
        async with self._uow() as uow:
            due = await uow.support.due(now=now, limit=_BATCH)
        for call_id in due:
            async with self._uow() as uow:
                call = await uow.support.get(call_id)
                due_at = call and call.due_at(self._patience)
                if call and due_at and due_at <= now:
                    await self._go_on(uow, call)

    async def _go_on(self, uow: UnitOfWork, call: SupportCall) -> None:
        """Ask the next one; another process that was faster has done it already."""
        if await self._ask_next(uow, call):
            await uow.commit()
            log.info("support.went_on", call=call.id, asked=len(call.asked), open=call.is_open)

    async def _ask_next(self, uow: UnitOfWork, call: SupportCall) -> bool:
        read_version = call.version
        caller = self._directory.actor(call.caller.id, name=call.caller.name)
        call.ask_next(support_ladder(self._directory, caller), self._clock())
        due_at = call.due_at(self._patience)
        if not await uow.support.save(call, read_version=read_version, look_at=due_at):
            return False
        await enqueue_support(uow, call)
        return True

    async def _come(self, uow: UnitOfWork, actor: Actor, call: SupportCall) -> bool:
        """Write that the actor comes; False when something was written first."""
        read_version = call.version
        call.answer(by=actor, at=self._clock())
        try:
            await self._take_over(uow, actor, call)
        except StaleCase:
            return False
        if not await uow.support.save(call, read_version=read_version, look_at=None):
            return False
        await enqueue_support(uow, call)
        await self._note(uow, actor, call, "Answered")
        return True

    @staticmethod
    async def _take_over(uow: UnitOfWork, actor: Actor, call: SupportCall) -> None:
        """Give the treatment of the caller's case to whoever comes. Raises StaleCase."""
        if call.number is None or call.answered_at is None:
            return
        case = await uow.cases.get(call.number)
        if case.treated_by.id != call.caller.id:
            return
        try:
            case.take_treatment(by=actor, at=call.answered_at)
        except IllegalTransition:
            return
        call.took_over = True
        await save_case(uow, case)

    async def _refuse(self, actor: Actor, call: SupportCall | None) -> None:
        async with self._uow() as uow:
            await write_down(
                uow,
                at=self._clock(),
                by=actor,
                action=_ACTION,
                number=call.number if call else None,
                why=SupportCallNotFound.__name__,
            )

    async def _note(self, uow: UnitOfWork, actor: Actor, call: SupportCall, what: str) -> None:
        await uow.audit.noted(
            at=self._clock(), by=actor.ref, action=_ACTION, number=call.number, what=what
        )
