"""What the core needs from the CRM, in its own words: the port that Salesforce implements.

Every write is under a key that is unique for ever: the same write again, after a crash or a lost
answer, changes nothing. All calls raise TransientError (try again; `outcome_unknown` when it may
have taken effect), RetryAfter, CrmRefused and other PermanentErrors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from retention.domain.crm_profile import CrmCase, CrmCaseId, CrmProfile
from retention.domain.events import CrmChangeKind, HandoverStep
from retention.services.ports.failures import PermanentError


class CrmRefused(PermanentError):
    """The CRM refuses for good. `said` is the organisation's own message to people, or empty."""

    def __init__(self, code: str, *, said: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.said = said


@dataclass(frozen=True, slots=True)
class NewCrmCase:
    """A Caso to be created from what the form holds."""

    key: str
    subject: str
    description: str
    customer: str


@dataclass(frozen=True, slots=True)
class HandoverOrder:
    """The handover of one Caso: queue, status, priority, comment, and the lead's mention.

    `post` follows the mention of `lead_email` in the Caso's feed, or stands alone without one.
    """

    key: str
    case: CrmCaseId
    comment: str
    lead_email: str | None
    post: str


class MentionGap(StrEnum):
    """Why the post of a handover mentions nobody."""

    NO_POST = "no_post"
    """It is not there yet, or no more."""
    NO_LEAD = "no_lead"
    """The order names nobody."""
    NO_USER = "no_user"
    """Not exactly one active user of the CRM has the lead's address."""
    NO_ACCESS = "no_access"
    """The lead may not see the Caso."""
    NO_MENTION = "no_mention"
    """The lead could be mentioned now, and could not when it was posted."""


@dataclass(frozen=True, slots=True)
class StepReading:
    """What the CRM answered about one step: what it holds now, and who changed that last.

    `found` is a label, a queue's or a person's name; of a mention that is missing a MentionGap.
    """

    is_done: bool
    found: str
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class CrmChange:
    """Something somebody did to a Caso in the CRM; never what we did ourselves.

    `key` is the same whenever the same change is read again. `text` holds what was written, or the
    new value; `before` the old value of a field, where the CRM keeps it.
    """

    key: str
    case: CrmCaseId
    kind: CrmChangeKind
    by: str
    at: datetime
    text: str
    before: str = ""


class Crm(Protocol):
    @property
    def usage_share(self) -> float | None:
        """How much of what it allows in a day was used, as it last said: 1.0 is all of it."""
        ...

    async def find_case(self, number: str) -> CrmCase | None:
        """Find a Caso by its number, with or without leading zeros."""
        ...

    async def profile(self, number: str) -> CrmProfile | None:
        """Find a Caso with its customer and the customer's last ten other Casos."""
        ...

    async def open_case(self, new: NewCrmCase) -> CrmCase:
        """Create a Caso; the same key again returns the one it created."""
        ...

    async def hand_over(self, order: HandoverOrder) -> None:
        """Move a Caso to the queue, with status, priority and comment: all of it or nothing.

        Raises CrmRefused `CASE_GONE` where it was merged into another or deleted, as `comment`.
        """
        ...

    async def mention(self, order: HandoverOrder) -> None:
        """Post in the feed of the Caso, with a real mention of the lead where they are found."""
        ...

    async def read_handover(self, order: HandoverOrder) -> Mapping[HandoverStep, StepReading]:
        """Read each of the four steps back."""
        ...

    async def repair(self, case: CrmCaseId, steps: Sequence[HandoverStep]) -> None:
        """Set queue, status or priority again; a mention cannot drift."""
        ...

    async def comment(self, case: CrmCaseId, *, key: str, text: str) -> None:
        """Add an internal comment to a Caso."""
        ...

    async def changes(self, cases: Sequence[CrmCaseId], *, since: datetime) -> Sequence[CrmChange]:
        """List what others did to these Casos since a moment, oldest first.

        Read with an overlap the caller chooses: the CRM stamps a change before it can be seen.
        """
        ...
