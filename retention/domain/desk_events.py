"""What happens to a case at the lead's desk: whose it is, what it waits for, that it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from retention.domain.events import Event, FeedbackChannel
from retention.domain.people import PersonRef


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAssigned(Event):
    """A lead gives the case to somebody of the Adm/Fin."""

    person: PersonRef


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReturned(Event):
    """The case goes back to the queue: who had it, and why they do not any more."""

    person: PersonRef
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoAsked(Event):
    """Somebody was asked for something, by a moment."""

    person: PersonRef
    what: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoAnswered(Event):
    """Somebody, not always who was asked, has answered `asker`."""

    asker: PersonRef
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoWithdrawn(Event):
    """The answer is not needed any more."""

    person: PersonRef
    """Who was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDecided(Event):
    """The customer leaves, and said so."""

    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptsEnded(Event):
    """Nobody could be reached: so many tries, by these ways, the last one then."""

    tries: int
    channels: tuple[FeedbackChannel, ...]
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TriangulationStarted(Event):
    """Somebody is called in to a call with the customer."""

    url: str
    person: PersonRef
    starts_at: datetime
    avoid: str = ""
    """What is better not said to this customer, as the playbook of the case had it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriangulationEnded(Event):
    """Whether the customer came to the call."""

    attended: bool
    note: str = ""
