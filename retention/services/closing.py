"""Use cases of the end of a case: its documents, its outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from retention.domain.cancellation import CancellationReason
from retention.domain.case import Case, CaseAction, CaseNumber, Outcome
from retention.domain.events import DocumentState
from retention.domain.people import Actor
from retention.services.case_changes import CaseChanges


class ClosingService(CaseChanges):
    async def mark_documents(
        self,
        *,
        actor: Actor,
        number: CaseNumber,
        marks: Mapping[DocumentState, Sequence[str]],
    ) -> Case:
        """Note which documents reached which state. Raises NotAllowed, IllegalTransition."""

        def mark(case: Case, at: datetime) -> None:
            for state in DocumentState:
                names = marks.get(state, ())
                if names:
                    case.mark_documents(by=actor, at=at, documents=names, state=state)

        return await self._change(number, CaseAction.DOCUMENTS, actor, mark)

    async def see_exception(self, *, actor: Actor, number: CaseNumber) -> Case:
        """Take note that a case was ended by exception. Raises NotAllowed, IllegalTransition."""

        def see(case: Case, at: datetime) -> None:
            case.see_exception(by=actor, at=at)

        return await self._change(number, CaseAction.SEE_EXCEPTION, actor, see)

    async def required_documents(
        self, case: Case, *reasons: CancellationReason | None
    ) -> Sequence[str]:
        """List the documents that the case's reason, or these, need, by the case's playbooks."""
        wanted = [reason for reason in reasons if reason] or [case.judgement.reason]
        names = [await self._playbooks.documents(case, reason) for reason in wanted]
        return tuple(dict.fromkeys(name for each in names for name in each))

    async def record_outcome(
        self,
        *,
        actor: Actor,
        number: CaseNumber,
        outcome: Outcome,
        validated: Sequence[str] = (),
        override: str = "",
    ) -> Case:
        """End the case; `validated` documents are marked so along with it.

        `override` says why it ends although something is missing.

        Raises:
            NotAllowed, AlreadyDone, AnsweredOtherwise, IllegalTransition, CannotClose.
        """
        required = await self.required_documents(await self.get(number), outcome.real_reason)

        def end(case: Case, at: datetime) -> None:
            if validated and not case.check_outcome(actor):
                case.mark_documents(
                    by=actor, at=at, documents=validated, state=DocumentState.VALIDATED
                )
            case.record_outcome(
                by=actor, at=at, outcome=outcome, required=required, override=override
            )

        return await self._change(number, CaseAction.RECORD_OUTCOME, actor, end)
