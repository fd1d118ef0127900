"""What happened to a case. Events are its audit trail: append-only, who, when, before, after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from retention.domain.cancellation import CancellationPath, CancellationReason, OriginChannel
from retention.domain.people import PersonRef


class CaseStatus(StrEnum):
    IN_TREATMENT = "in_treatment"
    AWAITING_ADMFIN = "awaiting_admfin"
    WITH_ADMFIN = "with_admfin"
    RETAINED = "retained"
    LOST = "lost"
    VOID = "void"

    @property
    def is_open(self) -> bool:
        """Tell whether the case still asks somebody for work on the request to cancel."""
        return self in _OPEN


_OPEN = frozenset({CaseStatus.IN_TREATMENT, CaseStatus.AWAITING_ADMFIN, CaseStatus.WITH_ADMFIN})


class HandoverStep(StrEnum):
    """The four steps the process asks for in Salesforce."""

    MENTION = "mention"
    QUEUE = "queue"
    STATUS = "status"
    PRIORITY = "priority"


class OutcomeKind(StrEnum):
    RETAINED = "retained"
    LOST = "lost"
    VOID = "void"


class FeedbackChannel(StrEnum):
    PHONE = "phone"
    CHAT = "chat"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    NO_CONTACT = "no_contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change of a case: `version` is the case's version after it."""

    version: int
    by: PersonRef
    at: datetime
    before: CaseStatus | None
    after: CaseStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Event):
    path: CancellationPath
    reason: CancellationReason
    proposed_path: CancellationPath | None
    proposed_reason: CancellationReason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRepeated(Event):
    """The customer asked again while the case was open."""

    verbatim: str
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReverted(Event):
    """The RC won the customer back; the handover is marked so."""

    confirmed_by: str
    confirmed_at: datetime
    channel: OriginChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalFailed(Event):
    """The RC tried and the customer still leaves: path 2, same thread and clock."""

    customer_said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClaimed(Event):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(Event):
    text: str
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsTicked(Event):
    steps: tuple[HandoverStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecorded(Event):
    kind: OutcomeKind
    real_reason: CancellationReason
    real_reason_text: str
    feedback_channel: FeedbackChannel | None
    feedback_result: str
    lesson: str


EVENT_TYPES: tuple[type[Event], ...] = (
    CaseOpened,
    RequestRepeated,
    CaseReverted,
    ReversalFailed,
    CaseClaimed,
    NoteAdded,
    StepsTicked,
    OutcomeRecorded,
)
