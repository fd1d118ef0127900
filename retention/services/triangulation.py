"""Use cases of the three-way call."""

from __future__ import annotations

from retention.domain.case import Case, CaseAction, CaseNumber
from retention.domain.people import Actor
from retention.domain.triangulation import ThreeWayCall
from retention.services.case_changes import CaseChanges


class TriangulationService(CaseChanges):
    async def triangulate(
        self, *, actor: Actor, number: CaseNumber, call: ThreeWayCall, seen: int | None = None
    ) -> Case:
        """Call somebody in, with what the case's own playbook says not to say.

        Raises:
            NotAllowed, IllegalTransition.
        """
        case = await self.get(number)
        playbook = await self._playbooks.of(case)
        avoid = playbook.avoid.get(case.facts.mood, "")
        return await self._change(
            number,
            CaseAction.TRIANGULATE,
            actor,
            lambda case, at: case.triangulate(by=actor, at=at, call=call, avoid=avoid, seen=seen),
        )

    async def end_triangulation(
        self, *, actor: Actor, number: CaseNumber, attended: bool, note: str
    ) -> Case:
        """Tell whether the customer came. Raises NotAllowed, AlreadyDone, IllegalTransition."""
        return await self._change(
            number,
            CaseAction.TRIANGULATED,
            actor,
            lambda case, at: case.end_triangulation(by=actor, at=at, attended=attended, note=note),
        )
