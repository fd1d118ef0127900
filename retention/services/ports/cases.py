"""Where cases, their drafts and threads are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from retention.domain.case import Case, CaseNumber
from retention.domain.case_line import CaseLine
from retention.domain.draft import Draft, Place
from retention.domain.events import Event
from retention.domain.people import PersonId, PersonRef


class CaseFilter(StrEnum):
    """Which cases a list shows."""

    OPEN = "open"
    MINE = "mine"
    """Open ones that the person opened or owns."""
    UNCLAIMED = "unclaimed"
    WATCHED = "watched"


class CaseRepository(Protocol):
    async def next_number(self, author: PersonId) -> tuple[CaseNumber, bool]:
        """Take the next number, and tell whether it is that of the author's first case."""
        ...

    async def add(self, case: Case, events: Sequence[Event]) -> None:
        """Insert a case with its first events.

        Raises, here or at what is asked next, the commit included:
            DuplicateOpenCase: the Caso has an open case.
            StaleCase: this draft became a case meanwhile.
        """
        ...

    async def save(self, case: Case, events: Sequence[Event]) -> None:
        """Write a changed case and append its new events.

        `case.version` has risen by one per event; raises StaleCase when another change
        won, DuplicateOpenCase when its Caso has another open case.
        """
        ...

    async def get(self, number: CaseNumber) -> Case:
        """Raises CaseNotFound."""
        ...

    async def several(self, numbers: Sequence[CaseNumber]) -> Sequence[Case]:
        """Read cases, in the order of their numbers as given. Raises CaseNotFound."""
        ...

    async def open_for(self, crm_case_number: str) -> Case | None: ...

    async def owned_open(self, of: Collection[PersonId]) -> Mapping[PersonId, int]:
        """Count the open cases that some people own; who owns none is left out."""
        ...

    async def closed_for(self, crm_case_number: str, *, limit: int) -> Sequence[CaseLine]:
        """List ended cases of the same Caso, newest first."""
        ...

    async def list(self, which: CaseFilter, *, person: PersonId, limit: int) -> Sequence[CaseLine]:
        """List cases, oldest first (watched ones: newest first)."""
        ...

    async def search(self, text: str, *, limit: int) -> Sequence[CaseLine]:
        """Find cases by Caso number or by words of the customer's name, newest first."""
        ...


class DraftRepository(Protocol):
    async def start(self, draft: Draft, *, source: str) -> Draft:
        """Insert a draft; the same source again returns the draft it began the first time."""
        ...

    async def get(self, draft_id: str) -> Draft:
        """Raises DraftNotFound."""
        ...

    async def save(self, draft: Draft, *, read_version: int) -> None:
        """Write a draft.

        Raises, here or at what is asked next, the commit included:
            StaleCase: somebody changed it since `read_version`.
        """
        ...

    async def place_message(self, draft_id: str, message: str) -> None:
        """Remember the id of the message that shows the draft."""
        ...

    async def forget_unfinished(self, *, begun_before: datetime, limit: int) -> int:
        """Delete up to `limit` drafts that never ended; returns how many there were."""
        ...


@dataclass(frozen=True, slots=True)
class CaseThread:
    """`place` is None until the channel post of a case begun elsewhere exists.

    `receipt` is the form in the author's personal chat that became a receipt.
    """

    number: CaseNumber
    service_url: str
    place: Place | None
    receipt: Place | None = None


class ThreadRepository(Protocol):
    """Where each case is discussed, and which message is its living card."""

    async def get(self, number: CaseNumber) -> CaseThread: ...

    async def case_in(self, conversation: str) -> CaseNumber | None:
        """Find the newest case that is discussed in a conversation of the messenger."""
        ...

    async def save(self, thread: CaseThread) -> None:
        """Insert or replace."""
        ...


class AuditLog(Protocol):
    async def refused(
        self, *, at: datetime, by: PersonRef, action: str, number: CaseNumber | None, why: str
    ) -> None:
        """Append that somebody tried what they may not do."""
        ...

    async def noted(
        self, *, at: datetime, by: PersonRef, action: str, number: CaseNumber | None, what: str
    ) -> None:
        """Append what somebody did in private, which no case's history tells."""
        ...


@dataclass(frozen=True, slots=True)
class Alarm:
    """When a case is to be looked at: something may be due. Never what: its history says that."""

    number: CaseNumber
    at: datetime


class Alarms(Protocol):
    """At most one alarm for each case. One that rings for nothing is harmless."""

    async def set(self, alarm: Alarm) -> None:
        """Insert or replace."""
        ...

    async def rung(self, *, now: datetime, limit: int) -> Sequence[Alarm]:
        """List those whose moment has come, oldest first."""
        ...

    async def put_off(self, seen: Mapping[Alarm, datetime | None]) -> None:
        """Ring later, or never; an alarm that is not the one that was seen any more stays."""
        ...
