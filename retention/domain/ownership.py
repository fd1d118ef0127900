"""A chapter of the case: whose it is at the Adm/Fin. Claimed, assigned, given back to the queue."""

from __future__ import annotations

from datetime import datetime

from retention.domain.case_record import CaseAction, CaseRecord
from retention.domain.desk_events import CaseAssigned, CaseReturned
from retention.domain.errors import AlreadyDone, CannotOwn, IllegalTransition, NotAllowed
from retention.domain.events import CaseClaimed, CaseStatus
from retention.domain.people import Actor, Person, Role

LEADS = frozenset({Role.ADMFIN_LEAD})
_MAY_ASSIGN_QUEUED = LEADS | {Role.LEADER}
"""A leader, whom the claim ladder calls last, gives a case without owner to somebody."""
MAY_OWN = frozenset({Role.ADMFIN, Role.ADMFIN_LEAD})
"""An analyst works on a case that was assigned to them; its outcome is a lead's."""


class Ownership(CaseRecord):
    __slots__ = ()

    @property
    def claimed(self) -> CaseClaimed | CaseAssigned | None:
        """What made its present owner so."""
        if self.owner is None:
            return None
        taken = (e for e in reversed(self._round) if isinstance(e, CaseClaimed | CaseAssigned))
        return next(taken, None)

    @property
    def given_back(self) -> CaseReturned | None:
        """Who gave it back to the queue and why, until somebody has it again."""
        queued = next((event for event in reversed(self.history) if event.is_queued), None)
        waits = self.status is CaseStatus.AWAITING_ADMFIN
        return queued if waits and isinstance(queued, CaseReturned) else None

    def claim(self, *, by: Actor, at: datetime) -> None:
        """Give the case to the lead who will try to win the customer back.

        Raises:
            NotAllowed: the actor is no Adm/Fin lead.
            AlreadyDone: somebody else has it. A repeat by the owner changes nothing.
            IllegalTransition: the RC is still treating the case.
        """
        if not by.has_any(LEADS):
            raise NotAllowed(CaseAction.CLAIM, LEADS)
        taken = self.claimed
        if taken is not None:
            if self.owner != by.ref:
                raise AlreadyDone(CaseAction.CLAIM, taken.by, taken.at)
            return
        self._record(CaseClaimed(**self._stamp(by, at, to=CaseStatus.WITH_ADMFIN)))
        self.owner = by.ref

    def assign(self, *, by: Actor, at: datetime, to: Person, seen: int | None = None) -> None:
        """Give the case to somebody of the Adm/Fin; the same person again changes nothing.

        `seen` is the version of the case that the form showed.

        Raises:
            NotAllowed: the actor is no Adm/Fin lead, nor a leader while nobody has the case.
            CannotOwn: the person is not of the Adm/Fin.
            AlreadyDone: somebody else has claimed or assigned it since.
            IllegalTransition: the RC is still treating the case, or it has ended.
        """
        self.check_assign(by)
        if to.roles.isdisjoint(MAY_OWN):
            raise CannotOwn
        taken = self.claimed
        is_theirs = self.owner is not None and self.owner.id == to.id
        if is_theirs or (seen is not None and taken is not None and taken.version > seen):
            self._done_before(CaseAction.ASSIGN, taken, by)
        if is_theirs:
            return
        is_queued = self.status is CaseStatus.AWAITING_ADMFIN
        move = CaseStatus.WITH_ADMFIN if is_queued else None
        self._record(CaseAssigned(**self._stamp(by, at, to=move), person=to.ref))
        self.owner = to.ref

    def check_assign(self, by: Actor) -> bool:
        """Judge whether the actor may say whose case it is; never done already.

        Raises:
            NotAllowed, IllegalTransition: as in `assign`.
        """
        is_queued = self.status is CaseStatus.AWAITING_ADMFIN
        roles = _MAY_ASSIGN_QUEUED if is_queued else LEADS
        if not by.has_any(roles):
            raise NotAllowed(CaseAction.ASSIGN, LEADS)
        self._check_open(CaseAction.ASSIGN)
        if self.status is CaseStatus.IN_TREATMENT:
            raise IllegalTransition(self.status, CaseAction.ASSIGN)
        return False

    def give_back(self, *, by: Actor, at: datetime, why: str) -> None:
        """Let the case wait for an owner again, and say why; its claim ladder begins anew.

        Raises:
            NotAllowed: the actor neither has the case nor leads the Adm/Fin.
            AlreadyDone: somebody else gave it back. A repeat by the same person changes nothing.
            IllegalTransition: nobody has it.
        """
        if self.check_give_back(by) or self.owner is None:
            return
        stamp = self._stamp(by, at, to=CaseStatus.AWAITING_ADMFIN)
        self._record(CaseReturned(**stamp, person=self.owner, why=why))
        self.owner = None

    def check_give_back(self, by: Actor) -> bool:
        """Judge whether the actor may give the case back; True when they have already.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition: as in `give_back`.
        """
        done = self.given_back
        if done is None or done.by.id != by.id:
            self._check_has_it(by, CaseAction.GIVE_BACK)
        if self._done_before(CaseAction.GIVE_BACK, done, by):
            return True
        if not self.status.is_owned:
            raise IllegalTransition(self.status, CaseAction.GIVE_BACK)
        return False

    def _check_has_it(self, by: Actor, action: CaseAction) -> None:
        """At the Adm/Fin a case is its owner's work, or a lead's."""
        if not by.has_any(LEADS) and (self.owner is None or by.id != self.owner.id):
            raise NotAllowed(action, LEADS, self.owner)
