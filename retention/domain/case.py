"""The Case aggregate: one customer's wish to cancel, from intake to outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NewType, TypeVar

from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Mood,
    OriginChannel,
)
from retention.domain.errors import AlreadyDone, IllegalTransition, NotAllowed
from retention.domain.events import (
    CaseClaimed,
    CaseOpened,
    CaseReverted,
    CaseStatus,
    Event,
    FeedbackChannel,
    HandoverStep,
    NoteAdded,
    OutcomeKind,
    OutcomeRecorded,
    RequestRepeated,
    ReversalFailed,
    StepsTicked,
)
from retention.domain.people import Actor, PersonRef, Role

CaseNumber = NewType("CaseNumber", int)
EventType = TypeVar("EventType", bound=Event)


class CaseAction(StrEnum):
    """What people do to a case; the words of a refusal hang on it."""

    CLAIM = "claim"
    ANSWER = "answer"
    RECORD_OUTCOME = "record_outcome"
    NOTE = "note"
    TICK = "tick"


_NEXT: Mapping[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.IN_TREATMENT: frozenset({CaseStatus.AWAITING_ADMFIN}),
    CaseStatus.AWAITING_ADMFIN: frozenset({CaseStatus.WITH_ADMFIN}),
    CaseStatus.WITH_ADMFIN: frozenset({CaseStatus.RETAINED, CaseStatus.LOST, CaseStatus.VOID}),
    CaseStatus.RETAINED: frozenset(),
    CaseStatus.LOST: frozenset(),
    CaseStatus.VOID: frozenset(),
}
_MAY_CLAIM = frozenset({Role.ADMFIN_LEAD})
_MAY_RECORD_OUTCOME = frozenset({Role.ADMFIN_LEAD})
_MAY_ANSWER_FOR_AUTHOR = frozenset({Role.RC_LEAD})


def case_code(number: int) -> str:
    """Write a case number as people say it: 42 → ``RET-0042``."""
    return f"RET-{number:04d}"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the agent heard: screen 1 of the form, checked. `tax_id` is already masked."""

    crm_case_number: str
    customer: str
    channel: OriginChannel
    verbatim: str
    mood: Mood
    tax_id: str | None = None
    monthly_value: Decimal | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Screen 2: what the bot proposed and what the agent decided."""

    path: CancellationPath
    reason: CancellationReason
    reason_text: str = ""
    proposed_path: CancellationPath | None = None
    proposed_reason: CancellationReason | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the case ended, by the lead."""

    kind: OutcomeKind
    real_reason: CancellationReason
    real_reason_text: str = ""
    feedback_channel: FeedbackChannel | None = None
    feedback_result: str = ""
    lesson: str = ""


