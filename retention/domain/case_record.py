"""What a case is made of, and the ground of every change: the table of statuses and the stamp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from retention.domain.errors import (
    AlreadyDone,
    AnsweredOtherwise,
    IllegalTransition,
    OutdatedForm,
)
from retention.domain.events import CaseReclassified, CaseStatus, Event, MovedBy
from retention.domain.people import Actor, PersonRef

CaseNumber = NewType("CaseNumber", int)
EventType = TypeVar("EventType", bound=Event)


class CaseAction(StrEnum):
    """What people do to a case; the words of a refusal hang on it."""

    CLAIM = "claim"
    ANSWER = "answer"
    RECORD_OUTCOME = "record_outcome"
    NOTE = "note"
    TICK = "tick"
    TREAT = "treat"
    ANSWER_CALL = "answer_call"
    RECLASSIFY = "reclassify"
    DOCUMENTS = "documents"
    VALIDATE = "validate"
    SNOOZE = "snooze"
    CORRECT_NUMBER = "correct_number"
    SEE_EXCEPTION = "see_exception"
    ASSIGN = "assign"
    GIVE_BACK = "give_back"
    ASK = "ask"
    ANSWER_QUESTION = "answer_question"
    WITHDRAW = "withdraw"
    DECIDE = "decide"
    END_ATTEMPTS = "end_attempts"
    TRIANGULATE = "triangulate"
    TRIANGULATED = "triangulated"


_ENDS = frozenset({CaseStatus.RETAINED, CaseStatus.LOST, CaseStatus.VOID})
_FROM_THE_DESK = _ENDS | {CaseStatus.IN_TREATMENT, CaseStatus.AWAITING_ADMFIN}
"""Wherever it stands with its owner, a case may end or be given back."""


_NEXT: Mapping[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.IN_TREATMENT: frozenset({CaseStatus.AWAITING_ADMFIN}),
    CaseStatus.AWAITING_ADMFIN: frozenset({CaseStatus.WITH_ADMFIN, CaseStatus.IN_TREATMENT}),
    CaseStatus.WITH_ADMFIN: _FROM_THE_DESK | {CaseStatus.AWAITING_INFO, CaseStatus.LEAVING},
    CaseStatus.AWAITING_INFO: _FROM_THE_DESK | {CaseStatus.WITH_ADMFIN, CaseStatus.LEAVING},
    CaseStatus.LEAVING: _FROM_THE_DESK,
    CaseStatus.RETAINED: frozenset(),
    CaseStatus.LOST: frozenset(),
    CaseStatus.VOID: frozenset(),
}


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


@dataclass(slots=True)
class CaseRecord:
    """The state and the history of a case; its chapters below add what people do to it."""

    number: CaseNumber
    draft_id: str
    facts: CaseFacts
    judgement: Judgement
    opened_by: PersonRef
    opened_at: datetime
    status: CaseStatus
    version: int = 0
    owner: PersonRef | None = None
    """Whoever has claimed it; on path 1, who took the treatment over from its author."""
    playbook_version: str | None = None
    """The catalogue of playbooks it was opened with."""
    history: list[Event] = field(default_factory=list)
    """Every event of the case, oldest first."""
    unfinished: frozenset[str] = frozenset()
    """Subscribers that did not get through with some event of it, by name."""
    _unsaved: list[Event] = field(default_factory=list, repr=False)

    @property
    def code(self) -> str:
        return case_code(self.number)

    @property
    def treated_by(self) -> PersonRef:
        """Who treats the case on path 1: its author, unless a lead has taken it over."""
        is_treated = self.status is CaseStatus.IN_TREATMENT
        return self.owner if self.owner and is_treated else self.opened_by

    def event(self, version: int) -> Event:
        """Give the event that brought the case to one of the versions it has had."""
        return next(event for event in self.history if event.version == version)

    def last(self, kind: type[EventType]) -> EventType | None:
        """Find the newest event of a kind."""
        return next((event for event in reversed(self.history) if isinstance(event, kind)), None)

    def pull_unsaved(self) -> Sequence[Event]:
        """Hand the new events to the repository, once."""
        events, self._unsaved = self._unsaved, []
        return events

    @property
    def _round(self) -> Sequence[Event]:
        """The events since the RC began, or was given a second time, to treat the case.

        A move that words made and somebody took back has not ended it.
        """
        current: list[Event] = []
        interrupted: list[Event] = []
        for event in self.history:
            moved_by = event.moved_by if isinstance(event, CaseReclassified) else None
            if moved_by is MovedBy.WORDS:
                interrupted = [*current]
            if event.after is CaseStatus.IN_TREATMENT is not event.before:
                current = interrupted if moved_by is MovedBy.UNDO else []
            current.append(event)
        return current

    def _last_of_round(self, kind: type[EventType]) -> EventType | None:
        return next((event for event in reversed(self._round) if isinstance(event, kind)), None)

    @staticmethod
    def _done_before(action: CaseAction, event: Event | None, by: Actor) -> bool:
        if event is not None and event.by.id != by.id:
            raise AlreadyDone(action, event.by, event.at)
        return event is not None

    @staticmethod
    def _answered_before(action: CaseAction, event: Event | None, given: Mapping[str, Any]) -> bool:
        """Tell whether an answer is given already; another one to the same question is refused."""
        if event is None:
            return False
        if any(getattr(event, name, None) != value for name, value in given.items()):
            raise AnsweredOtherwise(action, event.by, event.at)
        return True

    def _was_given(
        self, kind: type[Event], by: Actor, given: Mapping[str, Any], *, seen: int | None
    ) -> bool:
        """Tell whether the actor has given the same since version `seen`; None: at any time."""
        return any(
            isinstance(event, kind)
            and event.by.id == by.id
            and event.version > (seen or 0)
            and all(getattr(event, name) == value for name, value in given.items())
            for event in self.history
        )

    def _check_unmoved(self, seen: int | None, *kinds: type[Event]) -> None:
        """Refuse what was written on a form of version `seen` if such events came after it.

        None: it was written on no form.
        """
        if seen is not None and any(
            event.version > seen and isinstance(event, kinds) for event in self.history
        ):
            raise OutdatedForm

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

    def _check_open(self, action: CaseAction) -> None:
        if not self.status.is_open:
            raise IllegalTransition(self.status, action)

    def _record(self, event: Event) -> None:
        self.history.append(event)
        self._unsaved.append(event)
