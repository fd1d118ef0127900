"""How a case is changed: judged on its present state, written once, refusals written down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

import structlog

from retention.domain.case import Case, CaseAction, CaseNumber, case_code
from retention.domain.errors import (
    AlreadyDone,
    CannotClose,
    IllegalTransition,
    NobodyToCall,
    NotAllowed,
    StaleCase,
)
from retention.domain.people import Actor, Directory
from retention.services.playbooks import PlaybookService
from retention.services.ports.clock import Clock
from retention.services.ports.unit_of_work import StartUnitOfWork, UnitOfWork
from retention.services.refusals import write_down
from retention.services.subscriptions import save_case

log = structlog.get_logger(__name__)
Also = Callable[[UnitOfWork, Case], Awaitable[None]]
"""What else is written in the transaction of a change."""
TRIES = 5
"""How often a change is judged again when another one was written first."""
_WRITTEN_DOWN = (NotAllowed, AlreadyDone, IllegalTransition, CannotClose, NobodyToCall)
"""The refusals that the audit keeps."""
_REPEATED: Final = "Repeated"
"""Why a press changed nothing: the same was done before."""
_CHECKS: Mapping[CaseAction, Callable[[Case, Actor], bool]] = {
    CaseAction.ANSWER: Case.check_answer,
    CaseAction.TREAT: Case.check_treat,
    CaseAction.RECLASSIFY: Case.check_reclassify,
    CaseAction.RECORD_OUTCOME: Case.check_outcome,
    CaseAction.SNOOZE: Case.check_snooze,
    CaseAction.ASSIGN: Case.check_assign,
    CaseAction.GIVE_BACK: Case.check_give_back,
    CaseAction.ASK: Case.check_ask,
    CaseAction.ANSWER_QUESTION: Case.check_answer_question,
    CaseAction.DECIDE: Case.check_decided,
    CaseAction.END_ATTEMPTS: Case.check_attempts,
    CaseAction.CORRECT_NUMBER: Case.check_correct_number,
    CaseAction.TRIANGULATE: Case.check_triangulate,
    CaseAction.TRIANGULATED: Case.check_triangulated,
}


class CaseChanges:
    """`in_crm` tells that the bot does the steps of new cases in the CRM by itself."""

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        clock: Clock,
        directory: Directory,
        playbooks: PlaybookService,
        in_crm: bool = False,
    ) -> None:
        self._uow = uow
        self._clock = clock
        self._directory = directory
        self._playbooks = playbooks
        self._in_crm = in_crm

    async def get(self, number: CaseNumber) -> Case:
        """Raises CaseNotFound."""
        async with self._uow() as uow:
            return await uow.cases.get(number)

    async def check(self, *, actor: Actor, number: CaseNumber, action: CaseAction) -> Case:
        """Judge an action before its form is shown, so that nobody fills one in for nothing.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition: as the action itself, written down likewise.
        """
        return await self._judge(
            number, action, actor, lambda case, _at: _CHECKS[action](case, actor)
        )

    async def _change(
        self,
        number: CaseNumber,
        action: CaseAction,
        actor: Actor,
        change: Callable[[Case, datetime], object],
        *,
        also: Also | None = None,
    ) -> Case:
        """Apply one change; refusals, and what was done already, are written down."""
        read_version = 0

        def apply(case: Case, at: datetime) -> None:
            nonlocal read_version
            read_version = case.version
            change(case, at)

        case = await self._judge(number, action, actor, apply, also=also)
        if case.version == read_version:
            await self._write_down(_REPEATED, action, actor, number)
        return case

    async def _judge(
        self,
        number: CaseNumber,
        action: CaseAction,
        actor: Actor,
        change: Callable[[Case, datetime], object],
        *,
        also: Also | None = None,
    ) -> Case:
        try:
            return await change_case(
                self._uow,
                number,
                lambda case: change(case, self._clock()),
                action=action,
                also=also,
            )
        except _WRITTEN_DOWN as refusal:
            await self._write_down(type(refusal).__name__, action, actor, number)
            raise

    async def _write_down(
        self, why: str, action: CaseAction, actor: Actor, number: CaseNumber
    ) -> None:
        log.info("case.refused", case=case_code(number), action=action, why=why)
        async with self._uow() as uow:
            await write_down(uow, at=self._clock(), by=actor, action=action, number=number, why=why)


async def change_case(
    start: StartUnitOfWork,
    number: CaseNumber,
    change: Callable[[Case], object],
    *,
    action: str,
    also: Also | None = None,
) -> Case:
    """Apply one change; when another one was written first, judge again on the new state.

    `also` writes what belongs to it, if it changed anything.

    Raises:
        CaseNotFound: there is no such case.
        StaleCase: others were faster, again and again.
    """
    for _ in range(TRIES):
        async with start() as uow:
            case = await uow.cases.get(number)
            read_version = case.version
            change(case)
            try:
                await save_case(uow, case)
            except StaleCase:
                continue
            if also is not None and case.version != read_version:
                await also(uow, case)
            await uow.commit()
        if case.version != read_version:
            log.info("case.changed", case=case.code, action=action, version=case.version)
        return case
    raise StaleCase
