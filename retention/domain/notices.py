"""What the bot says to one person alone, unasked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from retention.domain.draft import Place
from retention.domain.people import PersonId


class NoticeKind(StrEnum):
    """Each may be muted by whoever gets it."""

    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class PersonalChat:
    """Where the bot speaks with a person alone, and of what it does not.

    `place` is None until the two have spoken; `unreachable_since` tells that the person has
    blocked the bot, until they speak to it again.
    """

    person: PersonId
    place: Place | None = None
    unreachable_since: datetime | None = None
    muted: frozenset[NoticeKind] = field(default=frozenset())