@dataclass(slots=True)
class Case:
    number: CaseNumber
    draft_id: str
    facts: CaseFacts
    judgement: Judgement
    opened_by: PersonRef
    opened_at: datetime
    status: CaseStatus
    version: int = 0
    owner: PersonRef | None = None
    history: list[Event] = field(default_factory=list)
    """Every event of the case, oldest first."""
    unfinished: frozenset[str] = frozenset()
    """Subscribers that did not get through with some event of it, by name."""
    _unsaved: list[Event] = field(default_factory=list, repr=False)

    @classmethod
    def open(
        cls,
        *,
        number: CaseNumber,
        draft_id: str,
        facts: CaseFacts,
        judgement: Judgement,
        by: Actor,
        at: datetime,
    ) -> Case:
        """Register the request. Path 1 stays with the RC; 2 and 3 go to the Adm/Fin at once."""
        stays = judgement.path is CancellationPath.TECHNICAL_OPEN
        status = CaseStatus.IN_TREATMENT if stays else CaseStatus.AWAITING_ADMFIN
        case = cls(number, draft_id, facts, judgement, by.ref, at, status)
        case._record(
            CaseOpened(
                **{**case._stamp(by, at), "before": None},
                path=judgement.path,
                reason=judgement.reason,
                proposed_path=judgement.proposed_path,
                proposed_reason=judgement.proposed_reason,
            )
        )
        return case

    @property
    def code(self) -> str:
        return case_code(self.number)

    @property
    def handed_over_at(self) -> datetime | None:
        """When the Adm/Fin was asked to act; None while the RC still treats the case."""
        moves = (event for event in self.history if event.after is CaseStatus.AWAITING_ADMFIN)
        return next((event.at for event in moves), None)

    @property
    def answer(self) -> CaseReverted | ReversalFailed | None:
        """How path 1 ended: the customer stays, or still leaves."""
        return self.last(CaseReverted) or self.last(ReversalFailed)

    @property
    def reversal(self) -> CaseReverted | None:
        return self.last(CaseReverted)

    @property
    def claimed(self) -> CaseClaimed | None:
        return self.last(CaseClaimed)

    @property
    def outcome(self) -> OutcomeRecorded | None:
        return self.last(OutcomeRecorded)

    @property
    def ticks(self) -> Mapping[HandoverStep, StepsTicked]:
        """The steps done so far, each with the event that says who and when."""
        ticked = [event for event in self.history if isinstance(event, StepsTicked)]
        return {step: event for event in ticked for step in event.steps}

    def last(self, kind: type[EventType]) -> EventType | None:
        """Find the newest event of a kind."""
        return next((event for event in reversed(self.history) if isinstance(event, kind)), None)

    def revert(
        self,
        *,
        by: Actor,
        at: datetime,
        confirmed_by: str,
        confirmed_at: datetime,
        channel: OriginChannel,
    ) -> None:
        """Record that the customer stays, and who confirmed it: handed over as reverted by the RC.

        Raises:
            NotAllowed: the actor is neither the author nor an RC lead.
            AlreadyDone: the answer is recorded already (a repeat by the same person is none).
        """
        if self.check_answer(by):
            return
        self._record(
            CaseReverted(
                **self._stamp(by, at, to=CaseStatus.AWAITING_ADMFIN),
                confirmed_by=confirmed_by,
                confirmed_at=confirmed_at,
                channel=channel,
            )
        )

    def check_answer(self, by: Actor) -> bool:
        """Judge whether the actor may give the RC's answer; True when they have given it already.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition: as in `revert`.
        """
        if not self._may_answer(by):
            raise NotAllowed(CaseAction.ANSWER, _MAY_ANSWER_FOR_AUTHOR, self.opened_by)
        if self._done_before(CaseAction.ANSWER, self.answer, by):
            return True
        self._check_move(CaseStatus.AWAITING_ADMFIN)
        return False

    def fail_reversal(self, *, by: Actor, at: datetime, customer_said: str) -> None:
        """Record that the customer still leaves: path 2, in the same thread and on the same clock.

        Raises:
            NotAllowed, AlreadyDone: as in `revert`.
        """
        if self.check_answer(by):
            return
        self._record(
            ReversalFailed(
                **self._stamp(by, at, to=CaseStatus.AWAITING_ADMFIN), customer_said=customer_said
            )
        )
        self.judgement = replace(self.judgement, path=CancellationPath.TECHNICAL_BLOCKED)

    def claim(self, *, by: Actor, at: datetime) -> None:
        """Give the case to the lead who will try to win the customer back.

        Raises:
            NotAllowed: the actor is no Adm/Fin lead.
            AlreadyDone: another lead was faster. A repeat by the owner changes nothing.
            IllegalTransition: the RC is still treating the case.
        """
        if not by.has_any(_MAY_CLAIM):
            raise NotAllowed(CaseAction.CLAIM, _MAY_CLAIM)
        if self._done_before(CaseAction.CLAIM, self.claimed, by):
            return
        self._record(CaseClaimed(**self._stamp(by, at, to=CaseStatus.WITH_ADMFIN)))
        self.owner = by.ref

    def add_note(self, *, by: Actor, at: datetime, text: str, request_id: str) -> None:
        """Add an update. `request_id` names the form: the same words of it again add nothing."""
        repeat = (request_id, by.id, text)
        if not any(
            (note.request_id, note.by.id, note.text) == repeat
            for note in self.history
            if isinstance(note, NoteAdded)
        ):
            self._record(NoteAdded(**self._stamp(by, at), text=text, request_id=request_id))

    def repeat_request(self, *, by: Actor, at: datetime, verbatim: str, request_id: str) -> None:
        """Let the words of a second request join the open case instead of opening another one."""
        asked = (event for event in self.history if isinstance(event, RequestRepeated))
        if all(event.request_id != request_id for event in asked):
            stamp = self._stamp(by, at)
            self._record(RequestRepeated(**stamp, verbatim=verbatim, request_id=request_id))

    def tick(self, *, by: Actor, at: datetime, steps: Iterable[HandoverStep]) -> None:
        """Mark handover steps as done in Salesforce; steps already ticked keep their first name.

        Raises:
            IllegalTransition: the case is not handed over yet.
        """
        if self.status is CaseStatus.IN_TREATMENT:
            raise IllegalTransition(self.status, CaseAction.TICK)
        wanted = set(steps) - self.ticks.keys()
        if wanted:
            new = tuple(step for step in HandoverStep if step in wanted)
            self._record(StepsTicked(**self._stamp(by, at), steps=new))

    def record_outcome(self, *, by: Actor, at: datetime, outcome: Outcome) -> None:
        """End the case: kept, lost or no request after all.

        Raises:
            NotAllowed: the actor is no Adm/Fin lead.
            AlreadyDone: another lead recorded it. A repeat by the same lead changes nothing.
            IllegalTransition: nobody has claimed the case yet.
        """
        if self.check_outcome(by):
            return
        self._record(
            OutcomeRecorded(
                **self._stamp(by, at, to=CaseStatus(outcome.kind)),
                kind=outcome.kind,
                real_reason=outcome.real_reason,
                real_reason_text=outcome.real_reason_text,
                feedback_channel=outcome.feedback_channel,
                feedback_result=outcome.feedback_result,
                lesson=outcome.lesson,
            )
        )

    def check_outcome(self, by: Actor) -> bool:
        """Judge whether the actor may end the case; True when they have ended it already.

        Raises:
            NotAllowed, AlreadyDone, IllegalTransition: as in `record_outcome`.
        """
        if not by.has_any(_MAY_RECORD_OUTCOME):
            raise NotAllowed(CaseAction.RECORD_OUTCOME, _MAY_RECORD_OUTCOME)
        if self._done_before(CaseAction.RECORD_OUTCOME, self.outcome, by):
            return True
        if self.status is not CaseStatus.WITH_ADMFIN:
            raise IllegalTransition(self.status, CaseAction.RECORD_OUTCOME)
        return False

    def pull_unsaved(self) -> Sequence[Event]:
        """Hand the new events to the repository, once."""
        events, self._unsaved = self._unsaved, []
        return events

    def _may_answer(self, actor: Actor) -> bool:
        """Path 1 ends with its author's word or an RC lead's."""
        return actor.id == self.opened_by.id or actor.has_any(_MAY_ANSWER_FOR_AUTHOR)

    @staticmethod
    def _done_before(action: CaseAction, event: Event | None, by: Actor) -> bool:
        if event is not None and event.by.id != by.id:
            raise AlreadyDone(action, event.by, event.at)
        return event is not None

    def _stamp(self, by: Actor, at: datetime, *, to: CaseStatus | None = None) -> dict[str, Any]:
        """Check the transition, make it, and give the fields every event has."""
        before = self.status
        if to is not None:
            self._check_move(to)
            self.status = to
        self.version += 1
        return {
            "version": self.version,
            "by": by.ref,
            "at": at,
            "before": before,
            "after": self.status,
        }

    def _check_move(self, to: CaseStatus) -> None:
        if to not in _NEXT[self.status]:
            raise IllegalTransition(self.status, to)

    def _record(self, event: Event) -> None:
        self.history.append(event)
        self._unsaved.append(event)
