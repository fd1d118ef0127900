"""TeamsChats: what the bot says to one person alone, unasked.

Implements `services.ports.messenger.PersonalChats`. Teams: the person must be of a team the bot is
in, or have installed it; the same person and bot always have the same chat.
"""

from __future__ import annotations

from bot.connector import Connector
from bot.connector_errors import (
    BotBlocked,
    BotNotInRoster,
    ConversationNotFound,
    MemberNotFound,
    NotPermitted,
)
from bot.members import Members
from bot.messages import card_message
from bot.room import Room, links_of
from bot.service_url import ServiceUrl
from cards.digest_card import digest_card, digest_summary
from retention.domain.digest import Digest
from retention.domain.draft import Place
from retention.domain.people import PersonId
from retention.services.ports.failures import Unreachable

_OUT_OF_REACH = (BotBlocked, BotNotInRoster, ConversationNotFound, MemberNotFound, NotPermitted)


class TeamsChats:
    def __init__(self, *, connector: Connector, room: Room, service_url: ServiceUrl) -> None:
        self._connector = connector
        self._room = room
        self._service_url = service_url
        self._members = Members(connector)

    async def open(self, person: PersonId, *, service_url: str) -> Place:
        """Open the chat with a person; again gives the same one. Raises Unreachable."""
        team = self._service_url.present(Place(service_url, self._room.team_id, is_channel=True))
        mri = await self._members.mri_of(person, team)
        if mri is None:
            raise Unreachable("not in the team")
        tenant = self._room.tenant_id
        try:
            created = await self._connector.create_conversation(
                service_url=team.service_url,
                parameters={
                    "isGroup": False,
                    "bot": {"id": self._room.bot_id},
                    "members": [{"id": mri}],
                    "tenantId": tenant,
                    "channelData": {"tenant": {"id": tenant}},
                },
            )
        except _OUT_OF_REACH as error:
            raise Unreachable(type(error).__name__) from error
        return Place(team.service_url, created.conversation_id, is_channel=False)

    async def show_digest(self, place: Place, digest: Digest) -> str:
        """Send a digest as a new message. Raises Unreachable."""
        here = self._service_url.present(place)
        card = digest_card(digest, thread_urls=links_of(digest, self._room))
        try:
            return await self._connector.send(
                service_url=here.service_url,
                conversation_id=here.conversation,
                activity=card_message(card, summary=digest_summary(digest)),
            )
        except _OUT_OF_REACH as error:
            raise Unreachable(type(error).__name__) from error
