"""Use cases of a case: open, treat, claim, note, tick, end. One public method, one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime

import structlog

from retention.domain.cancellation import OriginChannel
from retention.domain.case import (
    Case,
    CaseAction,
    CaseFacts,
    CaseNumber,
    Judgement,
    Outcome,
    case_code,
)
from retention.domain.draft import Draft, DraftStep
from retention.domain.errors import (
    AlreadyDone,
    CaseNotFound,
    IllegalTransition,
    NotAllowed,
    RetentionError,
    StaleCase,
)
from retention.domain.events import HandoverStep
from retention.domain.people import Actor
from retention.services.ports import (
    CaseFilter,
    CaseLine,
    CaseThread,
    Clock,
    StartUnitOfWork,
    UnitOfWork,
)
from retention.services.subscriptions import add_case, save_case

log = structlog.get_logger(__name__)
_TRIES = 5
"""How often a change is judged again when another one was written first."""


class CaseService:
    def __init__(self, *, uow: StartUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def open(
        self, *, actor: Actor, draft: Draft, facts: CaseFacts, judgement: Judgement
    ) -> Case:
        """Turn a draft into a case, in the message that held the form.

        The same draft again returns the case it became.

        Raises:
            NotTheAuthor: the draft is somebody else's.
            DuplicateOpenCase: the Caso got an open case meanwhile.
        """
        draft.check_author(actor)

        async def into(uow: UnitOfWork, current: Draft) -> Case:
            case = Case.open(
                number=await uow.cases.next_number(),
                draft_id=draft.id,
                facts=facts,
                judgement=judgement,
                by=actor,
                at=self._clock(),
            )
            await add_case(uow, case)
            await uow.threads.save(_thread_of(case, current))
            return case

        return await self._end_draft(draft, DraftStep.REGISTERED, into)

    async def join(self, *, actor: Actor, draft: Draft, facts: CaseFacts) -> Case:
        """Let a second request's words join the open case of the same Caso.

        Raises:
            NotTheAuthor: the draft is somebody else's.
            CaseNotFound: that case was ended meanwhile.
        """
        draft.check_author(actor)

        async def into(uow: UnitOfWork, _current: Draft) -> Case:
            case = await uow.cases.open_for(facts.crm_case_number)
            if case is None:
                raise CaseNotFound(facts.crm_case_number)
            case.repeat_request(
                by=actor, at=self._clock(), verbatim=facts.verbatim, request_id=draft.id
            )
            await save_case(uow, case)
            return case

        return await self._end_draft(draft, DraftStep.JOINED, into)

    async def get(self, number: CaseNumber) -> Case:
        """Raises CaseNotFound."""
        async with self._uow() as uow:
            return await uow.cases.get(number)

    async def thread(self, number: CaseNumber) -> CaseThread:
        """Raises CaseNotFound."""
        async with self._uow() as uow:
            return await uow.threads.get(number)

    async def open_for(self, crm_case_number: str) -> Case | None:
        """Find the open case of a Caso."""
        async with self._uow() as uow:
            return await uow.cases.open_for(crm_case_number)

    async def closed_for(self, crm_case_number: str, *, limit: int = 3) -> Sequence[CaseLine]:
        """List earlier cases of a Caso, newest first."""
        async with self._uow() as uow:
            return await uow.cases.closed_for(crm_case_number, limit=limit)

    async def list(self, *, actor: Actor, which: CaseFilter, limit: int) -> Sequence[CaseLine]:
        async with self._uow() as uow:
            return await uow.cases.list(which, person=actor.id, limit=limit)

    async def search(self, text: str, *, limit: int) -> Sequence[CaseLine]:
        async with self._uow() as uow:
            return await uow.cases.search(text, limit=limit)

    async def claim(self, *, actor: Actor, number: CaseNumber) -> Case:
        """Make the actor the case's owner. Raises NotAllowed, AlreadyDone, IllegalTransition."""
        return await self._change(
            number, CaseAction.CLAIM, actor, lambda case, at: case.claim(by=actor, at=at)
        )

    async def note(self, *, actor: Actor, number: CaseNumber, text: str, request_id: str) -> Case:
        """Add an update to the case and its thread."""
        return await self._change(
            number,
            CaseAction.NOTE,
            actor,
            lambda case, at: case.add_note(by=actor, at=at, text=text, request_id=request_id),
        )

    async def tick(
        self, *, actor: Actor, number: CaseNumber, steps: Iterable[HandoverStep]
    ) -> Case:
        """Mark steps as done in Salesforce. Raises IllegalTransition before the handover."""
        wanted = tuple(steps)
        return await self._change(
            number,
            CaseAction.TICK,
            actor,
            lambda case, at: case.tick(by=actor, at=at, steps=wanted),
        )

    async def revert(
        self,
        *,
        actor: Actor,
        number: CaseNumber,
        confirmed_by: str,
        confirmed_at: datetime,
        channel: OriginChannel,
    ) -> Case:
        """Record that the RC won the customer back. Raises NotAllowed, AlreadyDone."""
        return await self._change(
            number,
            CaseAction.ANSWER,
            actor,
            lambda case, at: case.revert(
                by=actor,
                at=at,
                confirmed_by=confirmed_by,
                confirmed_at=confirmed_at,
                channel=channel,
            ),
        )

    async def fail_reversal(self, *, actor: Actor, number: CaseNumber, customer_said: str) -> Case:
        """Record that the customer still leaves. Raises NotAllowed, AlreadyDone."""
        return await self._change(
            number,
            CaseAction.ANSWER,
            actor,
            lambda case, at: case.fail_reversal(by=actor, at=at, customer_said=customer_said),
        )

    async def record_outcome(self, *, actor: Actor, number: CaseNumber, outcome: Outcome) -> Case:
        """End the case. Raises NotAllowed, AlreadyDone, IllegalTransition."""
        return await self._change(
            number,
            CaseAction.RECORD_OUTCOME,
            actor,
            lambda case, at: case.record_outcome(by=actor, at=at, outcome=outcome),
        )

    async def check(self, *, actor: Actor, number: CaseNumber, action: CaseAction) -> Case:
        """Judge an action before its form is shown, so that nobody fills one in for nothing.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition: as the action itself, written down likewise.
        """
        checks = {
            CaseAction.ANSWER: Case.check_answer,
            CaseAction.RECORD_OUTCOME: Case.check_outcome,
        }
        return await self._change(
            number, action, actor, lambda case, _at: checks[action](case, actor)
        )

    async def _end_draft(
        self,
        judged: Draft,
        step: DraftStep,
        into: Callable[[UnitOfWork, Draft], Awaitable[Case]],
    ) -> Case:
        """End a draft in a case, once: a draft that has ended already gives the case it became.

        Raises:
            StaleCase: the draft went on without this press; what was judged is out of date.
        """
        for _ in range(_TRIES):
            async with self._uow() as uow:
                current = await uow.drafts.get(judged.id)
                if current.case_number is not None:
                    return await uow.cases.get(current.case_number)
                if current.version != judged.version:
                    raise StaleCase
                try:
                    case = await into(uow, current)
                    await _finish(uow, current, step, case.number)
                except StaleCase:
                    continue
                await uow.commit()
            log.info("case.changed", case=case.code, action=step, version=case.version)
            return case
        raise StaleCase

    async def _change(
        self,
        number: CaseNumber,
        action: CaseAction,
        actor: Actor,
        change: Callable[[Case, datetime], object],
    ) -> Case:
        """Apply one change; when another one was written first, judge again on the new state."""
        for _ in range(_TRIES):
            try:
                return await self._change_once(number, action, change)
            except StaleCase:
                continue
            except (NotAllowed, AlreadyDone, IllegalTransition) as refusal:
                await self._write_down(refusal, action, actor, number)
                raise
        raise StaleCase

    async def _change_once(
        self, number: CaseNumber, action: CaseAction, change: Callable[[Case, datetime], object]
    ) -> Case:
        async with self._uow() as uow:
            case = await uow.cases.get(number)
            read_version = case.version
            change(case, self._clock())
            await save_case(uow, case)
            await uow.commit()
        if case.version != read_version:
            log.info("case.changed", case=case.code, action=action, version=case.version)
        return case

    async def _write_down(
        self, refusal: RetentionError, action: CaseAction, actor: Actor, number: CaseNumber
    ) -> None:
        why = type(refusal).__name__
        log.info("case.refused", case=case_code(number), action=action, why=why)
        async with self._uow() as uow:
            await uow.audit.refused(
                at=self._clock(),
                by=actor.ref,
                action=action,
                number=number,
                why=why,
            )
            await uow.commit()


async def _finish(uow: UnitOfWork, draft: Draft, step: DraftStep, number: CaseNumber) -> None:
    read_version = draft.version
    draft.case_number = number
    draft.advance(step)
    if not await uow.drafts.save(draft, read_version=read_version):
        raise StaleCase


def _thread_of(case: Case, draft: Draft) -> CaseThread:
    if draft.place.is_channel:
        return CaseThread(case.number, draft.place.service_url, place=draft.place)
    return CaseThread(case.number, draft.place.service_url, place=None, receipt=draft.place)
