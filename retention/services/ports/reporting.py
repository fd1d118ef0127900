"""What digests and reports are made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from retention.domain.people import PersonId
from retention.domain.report import CaseFigures, Span


class FiguresRepository(Protocol):
    """What reports count of cases."""

    async def between(self, span: Span) -> Sequence[CaseFigures]:
        """List the cases to which something countable happened in a span, oldest first."""
        ...

    async def open_at(self, moment: datetime) -> Sequence[CaseFigures]:
        """List the cases that were open at a moment, oldest first."""
        ...

    async def exceptions(self) -> Sequence[CaseFigures]:
        """List the cases ended by exception that no leader has seen yet, oldest first."""
        ...


class DigestState(StrEnum):
    DUE = "due"
    EMPTY = "empty"
    """There was nothing to say."""
    SENDING = "sending"
    SENT = "sent"
    LATE = "late"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """The messenger will never accept it."""


@dataclass(frozen=True, slots=True)
class DigestRun:
    """The digest of one leader and day, which tells what happened from `since` until `at`."""

    leader: PersonId
    day: date
    at: datetime
    since: datetime
    state: DigestState


class DigestRepository(Protocol):
    async def begin(self, run: DigestRun) -> bool:
        """Insert the digest of a leader and day; False when there is one already."""
        ...

    async def get(self, leader: PersonId, day: date) -> DigestRun | None: ...

    async def begun(self, day: date, *, of: Collection[PersonId]) -> frozenset[PersonId]:
        """Tell who of some leaders has a digest of a day."""
        ...

    async def last(self, leader: PersonId, *, before: date) -> datetime | None:
        """Tell up to which moment a leader was told, by a digest of an earlier day."""
        ...

    async def move(self, leader: PersonId, day: date, *, of: DigestState, to: DigestState) -> bool:
        """Bring a digest from one state to another; False when it was not in the first."""
        ...
