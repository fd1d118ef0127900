"""What is kept of people: their chats, absences and rehearsals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from retention.domain.notices import PersonalChat
from retention.domain.people import Absence, PersonId
from retention.domain.rehearsal import Run


class ChatRepository(Protocol):
    """Where the bot speaks with a person alone."""

    async def get(self, person: PersonId) -> PersonalChat:
        """Give what is known of a person's chat; nothing known is a chat without a place."""
        ...

    async def save(self, chat: PersonalChat) -> None:
        """Insert or replace."""
        ...

    async def newest_address(self) -> str | None:
        """Give the messenger's address as the newest case knows it."""
        ...


class Welcomes(Protocol):
    """The conversations that were welcomed."""

    async def contains(self, conversation: str) -> bool: ...

    async def add(self, conversation: str, *, at: datetime) -> None:
        """Remember a conversation; again is harmless."""
        ...


class Absences(Protocol):
    async def since(self, day: date) -> Sequence[Absence]:
        """List those that last until a day or longer, whoever comes back first in front."""
        ...

    async def set(self, absence: Absence) -> None:
        """Insert or replace: a person has one absence at most."""
        ...

    async def end(self, person: PersonId) -> None:
        """Forget that somebody is away; again is harmless."""
        ...

    async def forget(self, *, before: date) -> None:
        """Delete those that ended before a day."""
        ...


class RehearsalRepository(Protocol):
    """How far each person is in the rehearsal, and how well they did before."""

    async def start(self, run: Run) -> Run:
        """Insert a run, unless the person has an open one: that one is returned."""
        ...

    async def get(self, run_id: str) -> Run | None: ...

    async def save(self, run: Run, *, read_version: int) -> bool:
        """Write how far a run is, if nobody changed it since `read_version`; else False."""
        ...

    async def best(self, person: PersonId, *, but: str) -> Run | None:
        """Find the ended run with the most right answers, the newest of equals, but for one."""
        ...
