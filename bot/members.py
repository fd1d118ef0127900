"""Entra id → the MRI a mention needs, asked of Teams once per person."""

from __future__ import annotations

import structlog

from bot.connector import Connector
from bot.connector_errors import MemberNotFound
from retention.domain.draft import Place
from retention.domain.people import PersonId
from retention.services.ports.failures import PermanentError

log = structlog.get_logger(__name__)


class Members:
    """Teams: an MRI (`29:…`) is unique per bot and person and does not change."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._mris: dict[PersonId, str] = {}

    async def mri_of(self, person: PersonId, place: Place) -> str | None:
        """Find a person's MRI among the members of a conversation.

        None when Teams does not know them there: the caller then names them in plain text, for a
        post with a missing mention beats no post. Raises TransientError.
        """
        if person not in self._mris:
            try:
                await self._ask(person, place)
            except PermanentError:
                log.warning("member.unresolved", person_id=person)
        return self._mris.get(person)

    async def _ask(self, person: PersonId, place: Place) -> None:
        """Look the person up by Entra id; who is not found so is looked for in the roster."""
        conversation = place.conversation.partition(";")[0]
        try:
            member = await self._connector.member(
                service_url=place.service_url, conversation_id=conversation, member_id=person
            )
            self._mris[person] = member.id
        except MemberNotFound:
            for member in await self._connector.members(
                service_url=place.service_url, conversation_id=conversation
            ):
                if member.object_id is not None:
                    self._mris[PersonId(member.object_id.lower())] = member.id
