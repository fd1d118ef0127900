"""A chapter of the case: the three-way call, so that the customer tells nothing twice.

Process document: whoever can brings the customer and the Adm/Fin together on one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from retention.domain.case_record import CaseAction
from retention.domain.desk_events import TriangulationEnded, TriangulationStarted
from retention.domain.errors import AlreadyDone, IllegalTransition
from retention.domain.events import CaseStatus
from retention.domain.ownership import Ownership
from retention.domain.people import Actor, PersonRef


@dataclass(frozen=True, slots=True)
class ThreeWayCall:
    """Where and when the call is, and who of the team is called in."""

    url: str
    person: PersonRef
    starts_at: datetime


class Triangulation(Ownership):
    __slots__ = ()

    @property
    def triangulation(self) -> TriangulationStarted | None:
        """The call of which nobody has told yet whether the customer came.

        It is of those who have the case: with its return to the queue or to the RC it is over.
        """
        for event in reversed(self.history):
            if isinstance(event, TriangulationEnded) or not event.after.is_owned:
                return None
            if isinstance(event, TriangulationStarted):
                return event
        return None

    @property
    def triangulated(self) -> TriangulationEnded | None:
        """How the newest call went; None: nobody has told."""
        calls = (TriangulationStarted, TriangulationEnded)
        newest = next((e for e in reversed(self.history) if isinstance(e, calls)), None)
        return newest if isinstance(newest, TriangulationEnded) else None

    def triangulate(
        self, *, by: Actor, at: datetime, call: ThreeWayCall, avoid: str, seen: int | None = None
    ) -> None:
        """Call somebody in; a new call takes the place of one that nobody has told of.

        `avoid` is what is better not said to this customer; `seen` is the version of the case that
        the form showed. The same form again changes nothing.

        Raises:
            NotAllowed: the actor neither has the case nor leads the Adm/Fin.
            IllegalTransition: nobody has the case, or the customer has decided.
        """
        given: dict[str, Any] = {"url": call.url, "person": call.person}
        if self._was_given(TriangulationStarted, by, given, seen=seen):
            return
        self.check_triangulate(by)
        stamp = self._stamp(by, at)
        self._record(TriangulationStarted(**stamp, **given, starts_at=call.starts_at, avoid=avoid))

    def check_triangulate(self, by: Actor) -> bool:
        """Judge whether the actor may call somebody in; never done already.

        Raises:
            NotAllowed, IllegalTransition: as in `triangulate`.
        """
        self._check_has_it(by, CaseAction.TRIANGULATE)
        if not self.status.is_owned or self.status is CaseStatus.LEAVING:
            raise IllegalTransition(self.status, CaseAction.TRIANGULATE)
        return False

    def end_triangulation(self, *, by: Actor, at: datetime, attended: bool, note: str) -> None:
        """Tell whether the customer came, and what else there is to say.

        Raises:
            NotAllowed: the actor neither has the case, nor was called in, nor leads the Adm/Fin.
            AlreadyDone: somebody else has told. A repeat by the same person changes nothing.
            IllegalTransition: there is no such call.
        """
        if not self.check_triangulated(by):
            stamp = self._stamp(by, at)
            self._record(TriangulationEnded(**stamp, attended=attended, note=note))

    def check_triangulated(self, by: Actor) -> bool:
        """Judge whether the actor may tell how the call went; True when they have already.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition: as in `end_triangulation`.
        """
        call = self.triangulation
        if call is not None:
            if by.id != call.person.id:
                self._check_has_it(by, CaseAction.TRIANGULATED)
            return False
        told = self.triangulated
        if told is None:
            raise IllegalTransition(self.status, CaseAction.TRIANGULATED)
        if told.by.id != by.id:
            raise AlreadyDone(CaseAction.TRIANGULATED, told.by, told.at)
        return True
