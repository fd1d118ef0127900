"""Use case: a mistyped Caso number is put right."""

from __future__ import annotations

from retention.domain.case import Case, CaseAction, CaseNumber
from retention.domain.people import Actor
from retention.services.case_changes import CaseChanges
from retention.services.ports.unit_of_work import UnitOfWork
from retention.services.subscriptions import CRM, replay_buried


class RenumberingService(CaseChanges):
    async def correct_number(
        self, *, actor: Actor, number: CaseNumber, crm_case_number: str, seen: int | None = None
    ) -> Case:
        """Give a case the right Caso; `seen` is the version of the case its form showed.

        In the same transaction the former Caso is let go, so that nothing done there is heard any
        more. What was given up about it runs once more, finds that it is about another Caso, and
        is missing no longer.

        Raises:
            NotAllowed, IllegalTransition, NothingChanges, OutdatedForm.
            DuplicateOpenCase: that Caso has an open case.
        """
        return await self._change(
            number,
            CaseAction.CORRECT_NUMBER,
            actor,
            lambda case, at: case.correct_number(
                by=actor, at=at, crm_case_number=crm_case_number, seen=seen
            ),
            also=_let_go,
        )


async def _let_go(uow: UnitOfWork, case: Case) -> None:
    await uow.crm.drop_link(case.number)
    await replay_buried(uow, case.number, subscriber=CRM)
