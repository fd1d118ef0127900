"""What a case and a draft should do, written a second time and as simply as it goes.

Each action changes the model and returns None, or changes nothing and returns the refusal. It
shares no rule with the domain: the table of statuses, the roles and the joints are spelled out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from retention.domain.case import CaseNumber
from retention.domain.draft import Draft
from retention.domain.errors import (
    AlreadyDone,
    CannotClose,
    CaseNotFound,
    DuplicateOpenCase,
    IllegalTransition,
    NotAllowed,
    NotTheAuthor,
    RetentionError,
    StaleCase,
)
from retention.domain.people import Actor

Refusal = type[RetentionError] | None
Status = str

MOVES: dict[Status | None, set[Status]] = {
    None: {"in_treatment", "awaiting_admfin"},
    "in_treatment": {"awaiting_admfin"},
    "awaiting_admfin": {"with_admfin"},
    "with_admfin": {"retained", "lost", "void"},
}
"""The table of statuses: from one (None: nothing yet) to the next ones."""
ENDED = {"retained", "lost", "void"}
AFTER_THE_END = {"NoteAdded", "StepsTicked"}
"""What may still be added to a case that ended; neither changes how it ended."""


@dataclass
class KnownCase:
    """A case as it should be; `events` are the names of their types."""

    number: CaseNumber
    caso: str
    author: str
    status: Status
    events: list[str] = field(default_factory=lambda: ["CaseOpened"])
    owner: str | None = None
    answered_by: str | None = None
    ended_by: str | None = None
    ticked: set[str] = field(default_factory=set)
    notes: set[tuple[str, str, str]] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        return self.status not in ENDED

    def claim(self, actor: Actor) -> Refusal:
        if "admfin_lead" not in actor.roles:
            return NotAllowed
        if self.owner is not None:
            return None if self.owner == actor.id else AlreadyDone
        if self.status != "awaiting_admfin":
            return IllegalTransition
        self.owner = actor.id
        self._happened("CaseClaimed", "with_admfin")
        return None

    def answer(self, actor: Actor, event: str) -> Refusal:
        """`event` is "CaseReverted" or "ReversalFailed"."""
        refusal = self.may_answer(actor)
        if refusal is not None or self.answered_by is not None:
            return refusal
        self.answered_by = actor.id
        self._happened(event, "awaiting_admfin")
        return None

    def may_answer(self, actor: Actor) -> Refusal:
        if actor.id != self.author and "rc_lead" not in actor.roles:
            return NotAllowed
        if self.answered_by is not None:
            return None if self.answered_by == actor.id else AlreadyDone
        return None if self.status == "in_treatment" else IllegalTransition

    def end(self, actor: Actor, outcome: Status) -> Refusal:
        """End it with everything the gate asks for; a leader alone would need an override too."""
        refusal = self.may_end(actor)
        if refusal is not None or self.ended_by is not None:
            return refusal
        if "admfin_lead" not in actor.roles:
            return CannotClose
        self.ended_by = actor.id
        self._happened("OutcomeRecorded", outcome)
        return None

    def may_end(self, actor: Actor) -> Refusal:
        if not actor.roles & {"admfin_lead", "leader"}:
            return NotAllowed
        if self.ended_by is not None:
            return None if self.ended_by == actor.id else AlreadyDone
        return None if self.status == "with_admfin" else IllegalTransition

    def tick(self, steps: set[str]) -> Refusal:
        if self.status == "in_treatment":
            return IllegalTransition
        if steps <= self.ticked:
            return None
        self.ticked |= steps
        self._happened("StepsTicked")
        return None

    def note(self, actor: Actor, text: str, request_id: str) -> Refusal:
        if (request_id, actor.id, text) in self.notes:
            return None
        self.notes.add((request_id, actor.id, text))
        self._happened("NoteAdded")
        return None

    def ask_again(self) -> None:
        self._happened("RequestRepeated")

    def _happened(self, event: str, status: Status | None = None) -> None:
        self.events.append(event)
        self.status = status or self.status


@dataclass
class KnownDraft:
    """A draft as it should be: `first` as it began, `latest` as it is before it ends."""

    first: Draft
    latest: Draft
    became: CaseNumber | None = None

    def end(self, actor: Actor, judged: Draft, open_case: KnownCase | None, how: str) -> Refusal:
        """Judge "open" or "join"; both return the case an ended draft became."""
        if actor.id != self.first.author.id:
            return NotTheAuthor
        if self.became is not None:
            return None
        if judged.version != self.latest.version:
            return StaleCase
        if how == "open":
            return DuplicateOpenCase if open_case else None
        return None if open_case else CaseNotFound
