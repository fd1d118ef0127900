"""Who may use the bot: whoever the people file lists, and the members of the team.

Teams lets anybody of the tenant open a personal chat with the bot, and guests write in the team's
channels. Neither the token nor the activity tells them apart from members; the Connector does.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum
from typing import Final

import structlog

from bot.connector import Connector
from bot.connector_errors import MemberNotFound
from bot.room import Room
from bot.single_flight import SingleFlight
from retention.domain.people import Directory, PersonId
from retention.services.ports.failures import PermanentError, TransientError

_MEMBER_SECONDS: Final = 3600.0
_OTHERS_SECONDS: Final = 60.0
"""Short, so that whoever is added to the team need not wait for long."""
_PATIENCE_SECONDS: Final = 1.0
"""Teams: budget 2 s for an invoke. Asking goes on meanwhile, for the next press."""
_REMEMBERED: Final = 10_000

log = structlog.get_logger(__name__)


class Standing(StrEnum):
    """What a sender is to the team."""

    MEMBER = "member"
    STRANGER = "stranger"
    GUEST = "guest"
    UNKNOWN = "unknown"
    """The Connector could not be asked, or not in time: nobody comes in unchecked."""


class Doorkeeper:
    """Tell members of the team from strangers and guests, asking Teams once per person and hour.

    Whoever the directory lists is a member and never asked about.
    """

    def __init__(
        self,
        *,
        connector: Connector,
        directory: Directory,
        room: Room,
        patience_seconds: float = _PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connector, self._directory, self._room = connector, directory, room
        self._patience, self._clock = patience_seconds, clock
        self._known: OrderedDict[PersonId, tuple[Standing, float]] = OrderedDict()
        self._asking: dict[PersonId, SingleFlight[Standing]] = {}

    async def standing(self, person: PersonId, *, service_url: str) -> Standing:
        """Tell what somebody is to the team, within the patience of whoever pressed a button."""
        if self._directory.person(person) is not None:
            return Standing.MEMBER
        known, until = self._known.get(person, (Standing.UNKNOWN, 0.0))
        if self._clock() < until:
            return known
        flight = self._asking.setdefault(
            person, SingleFlight(lambda: self._ask(person, service_url))
        )
        try:
            return await asyncio.wait_for(flight(), self._patience)
        except TimeoutError:
            log.warning("access.unchecked", error="TimeoutError")
            return Standing.UNKNOWN

    async def _ask(self, person: PersonId, service_url: str) -> Standing:
        try:
            standing = await self._look_up(person, service_url)
        except (TransientError, PermanentError) as error:
            log.warning("access.unchecked", error=type(error).__name__)
            return Standing.UNKNOWN
        finally:
            del self._asking[person]
        lasts = _MEMBER_SECONDS if standing is Standing.MEMBER else _OTHERS_SECONDS
        self._known[person] = standing, self._clock() + lasts
        self._known.move_to_end(person)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return standing

    async def _look_up(self, person: PersonId, service_url: str) -> Standing:
        try:
            member = await self._connector.member(
                service_url=service_url, conversation_id=self._room.team_id, member_id=person
            )
        except MemberNotFound:
            return Standing.STRANGER
        is_from_elsewhere = member.tenant_id not in {None, self._room.tenant_id}
        return Standing.GUEST if member.is_guest or is_from_elsewhere else Standing.MEMBER
