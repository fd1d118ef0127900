"""One activity being answered: what a handler may know, and the kinds of answer it may give."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson

from bot.room import Room
from cards.elements import Json
from dialogs.case_number import NumberDesk
from dialogs.intake import IntakeDialog
from retention.domain.case import CaseNumber
from retention.domain.draft import Place
from retention.domain.people import Actor
from retention.services import Services


@dataclass(frozen=True, slots=True)
class Turn:
    """Who acts, where, on which message.

    `place.message` is the card that was pressed, empty for a typed message. `source` names the
    activity: the same for each redelivery of it.
    """

    actor: Actor
    place: Place
    source: str
    args: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every handler works with."""

    services: Services
    intake: IntakeDialog
    numbers: NumberDesk
    room: Room

    async def thread_url(self, number: CaseNumber) -> str | None:
        """Give the address of a case's thread, None until there is one. Raises CaseNotFound."""
        place = (await self.services.cases.thread(number)).place
        return self.room.link_to(place) if place else None


@dataclass(frozen=True, slots=True)
class Show:
    """A card: a new message for a typed command, the presser's own view for a button.

    `sent` is called with the id of the new message.
    """

    card: Json | orjson.Fragment
    sent: Callable[[str], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class ShowEverybody:
    """A card that takes the place of the pressed one for everybody who sees the message."""

    card: Json


@dataclass(frozen=True, slots=True)
class ShowInPrivate:
    """A card for the presser's eyes alone; where no answer is private, nothing is answered."""

    card: Json


@dataclass(frozen=True, slots=True)
class Post:
    """A card as a new message, whatever was pressed."""

    card: Json
    sent: Callable[[str], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """A sentence: private for a button, a reply for a typed command."""

    text: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """No answer."""


Answer = Show | ShowEverybody | ShowInPrivate | Post | Tell | Nothing
