"""A request being written: what its author has typed so far, on which screen, in which message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from retention.domain.case import CaseNumber
from retention.domain.errors import NotTheAuthor
from retention.domain.people import Actor, PersonRef


class DraftStep(StrEnum):
    FACTS = "facts"
    JUDGEMENT = "judgement"
    DUPLICATE = "duplicate"
    REGISTERED = "registered"
    JOINED = "joined"
    DISCARDED = "discarded"

    @property
    def is_final(self) -> bool:
        return self in {DraftStep.REGISTERED, DraftStep.JOINED, DraftStep.DISCARDED}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lives, in the messenger's own terms: opaque to the core, kept for later.

    `message` is the id of the one message there that is edited in place; empty until it is sent.
    """

    service_url: str
    conversation: str
    is_channel: bool
    message: str = ""


@dataclass(slots=True)
class Draft:
    id: str
    author: PersonRef
    place: Place
    created_at: datetime
    step: DraftStep = DraftStep.FACTS
    version: int = 1
    answers: dict[str, str] = field(default_factory=dict)
    """Input id → exactly what was typed."""
    case_number: CaseNumber | None = None

    def check_author(self, actor: Actor) -> None:
        """Raise NotTheAuthor unless the actor began this draft."""
        if actor.id != self.author.id:
            raise NotTheAuthor(self.author)

    def advance(self, step: DraftStep, answers: Mapping[str, str] | None = None) -> None:
        """Go to a screen with what was typed so far.

        Everything typed is kept until the draft ends; then the case holds what matters (LGPD).
        """
        self.answers = {} if step.is_final else {**self.answers, **(answers or {})}
        self.step = step
        self.version += 1
