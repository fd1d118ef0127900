"""What the bot remembers of the CRM: which Caso is whose case, and what was heard already."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from retention.domain.case_record import CaseNumber
from retention.domain.crm_profile import CrmCaseId


@dataclass(frozen=True, slots=True)
class CrmLink:
    """What was done to the Caso before `linked_at` is no news."""

    number: CaseNumber
    crm_case: CrmCaseId
    linked_at: datetime


class CrmJournal(Protocol):
    """Part of the unit of work, so that a change is heard and remembered in one transaction."""

    async def link(self, number: CaseNumber) -> CrmLink | None: ...

    async def add_link(self, link: CrmLink) -> None:
        """Remember the Caso of a case; again is harmless."""
        ...

    async def drop_link(self, number: CaseNumber) -> None:
        """Forget the Caso of a case; none there is harmless."""
        ...

    async def open_links(self) -> Sequence[CrmLink]:
        """List the Casos of all open cases."""
        ...

    async def first_heard(self, keys: Sequence[str], *, at: datetime) -> AbstractSet[str]:
        """Remember the keys of changes; gives those nobody had heard before."""
        ...

    async def forget_heard(self, *, before: datetime, limit: int) -> int:
        """Delete up to `limit` keys heard before a moment; returns how many there were."""
        ...

    async def installation(self) -> str:
        """Tell this database from any other that writes into the same CRM."""
        ...

    async def cursor(self) -> datetime | None:
        """Give the moment up to which the CRM was read; None before the first time."""
        ...

    async def move_cursor(self, to: datetime) -> None: ...

    async def take_turn(self, reader: str, *, now: datetime, until: datetime) -> bool:
        """Make a process the one that reads, unless another one's turn still lasts."""
        ...
