"""Use cases of path 1 and of the classification: what the RC does with a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from retention.domain.cancellation import CancellationPath, CancellationReason, OriginChannel
from retention.domain.case import Case, CaseAction, CaseNumber
from retention.domain.events import TreatmentStep
from retention.domain.people import Actor, Role
from retention.domain.treatment import Plan
from retention.services.case_changes import CaseChanges


class TreatmentService(CaseChanges):
    async def tick_treatment(
        self, *, actor: Actor, number: CaseNumber, steps: Iterable[TreatmentStep]
    ) -> Case:
        """Mark steps of path 1 as done. Raises NotAllowed, IllegalTransition."""
        wanted = tuple(steps)
        return await self._change(
            number,
            CaseAction.TREAT,
            actor,
            lambda case, at: case.tick_treatment(by=actor, at=at, steps=wanted),
        )

    async def call_help(self, *, actor: Actor, number: CaseNumber, role: Role) -> Case:
        """Call the person on duty for a role into the thread.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition, NobodyToCall.
        """
        person = self._directory.helper(role, of=actor.id)
        called = person.ref if person else None
        return await self._change(
            number,
            CaseAction.TREAT,
            actor,
            lambda case, at: case.call_help(by=actor, at=at, role=role, person=called),
        )

    async def answer_call(self, *, actor: Actor, number: CaseNumber) -> Case:
        """Say that the actor, who was called, is coming.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition.
        """
        return await self._change(
            number,
            CaseAction.ANSWER_CALL,
            actor,
            lambda case, at: case.answer_call(by=actor, at=at),
        )

    async def make_plan(
        self, *, actor: Actor, number: CaseNumber, plan: Plan, seen: int | None = None
    ) -> Case:
        """Write down the plan of path 1; `seen` is the version of the case its form showed.

        Raises:
            NotAllowed, IllegalTransition, OutdatedForm.
        """
        return await self._change(
            number,
            CaseAction.TREAT,
            actor,
            lambda case, at: case.make_plan(by=actor, at=at, plan=plan, seen=seen),
        )

    async def revert(
        self,
        *,
        actor: Actor,
        number: CaseNumber,
        confirmed_by: str,
        confirmed_at: datetime,
        channel: OriginChannel,
        told: str,
    ) -> Case:
        """Record that the RC won the customer back.

        Raises:
            NotAllowed, AlreadyDone, AnsweredOtherwise, IllegalTransition, NextStepsNotTold.
        """
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
                told=told,
            ),
        )

    async def fail_reversal(
        self, *, actor: Actor, number: CaseNumber, customer_said: str, told: str
    ) -> Case:
        """Record that the customer still leaves. Raises as `revert`."""
        return await self._change(
            number,
            CaseAction.ANSWER,
            actor,
            lambda case, at: case.fail_reversal(
                by=actor, at=at, customer_said=customer_said, told=told
            ),
        )

    async def reclassify(
        self,
        *,
        actor: Actor,
        number: CaseNumber,
        path: CancellationPath,
        reason: CancellationReason,
        reason_text: str,
        why: str,
        seen: int | None = None,
    ) -> Case:
        """Correct path or reason; `seen` is the version of the case its form showed.

        Raises:
            NotAllowed, IllegalTransition, NothingChanges, OutdatedForm.
        """
        return await self._change(
            number,
            CaseAction.RECLASSIFY,
            actor,
            lambda case, at: case.reclassify(
                by=actor,
                at=at,
                path=path,
                reason=reason,
                reason_text=reason_text,
                why=why,
                seen=seen,
            ),
        )

    async def take_back(self, *, actor: Actor, number: CaseNumber) -> Case:
        """Undo the move that the customer's words made by themselves.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition, NothingChanges.
        """
        return await self._change(
            number, CaseAction.RECLASSIFY, actor, lambda case, at: case.take_back(by=actor, at=at)
        )
