"""What happened to a case. Events are its audit trail: append-only, who, when, before, after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Intent,
    OriginChannel,
)
from retention.domain.people import PersonRef, Role


class CaseStatus(StrEnum):
    IN_TREATMENT = "in_treatment"
    AWAITING_ADMFIN = "awaiting_admfin"
    WITH_ADMFIN = "with_admfin"
    AWAITING_INFO = "awaiting_info"
    """Its owner has asked somebody for something, and waits for the answer."""
    LEAVING = "leaving"
    """The customer has decided: documents and confirmation alone."""
    RETAINED = "retained"
    LOST = "lost"
    VOID = "void"

    @property
    def is_open(self) -> bool:
        """Tell whether the case still asks somebody for work on the request to cancel."""
        return self in _OPEN

    @property
    def is_owned(self) -> bool:
        """Tell whether somebody of the Adm/Fin has the case."""
        return self in _OWNED


_OWNED = frozenset({CaseStatus.WITH_ADMFIN, CaseStatus.AWAITING_INFO, CaseStatus.LEAVING})
_OPEN = frozenset({CaseStatus.IN_TREATMENT, CaseStatus.AWAITING_ADMFIN, *_OWNED})


class HandoverStep(StrEnum):
    """The four steps the process asks for in Salesforce."""

    MENTION = "mention"
    QUEUE = "queue"
    STATUS = "status"
    PRIORITY = "priority"


class CrmChangeKind(StrEnum):
    """What somebody did to the Caso in the CRM itself."""

    COMMENT = "comment"
    POST = "post"
    STATUS = "status"
    OWNER = "owner"
    PRIORITY = "priority"
    CLOSED = "closed"
    """The status became one that ends the Caso."""


class TreatmentStep(StrEnum):
    """The four steps of path 1. Process document: listen, survey the history, call help, act."""

    LISTEN = "listen"
    HISTORY = "history"
    CALL = "call"
    ACT = "act"


class MovedBy(StrEnum):
    """Why the path or the reason changed."""

    PERSON = "person"
    """Somebody corrected it, and said why."""
    WORDS = "words"
    """Words written down say that the customer has already contracted another system."""
    UNDO = "undo"
    """Somebody took back what the words had moved."""


class DocumentState(StrEnum):
    REQUESTED = "requested"
    RECEIVED = "received"
    VALIDATED = "validated"


class Requirement(StrEnum):
    """What the close gate asks for."""

    OUTCOME = "outcome"
    REAL_REASON = "real_reason"
    REAL_REASON_TEXT = "real_reason_text"
    FEEDBACK_CHANNEL = "feedback_channel"
    FEEDBACK_RESULT = "feedback_result"
    LESSON = "lesson"
    DOCUMENTS = "documents"
    OVERRIDE = "override"
    """Why a leader, whose work this is not, ends the case."""


class ClaimStep(StrEnum):
    """Whom an unclaimed case calls, one after the other."""

    AGAIN = "again"
    """The Adm/Fin lead once more, and whoever stands in for them."""
    ABOVE = "above"
    """The RC lead, and one of the leaders."""


class ReminderKind(StrEnum):
    """What whoever has the case is kindly asked about."""

    NEWS = "news"
    """Nothing was written for too long."""
    DOCUMENTS = "documents"
    """Documents were asked for and have not come."""
    ANSWER = "answer"
    """Somebody was asked for something, and it is late."""
    CRM = "crm"
    """The CRM told, outside business hours, what a lead must see to."""


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
    """On records of before alone: even who did not get through has tried by some way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change of a case: `version` is the case's version after it."""

    version: int
    by: PersonRef
    at: datetime
    before: CaseStatus | None
    after: CaseStatus

    @property
    def is_queued(self) -> bool:
        """Tell whether the case began to wait for an owner with it."""
        return self.after is CaseStatus.AWAITING_ADMFIN is not self.before

    @property
    def is_handover(self) -> bool:
        """Tell whether the case came to the Adm/Fin with it; given back, it was there already."""
        return self.is_queued and self.before in {None, CaseStatus.IN_TREATMENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(Event):
    path: CancellationPath
    reason: CancellationReason
    proposed_path: CancellationPath | None
    proposed_reason: CancellationReason | None
    companion: PersonRef | None = None
    """Who accompanies the author, whose first case this is."""
    proposed_intent: Intent | None = None
    proposed_score: float | None = None
    """How sure the classifier was, from 0 to 1; unsure, it proposed neither path nor reason."""
    classifier: str | None = None
    """Which lexicon and weights had judged: a digest."""
    in_crm: bool = False
    """The bot itself does the steps in the CRM; without it, people tick what they did there."""


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
    told: str = ""
    """The next steps, as the customer was told them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalFailed(Event):
    """The RC tried and the customer still leaves: path 2, same thread and clock."""

    customer_said: str
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentTicked(Event):
    steps: tuple[TreatmentStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCalled(Event):
    """The RC asks its lead or the N2 for help; `person` is the one who is mentioned."""

    role: Role
    person: PersonRef


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAnswered(Event):
    """Somebody who was called is coming. The case stays with whoever treats it."""

    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentTaken(Event):
    """A lead goes on with the treatment in the place of whoever had it; `by` has it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade(Event):
    """What the RC does next for the customer; a later plan takes the place of an earlier one."""

    what: str
    who: PersonRef
    due: date
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReclassified(Event):
    """Path or reason changed; `why` is a person's, or the words that moved the case."""

    path_before: CancellationPath
    path: CancellationPath
    reason_before: CancellationReason
    reason: CancellationReason
    reason_text_before: str
    reason_text: str
    moved_by: MovedBy
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNumberCorrected(Event):
    """The Caso's number was mistyped: the case is about another Caso of the CRM than was said."""

    number_before: str
    number_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsMarked(Event):
    documents: tuple[str, ...]
    state: DocumentState


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
class StepsConfirmed(Event):
    """The CRM was asked what it holds now: `found` for each of `steps`, `why` for each lacking."""

    steps: tuple[HandoverStep, ...]
    found: tuple[str, ...]
    lacking: tuple[HandoverStep, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverRefused(Event):
    """The CRM refuses the handover for good: its code, and its own words to people, if any."""

    code: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDrifted(Event):
    """Somebody changed in the CRM what the handover had set; it is set again, this once."""

    step: HandoverStep
    found: str
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmHeard(Event):
    """Somebody did something to the Caso in the CRM: a comment's words, or a field's new value."""

    kind: CrmChangeKind
    who: str
    text: str
    was: str
    happened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEscalated(Event):
    """Nobody has claimed the case in time; each step comes once for each handover."""

    step: ClaimStep
    since: datetime
    """When the case came to the Adm/Fin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerReminded(Event):
    """Whoever has the case was asked how it stands, once for each cause.

    For an answer that is late, `person` is who owes it.
    """

    kind: ReminderKind
    person: PersonRef
    since: datetime
    """When something was last heard, the documents were asked for, or the answer was due; or when
    the CRM told what a lead must see to."""
    documents: tuple[str, ...] = ()
    """Those that were asked for and have not come."""
    asker: PersonRef | None = None
    """Who waits for the answer that is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSnoozed(Event):
    """Whoever has the case, or a lead, knows why it is quiet, and until when."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecorded(Event):
    kind: OutcomeKind
    real_reason: CancellationReason
    real_reason_text: str
    feedback_channel: FeedbackChannel | None
    feedback_result: str
    lesson: str
    override: str = ""
    """Why the case was ended although something was missing."""
    lacking: tuple[Requirement, ...] = ()
    lacking_documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionSeen(Event):
    """A leader has taken note that the case was ended by exception."""
