"""A chapter of the case: the customer has decided, or cannot be reached: no more offers.

Process document: one honest attempt, then documents and confirmation alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from retention.domain.case_record import CaseAction
from retention.domain.desk_events import AttemptsEnded, CustomerDecided
from retention.domain.errors import IllegalTransition, NotAllowed
from retention.domain.events import CaseStatus, FeedbackChannel
from retention.domain.ownership import LEADS, Ownership
from retention.domain.people import Actor
from retention.domain.reclassification import Reclassification


@dataclass(frozen=True, slots=True)
class Attempts:
    """How somebody tried to reach the customer: how often, by which ways, when last."""

    tries: int
    channels: tuple[FeedbackChannel, ...]
    last_at: datetime


class FastLane(Ownership, Reclassification):
    __slots__ = ()

    @property
    def decision(self) -> CustomerDecided | None:
        """What the customer said who leaves, while the case is in the fast lane."""
        return self.last(CustomerDecided) if self.status is CaseStatus.LEAVING else None

    @property
    def attempts(self) -> AttemptsEnded | None:
        """How it was tried to reach the customer, once nobody tries any more."""
        return self._last_of_round(AttemptsEnded)

    def customer_decided(self, *, by: Actor, at: datetime, said: str) -> None:
        """Take the fast lane: nothing is offered any more. The same again changes nothing.

        Raises:
            NotAllowed: the actor neither has the case nor leads the Adm/Fin.
            AlreadyDone: somebody else has said so.
            AnsweredOtherwise: the actor has, in other words.
            IllegalTransition: nobody has the case.
        """
        if self.check_decided(by):
            self._answered_before(CaseAction.DECIDE, self.decision, {"said": said})
            return
        self._record(CustomerDecided(**self._stamp(by, at, to=CaseStatus.LEAVING), said=said))
        self._heed_if_technical(by, at, said)

    def check_decided(self, by: Actor) -> bool:
        """Judge whether the actor may take the fast lane; True when they have already.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition: as in `customer_decided`.
        """
        self._check_has_it(by, CaseAction.DECIDE)
        if self._done_before(CaseAction.DECIDE, self.decision, by):
            return True
        self._check_move(CaseStatus.LEAVING)
        return False

    def end_attempts(
        self, *, by: Actor, at: datetime, attempts: Attempts, seen: int | None = None
    ) -> None:
        """Keep how it was tried to reach the customer; the same again changes nothing.

        It ends nothing by itself: the outcome does, and may quote it. `seen` is the version of the
        case that the form showed.

        Raises:
            NotAllowed: the actor is no Adm/Fin lead.
            IllegalTransition: nobody has the case.
            OutdatedForm: somebody has written it down since.
        """
        self.check_attempts(by)
        given = asdict(attempts)
        if not self._was_given(AttemptsEnded, by, given, seen=seen):
            self._check_unmoved(seen, AttemptsEnded)
            self._record(AttemptsEnded(**self._stamp(by, at), **given))

    def check_attempts(self, by: Actor) -> bool:
        """Judge whether the actor may end the attempts; never done already.

        Raises:
            NotAllowed, IllegalTransition: as in `end_attempts`.
        """
        if not by.has_any(LEADS):
            raise NotAllowed(CaseAction.END_ATTEMPTS, LEADS)
        if not self.status.is_owned:
            raise IllegalTransition(self.status, CaseAction.END_ATTEMPTS)
        return False
