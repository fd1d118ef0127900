"""Use cases of a case: open, treat, claim, note, tick, end. One public method, one change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from retention.domain.case import (
    Case,
    CaseAction,
    CaseFacts,
    CaseNumber,
    Judgement,
)
from retention.domain.case_line import CaseLine
from retention.domain.classification import Classification
from retention.domain.draft import Draft, DraftStep
from retention.domain.errors import CaseNotFound, DuplicateOpenCase, StaleCase
from retention.domain.events import HandoverStep
from retention.domain.people import Actor
from retention.services.case_changes import TRIES
from retention.services.closing import ClosingService
from retention.services.desk import DeskService
from retention.services.ports.cases import CaseFilter, CaseThread
from retention.services.ports.unit_of_work import UnitOfWork
from retention.services.renumbering import RenumberingService
from retention.services.subscriptions import add_case, save_case
from retention.services.treatment import TreatmentService
from retention.services.triangulation import TriangulationService

log = structlog.get_logger(__name__)


class CaseService(
    TreatmentService, DeskService, TriangulationService, ClosingService, RenumberingService
):
    async def open(
        self,
        *,
        actor: Actor,
        draft: Draft,
        facts: CaseFacts,
        judgement: Judgement,
        read: Classification | None = None,
    ) -> Case:
        """Turn a draft into a case, in the message that held the form.

        `read` is what the classifier made of the words, kept beside what was decided. The same
        draft again returns the case it became.

        Raises:
            NotTheAuthor: the draft is somebody else's.
            DuplicateOpenCase: the Caso got an open case meanwhile.
        """
        draft.check_author(actor)

        async def into(uow: UnitOfWork) -> Case:
            number, is_first = await uow.cases.next_number(actor.id)
            companion = self._directory.companion_of(actor) if is_first else None
            case = Case.open(
                number=number,
                draft_id=draft.id,
                facts=facts,
                judgement=judgement,
                by=actor,
                at=self._clock(),
                read=read,
                playbook_version=self._playbooks.current.version,
                companion=companion.ref if companion else None,
                in_crm=self._in_crm,
            )
            await add_case(uow, case)
            await uow.threads.save(_thread_of(case, draft))
            return case

        return await self._end_draft(draft, DraftStep.REGISTERED, into)

    async def join(self, *, actor: Actor, draft: Draft, facts: CaseFacts) -> Case:
        """Let a second request's words join the open case of the same Caso.

        Raises:
            NotTheAuthor: the draft is somebody else's.
            CaseNotFound: that case was ended meanwhile.
        """
        draft.check_author(actor)

        async def into(uow: UnitOfWork) -> Case:
            case = await uow.cases.open_for(facts.crm_case_number)
            if case is None:
                raise CaseNotFound(facts.crm_case_number)
            case.repeat_request(
                by=actor, at=self._clock(), verbatim=facts.verbatim, request_id=draft.id
            )
            await save_case(uow, case)
            return case

        return await self._end_draft(draft, DraftStep.JOINED, into)

    async def thread(self, number: CaseNumber) -> CaseThread:
        """Raises CaseNotFound."""
        async with self._uow() as uow:
            return await uow.threads.get(number)

    async def in_thread(self, number: CaseNumber) -> tuple[Case, CaseThread]:
        """Read a case and where it is discussed, at once. Raises CaseNotFound."""
        async with self._uow() as uow:
            return await uow.cases.get(number), await uow.threads.get(number)

    async def discussed_in(self, conversation: str) -> Case | None:
        """Find the newest case whose thread a conversation is."""
        async with self._uow() as uow:
            number = await uow.threads.case_in(conversation)
            return None if number is None else await uow.cases.get(number)

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

    async def note(self, *, actor: Actor, number: CaseNumber, text: str, request_id: str) -> Case:
        """Add an update to the case and its thread."""
        return await self._change(
            number,
            CaseAction.NOTE,
            actor,
            lambda case, at: case.add_note(by=actor, at=at, text=text, request_id=request_id),
        )

    async def snooze(
        self, *, actor: Actor, number: CaseNumber, until: datetime, why: str, seen: int
    ) -> Case:
        """Let the reminders of a case wait. Raises NotAllowed, IllegalTransition."""
        return await self._change(
            number,
            CaseAction.SNOOZE,
            actor,
            lambda case, at: case.snooze(by=actor, at=at, until=until, why=why, seen=seen),
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

    async def _end_draft(
        self,
        judged: Draft,
        step: DraftStep,
        into: Callable[[UnitOfWork], Awaitable[Case]],
    ) -> Case:
        """End a draft in a case, once: a draft that has ended already gives the case it became.

        Raises:
            StaleCase: the draft went on without this press; what was judged is out of date.
        """
        for _ in range(TRIES):
            try:
                async with self._uow() as uow:
                    case = await into(uow)
                    ended = replace(judged, case_number=case.number)
                    ended.advance(step)
                    await uow.drafts.save(ended, read_version=judged.version)
                    await uow.commit()
            except (StaleCase, DuplicateOpenCase, CaseNotFound) as refusal:
                ended_in = await self._went_on(judged)
                if ended_in is not None:
                    return ended_in
                if not isinstance(refusal, StaleCase):
                    raise
            else:
                log.info("case.changed", case=case.code, action=step, version=case.version)
                return case
        raise StaleCase

    async def _went_on(self, judged: Draft) -> Case | None:
        """Find what a draft became meanwhile; None: it stands as it was judged.

        Raises:
            StaleCase: it went on otherwise.
        """
        async with self._uow() as uow:
            current = await uow.drafts.get(judged.id)
            if current.case_number is not None:
                return await uow.cases.get(current.case_number)
        if current.version != judged.version:
            raise StaleCase
        return None


def _thread_of(case: Case, draft: Draft) -> CaseThread:
    if draft.place.is_channel:
        return CaseThread(case.number, draft.place.service_url, place=draft.place)
    return CaseThread(case.number, draft.place.service_url, place=None, receipt=draft.place)
