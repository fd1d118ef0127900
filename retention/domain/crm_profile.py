"""What the CRM knows of a customer, as people look at it before they talk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

CrmCaseId = NewType("CrmCaseId", str)
"""The CRM's own id of a Caso; people know it by its number."""


@dataclass(frozen=True, slots=True)
class CrmCase:
    """A Caso as the CRM has it; labels are as people see them there."""

    id: CrmCaseId
    number: str
    subject: str
    status: str
    priority: str
    owner: str
    is_closed: bool
    opened_at: datetime
    customer: str | None = None
    contact: str | None = None
    plan: str | None = None
    monthly_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PastCase:
    """An earlier Caso of the same customer. `cause` is its root cause, where one was written."""

    number: str
    subject: str
    cause: str | None
    opened_at: datetime
    closed_at: datetime | None

    def days_open(self, now: datetime) -> int:
        """Count the days from its opening to its end, or to now."""
        return max(0, ((self.closed_at or now) - self.opened_at).days)


class NoProfile(StrEnum):
    """Why nothing is known of a Caso's customer."""

    NOT_FOUND = "not_found"
    """The CRM has no Caso of that number, or none that we may see."""
    AWAY = "away"
    """The CRM did not answer in time."""


@dataclass(frozen=True, slots=True)
class CrmProfile:
    """What is known of a customer before the talk: the Caso, and up to ten earlier ones.

    `past` is newest first.
    """

    case: CrmCase
    past: Sequence[PastCase]

    @property
    def recurring(self) -> Sequence[tuple[str, int]]:
        """List the causes that came more than once, the most frequent first."""
        causes = Counter(past.cause for past in self.past if past.cause)
        return [(cause, times) for cause, times in causes.most_common() if times > 1]
