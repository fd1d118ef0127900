"""Entra id → the MRI a mention needs, asked of Teams once per person."""

from __future__ import annotations

import structlog

from bot.connector import Connector
from retention.domain.draft import Place
from retention.domain.people import PersonId
from retention.services.ports import PermanentError

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
                member = await self._connector.member(
                    service_url=place.service_url,
                    conversation_id=place.conversation.partition(";")[0],
                    member_id=person,
                )
            except PermanentError:
                log.warning("member.unresolved", person_id=person)
                return None
            self._mris[person] = member.id
        return self._mris[person]
