"""The moments of a case that are counted: kept beside it, so that nobody reads its history again.

They are written in the transaction of the event that moves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from retention.domain.cancellation import CancellationReason
from retention.domain.closing import NO_CHANNEL
from retention.domain.desk_events import CaseAssigned, InfoAsked
from retention.domain.events import (
    CaseClaimed,
    CaseNumberCorrected,
    CaseReverted,
    CaseStatus,
    CrmChangeKind,
    CrmHeard,
    Event,
    ExceptionSeen,
    OutcomeKind,
    OutcomeRecorded,
    PlanMade,
)
from retention.domain.people import THE_CLOCK, THE_CRM

_NO_PERSON = frozenset({THE_CRM.id, THE_CLOCK.id})


@dataclass(frozen=True, slots=True)
class FormerRound:
    """What was counted of a case before it began anew, and stays counted where it happened."""

    version: int
    """Of the event with which it began anew."""
    handed_over_at: datetime | None
    claimed_at: datetime | None
    reverted_at: datetime | None


@dataclass(slots=True)
class Marks:
    """What the events of a case come down to; None and False: it has not happened.

    A case that goes back to the RC begins anew: handover, claim and reversal are those of its last
    time there, and those of before are `former_rounds`. One that is given back to the queue has
    waited for an owner since then.
    """

    handed_over_at: datetime | None = None
    """Since when it waited for an owner."""
    claimed_at: datetime | None = None
    reverted_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: OutcomeKind | None = None
    real_reason: CancellationReason | None = None
    has_feedback: bool = False
    """The customer was asked, by some way, why they leave or stay."""
    by_exception: bool = False
    exception_open: bool = False
    """Ended by exception, and no leader has seen it yet."""
    closed_in_crm_at: datetime | None = None
    plan_due: date | None = None
    moved_at: datetime | None = None
    """When a person last did something in it."""
    answer_due_at: datetime | None = None
    """When the answer it waits for is, or was, due."""

    @classmethod
    def of(cls, history: Iterable[Event]) -> Marks:
        """Read the history of a case, oldest event first."""
        marks = cls()
        for event in history:
            marks._heed(event)
        return marks

    def _heed(self, event: Event) -> None:
        if event.after is CaseStatus.IN_TREATMENT is not event.before:
            self.handed_over_at = self.claimed_at = self.reverted_at = self.plan_due = None
        if event.is_queued:
            self.handed_over_at, self.claimed_at = event.at, None
        if event.by.id not in _NO_PERSON:
            self.moved_at = event.at
        if event.after is not CaseStatus.AWAITING_INFO:
            self.answer_due_at = None
        self._heed_kind(event)

    def _heed_kind(self, event: Event) -> None:
        match event:
            case CaseClaimed() | CaseAssigned():
                self.claimed_at = self.claimed_at or event.at
            case CaseReverted():
                self.reverted_at = event.at
            case InfoAsked():
                self.answer_due_at = event.until
            case PlanMade():
                self.plan_due = event.due
            case CrmHeard(kind=CrmChangeKind.CLOSED):
                self.closed_in_crm_at = event.at
            case CrmHeard(kind=CrmChangeKind.STATUS) | CaseNumberCorrected():
                self.closed_in_crm_at = None
            case OutcomeRecorded():
                self.ended_at, self.outcome = event.at, event.kind
                self.real_reason = event.real_reason
                self.has_feedback = event.feedback_channel not in NO_CHANNEL
                self.by_exception = self.exception_open = bool(event.override)
            case ExceptionSeen():
                self.exception_open = False
            case _:
                pass


def former_rounds(history: Iterable[Event]) -> Sequence[FormerRound]:
    """Find the claims and reversals that marks no longer tell, oldest first.

    `history` begins with the oldest event.
    """
    marks, found = Marks(), []
    for event in history:
        was = replace(marks)
        marks._heed(event)  # noqa: SLF001 - the marks of this module
        claim = was.claimed_at if marks.claimed_at is None else None
        reversal = was.reverted_at if marks.reverted_at is None else None
        if claim or reversal:
            found.append(FormerRound(event.version, was.handed_over_at, claim, reversal))
    return found
