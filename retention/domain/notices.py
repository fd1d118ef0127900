"""What the bot says to one person alone, unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from retention.domain.draft import Place
from retention.domain.people import Actor, PersonId, Role


class NoticeKind(StrEnum):
    """Each may be muted by whoever gets it; a call for support is none of them."""

    DIGEST = "digest"
    RISK = "risk"
    """Somebody heard that a customer may speak ill of the company."""


_SENT_TO: Mapping[NoticeKind, frozenset[Role]] = {
    NoticeKind.DIGEST: frozenset({Role.LEADER}),
    NoticeKind.RISK: frozenset({Role.ADMFIN_LEAD, Role.LEADER}),
}
_CALLED_FOR_SUPPORT = frozenset({Role.RC_LEAD, Role.ADMFIN_LEAD, Role.LEADER})


def notices_of(actor: Actor) -> Sequence[NoticeKind]:
    """List the kinds of notices that a person gets unless they mute them."""
    return [kind for kind in NoticeKind if actor.has_any(_SENT_TO[kind])]


def is_called_for_support(actor: Actor) -> bool:
    """Tell whether a person may be asked to come to somebody: that is never muted."""
    return actor.has_any(_CALLED_FOR_SUPPORT)


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
