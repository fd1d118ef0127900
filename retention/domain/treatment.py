"""A chapter of the case: path 1, where the RC acts.

Process document: listen, survey the history of Casos, call the RC lead or the N2 if need be, act;
make a plan at once and tell the customer the next steps; then say whether the customer stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from retention.domain.cancellation import CancellationPath, OriginChannel
from retention.domain.case_record import CaseAction
from retention.domain.errors import (
    AlreadyDone,
    IllegalTransition,
    NextStepsNotTold,
    NobodyToCall,
    NotAllowed,
)
from retention.domain.events import (
    CaseReclassified,
    CaseReverted,
    CaseStatus,
    Event,
    HelpAnswered,
    HelpCalled,
    PlanMade,
    ReversalFailed,
    TreatmentStep,
    TreatmentTaken,
    TreatmentTicked,
)
from retention.domain.people import Actor, PersonRef, Role
from retention.domain.reclassification import Reclassification

HELPERS = (Role.N2, Role.RC_LEAD)
"""Whom the RC may call."""
_MAY_TREAT = frozenset({Role.RC_LEAD})
"""Besides the author."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What, who, by when; `told` is how the customer was told the next steps, or empty."""

    what: str
    who: PersonRef
    due: date
    told: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A call for help, and who said that they are coming."""

    called: HelpCalled
    answered: HelpAnswered | None


class Treatment(Reclassification):
    __slots__ = ()

    # ---- what was done so far --------------------------------------------------------------------

    @property
    def treatment(self) -> Mapping[TreatmentStep, Event]:
        """The steps done so far, each with the event that says who and when."""
        done: dict[TreatmentStep, Event] = {}
        for event in self.history:
            if isinstance(event, TreatmentTicked):
                done |= {step: event for step in event.steps if step not in done}
            elif isinstance(event, HelpCalled):
                done.setdefault(TreatmentStep.CALL, event)
        return done

    @property
    def calls(self) -> Mapping[Role, Call]:
        """The latest call for each role in the present round of treatment."""
        calls: dict[Role, Call] = {}
        for event in self._round:
            if isinstance(event, HelpCalled):
                calls[event.role] = Call(event, None)
            elif isinstance(event, HelpAnswered):
                calls |= {role: Call(calls[role].called, event) for role in event.roles}
        return calls

    @property
    def pending_calls(self) -> frozenset[Role]:
        """The roles that were called and have not answered, while the RC treats the case."""
        if self.status is not CaseStatus.IN_TREATMENT:
            return frozenset()
        return frozenset(role for role, call in self.calls.items() if call.answered is None)

    @property
    def plan(self) -> PlanMade | None:
        """The plan of the present round of treatment."""
        return self._last_of_round(PlanMade)

    @property
    def told(self) -> PlanMade | CaseReverted | ReversalFailed | None:
        """The newest event of the round that holds the next steps as the customer was told them."""
        for event in reversed(self._round):
            if isinstance(event, PlanMade | CaseReverted | ReversalFailed) and event.told:
                return event
        return None

    @property
    def answer(self) -> CaseReverted | ReversalFailed | None:
        """How path 1 ended: the customer stays, or still leaves."""
        return self._last_of_round(CaseReverted) or self._last_of_round(ReversalFailed)

    @property
    def failed_reversal(self) -> ReversalFailed | None:
        """The answer that the customer still leaves."""
        answer = self.answer
        return answer if isinstance(answer, ReversalFailed) else None

    @property
    def reversal(self) -> CaseReverted | None:
        """The reversal that still holds: a later change of path ends it."""
        holds = self.judgement.path is CancellationPath.TECHNICAL_OPEN
        return self._last_of_round(CaseReverted) if holds else None

    # ---- what people do --------------------------------------------------------------------------

    def tick_treatment(self, *, by: Actor, at: datetime, steps: Iterable[TreatmentStep]) -> None:
        """Mark steps of path 1 as done; steps already ticked keep their first name.

        Raises:
            NotAllowed: the actor is neither the author nor an RC lead.
            IllegalTransition: the RC does not treat the case.
        """
        self.check_treat(by)
        wanted = set(steps) - self.treatment.keys()
        if wanted:
            new = tuple(step for step in TreatmentStep if step in wanted)
            self._record(TreatmentTicked(**self._stamp(by, at), steps=new))

    def call_help(self, *, by: Actor, at: datetime, role: Role, person: PersonRef | None) -> None:
        """Call the person on duty for a role; `person` is None when there is nobody.

        Raises:
            NotAllowed, IllegalTransition: as in `tick_treatment`.
            AlreadyDone: somebody else has called, and waits. A repeat by the same changes nothing.
            NobodyToCall: nobody holds the role.
        """
        self.check_treat(by)
        if role in self.pending_calls:
            self._done_before(CaseAction.TREAT, self.calls[role].called, by)
            return
        if role not in HELPERS or person is None:
            raise NobodyToCall(role)
        self._record(HelpCalled(**self._stamp(by, at), role=role, person=person))

    def answer_call(self, *, by: Actor, at: datetime) -> None:
        """Say that one is coming: whoever holds a called role may. It claims nothing.

        Raises:
            NotAllowed: the actor holds none of the called roles.
            AlreadyDone: somebody else is coming. A repeat by the same person changes nothing.
            IllegalTransition: nobody was called.
        """
        pending = self.pending_calls
        mine = tuple(role for role in HELPERS if role in pending and role in by.roles)
        if mine:
            self._record(HelpAnswered(**self._stamp(by, at), roles=mine))
            return
        answers = [event for event in self._round if isinstance(event, HelpAnswered)]
        if any(answer.by.id == by.id for answer in answers):
            return
        if pending:
            raise NotAllowed(CaseAction.ANSWER_CALL, pending)
        if not answers:
            raise IllegalTransition(self.status, CaseAction.ANSWER_CALL)
        raise AlreadyDone(CaseAction.ANSWER_CALL, answers[-1].by, answers[-1].at)

    def take_treatment(self, *, by: Actor, at: datetime) -> None:
        """Let a person of the lead go on with the treatment; they were asked to, in private.

        For whoever treats it already nothing changes.

        Raises:
            IllegalTransition: the RC does not treat the case.
        """
        if self.status is not CaseStatus.IN_TREATMENT:
            raise IllegalTransition(self.status, CaseAction.TREAT)
        if by.id != self.treated_by.id:
            self._record(TreatmentTaken(**self._stamp(by, at)))
            self.owner = by.ref

    def make_plan(self, *, by: Actor, at: datetime, plan: Plan, seen: int | None = None) -> None:
        """Write down what, who and by when; the same plan again changes nothing.

        `seen` is the version of the case that the form showed.

        Raises:
            NotAllowed, IllegalTransition: as in `tick_treatment`.
            OutdatedForm: another plan was made since.
        """
        self.check_treat(by)
        old = self.plan
        if old is None or Plan(old.what, old.who, old.due, old.told) != plan:
            self._check_unmoved(seen, PlanMade, CaseReclassified)
            self._record(
                PlanMade(
                    **self._stamp(by, at),
                    what=plan.what,
                    who=plan.who,
                    due=plan.due,
                    told=plan.told,
                )
            )
            self._heed(by, at, plan.what, plan.told)

    def check_treat(self, by: Actor) -> bool:
        """Judge whether the actor may work on path 1; never done already.

        Raises:
            NotAllowed, IllegalTransition: as in `tick_treatment`.
        """
        self._check_may_treat(by, CaseAction.TREAT)
        if self.status is not CaseStatus.IN_TREATMENT:
            raise IllegalTransition(self.status, CaseAction.TREAT)
        return False

    # ---- how it ends -----------------------------------------------------------------------------

    def revert(
        self,
        *,
        by: Actor,
        at: datetime,
        confirmed_by: str,
        confirmed_at: datetime,
        channel: OriginChannel,
        told: str,
    ) -> None:
        """Record that the customer stays, and who confirmed it: handed over as reverted by the RC.

        Raises:
            NotAllowed: the actor is neither the author nor an RC lead.
            AlreadyDone: somebody else has recorded the answer.
            AnsweredOtherwise: the actor has recorded another one; the same again changes nothing.
            NextStepsNotTold: neither `told` nor the plan says what the customer was told.
        """
        given: dict[str, Any] = {
            "confirmed_by": confirmed_by,
            "confirmed_at": confirmed_at,
            "channel": channel,
            "told": told,
        }
        if self.check_answer(by) and self._answered_before(CaseAction.ANSWER, self.answer, given):
            return
        self._check_told(told)
        self._record(CaseReverted(**self._stamp(by, at, to=CaseStatus.AWAITING_ADMFIN), **given))
        self.owner = None

    def fail_reversal(self, *, by: Actor, at: datetime, customer_said: str, told: str) -> None:
        """Record that the customer still leaves: path 2, in the same thread and on the same clock.

        Raises:
            NotAllowed, AlreadyDone, AnsweredOtherwise, NextStepsNotTold: as in `revert`.
        """
        given: dict[str, Any] = {"customer_said": customer_said, "told": told}
        if self.check_answer(by) and self._answered_before(CaseAction.ANSWER, self.answer, given):
            return
        self._check_told(told)
        self._record(ReversalFailed(**self._stamp(by, at, to=CaseStatus.AWAITING_ADMFIN), **given))
        self.owner = None
        self.judgement = replace(self.judgement, path=CancellationPath.TECHNICAL_BLOCKED)
        self._heed(by, at, customer_said)

    def check_answer(self, by: Actor) -> bool:
        """Judge whether the actor may give the RC's answer; True when they have given it already.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition: as in `revert`.
        """
        self._check_may_treat(by, CaseAction.ANSWER)
        if self._done_before(CaseAction.ANSWER, self.answer, by):
            return True
        if self.status is not CaseStatus.IN_TREATMENT:
            raise IllegalTransition(self.status, CaseStatus.AWAITING_ADMFIN)
        return False

    def _check_may_treat(self, by: Actor, action: CaseAction) -> None:
        """Path 1 is its author's work, or an RC lead's, or of whoever took it over."""
        taken = self._last_of_round(TreatmentTaken)
        is_theirs = by.id == self.opened_by.id or (taken is not None and by.id == taken.by.id)
        if not is_theirs and not by.has_any(_MAY_TREAT):
            raise NotAllowed(action, _MAY_TREAT, self.opened_by)

    def _check_told(self, told: str) -> None:
        if not told.strip() and self.told is None:
            raise NextStepsNotTold
