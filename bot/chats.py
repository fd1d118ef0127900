"""TeamsChats: what the bot says to one person alone, unasked.

Implements `PersonalChats`, `SupportChats` and `RiskChats` of `services.ports`.
Teams: the person must be of a team the bot is in, or have installed it; the same person and bot
always have the same chat.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bot.connector import Connector
from bot.connector_errors import (
    BotBlocked,
    BotNotInRoster,
    ConversationNotFound,
    MemberNotFound,
    NotPermitted,
)
from bot.members import Members
from bot.messages import card_message, text_message
from bot.room import Room
from bot.service_url import ServiceUrl
from cards.digest_card import digest_card, digest_summary
from cards.risk_card import risk_card, risk_summary
from cards.support_card import asked_card, asked_summary, caller_words
from retention.domain.case import Case
from retention.domain.digest import Digest
from retention.domain.draft import Place
from retention.domain.people import PersonId, PersonRef
from retention.domain.risk import DetractorRisk
from retention.domain.support import About, SupportCall
from retention.services.ports.failures import Unreachable

_OUT_OF_REACH = (BotBlocked, BotNotInRoster, ConversationNotFound, MemberNotFound, NotPermitted)


class TeamsChats:
    def __init__(
        self, *, connector: Connector, members: Members, room: Room, service_url: ServiceUrl
    ) -> None:
        self._connector = connector
        self._room = room
        self._service_url = service_url
        self._members = members

    async def open(self, person: PersonId, *, service_url: str) -> Place:
        """Open the chat with a person; again gives the same one. Raises Unreachable."""
        team = self._service_url.present(Place(service_url, self._room.team_id, is_channel=True))
        mri = await self._members.mri_of(person, team)
        if mri is None:
            raise Unreachable("not in the team")
        tenant = self._room.tenant_id
        with _reaching():
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
        return Place(team.service_url, created.conversation_id, is_channel=False)

    async def ask_to_come(
        self, place: Place, call: SupportCall, person: PersonRef, about: About
    ) -> str:
        """Show a call for support to somebody who was asked. Raises Unreachable."""
        return await self._send(place, self._asked(call, person, about))

    async def update_asked(
        self, place: Place, message: str, call: SupportCall, person: PersonRef, about: About
    ) -> None:
        """Show the call as it is now in the message that asked. Raises MessageGone, Unreachable."""
        here = self._service_url.present(place)
        with _reaching():
            await self._connector.update(
                service_url=here.service_url,
                conversation_id=here.conversation,
                activity_id=message,
                activity=self._asked(call, person, about),
            )

    async def tell_caller(self, place: Place, call: SupportCall, patience: timedelta) -> str:
        """Tell the caller how far the call is. Raises Unreachable."""
        in_channel = call.place.is_channel and not call.place.message
        words = caller_words(call, patience=patience, typed_in_channel=in_channel)
        return await self._send(place, text_message(words))

    async def show_risk(
        self, place: Place, risk: DetractorRisk, case: Case, thread: Place | None
    ) -> str:
        """Tell of a risk that somebody heard. Raises Unreachable."""
        url = self._room.link_to(thread) if thread else ""
        return await self._send(
            place, card_message(risk_card(risk, case, url=url), summary=risk_summary(risk, case))
        )

    async def show_digest(self, place: Place, digest: Digest) -> str:
        """Send a digest as a new message. Raises Unreachable."""
        card = digest_card(digest, thread_urls=self._room.links_to(digest.named))
        return await self._send(place, card_message(card, summary=digest_summary(digest)))

    def _asked(self, call: SupportCall, person: PersonRef, about: About) -> dict[str, object]:
        url = self._room.link_to(about.thread) if about.thread else ""
        card = asked_card(call, person, about, url=url)
        return card_message(card, summary=asked_summary(call, person))

    async def _send(self, place: Place, activity: dict[str, object]) -> str:
        here = self._service_url.present(place)
        with _reaching():
            return await self._connector.send(
                service_url=here.service_url,
                conversation_id=here.conversation,
                activity=activity,
            )


@contextmanager
def _reaching() -> Iterator[None]:
    """Tell from other failures that a person cannot be written to."""
    try:
        yield
    except _OUT_OF_REACH as error:
        raise Unreachable(type(error).__name__) from error
