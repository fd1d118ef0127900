"""TeamsThreads: the living card and the replies of a case, sent from the server.

Implements `services.ports.messenger.CaseThreads`. Teams: an invoke's answer is seen by whoever
pressed alone; what everybody shall see is a PUT of the message with a new base card.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from bot.connector import Connector
from bot.graph import ChannelReader
from bot.members import Members
from bot.messages import card_message, text_message
from bot.recognition import the_reply, the_root
from bot.room import Room
from bot.service_url import ServiceUrl
from cards.elements import Json
from cards.plain_text import plain
from cards.receipt_card import receipt_card
from cards.texts import Announcement, announcement, mention_tag
from retention.domain.case import Case
from retention.domain.draft import Place
from retention.domain.events import Event
from retention.domain.people import Person
from retention.services.ports.cases import CaseThread
from retention.services.ports.failures import PermanentError


class TeamsThreads:
    """`draw` builds the card of a case as it is now.

    Without a `reader`, nothing that may be in the channel already is ever found there.
    """

    def __init__(
        self,
        *,
        connector: Connector,
        members: Members,
        room: Room,
        draw: Callable[[Case], Awaitable[Json]],
        service_url: ServiceUrl,
        reader: ChannelReader | None = None,
    ) -> None:
        self._connector = connector
        self._room = room
        self._draw = draw
        self._members = members
        self._service_url = service_url
        self._reader = reader

    async def post_root(self, thread: CaseThread, case: Case) -> Place:
        """Open a thread in the channel whose first message is the case card."""
        nowhere = Place(thread.service_url, self._room.channel_id, is_channel=True)
        service_url = self._service_url.present(nowhere).service_url
        created = await self._connector.create_conversation(
            service_url=service_url,
            parameters={
                "isGroup": True,
                "channelData": {
                    "channel": {"id": self._room.channel_id},
                    "tenant": {"id": self._room.tenant_id},
                },
                "activity": await self._card_of(case),
            },
        )
        if created.activity_id is None:
            raise PermanentError("Teams opened a thread without telling its first message")
        return Place(
            service_url,
            created.conversation_id,
            is_channel=True,
            message=created.activity_id,
        )

    async def post_card(self, place: Place, case: Case) -> Place:
        """Send the case card as a new message of the thread."""
        now = self._service_url.present(place)
        message = await self._connector.send(
            service_url=now.service_url,
            conversation_id=now.conversation,
            activity=await self._card_of(case),
        )
        return replace(place, message=message)

    async def update_card(self, place: Place, case: Case) -> None:
        """Edit the living card in place. Raises MessageGone."""
        await self._update(place, await self._card_of(case))

    async def update_receipt(self, receipt: Place, case: Case, thread: Place) -> None:
        """Turn the form in the personal chat into a receipt with a link."""
        card = receipt_card(case, thread_url=self._room.link_to(thread))
        await self._update(receipt, card_message(card))

    async def reply(
        self, place: Place, case: Case, event: Event, mentions: Sequence[Person]
    ) -> str:
        """Say one event in the thread; whom Teams does not know is named in plain text."""
        now = self._service_url.present(place)
        said = announcement(case, event, mentions)
        mris = {person: await self._members.mri_of(person.id, now) for person in said.mentioned}
        return await self._connector.send(
            service_url=now.service_url,
            conversation_id=now.conversation,
            activity=text_message(
                _without_unknown(said, mris),
                summary=said.summary,
                mentioned={mention_tag(person): mri for person, mri in mris.items() if mri},
            ),
        )

    async def find_root(self, thread: CaseThread, case: Case) -> Place | None:
        """Find the case's card among the channel's messages. Teams: the thread is named by it."""
        if self._reader is None:
            return None
        message = await self._reader.find(the_root(case))
        if message is None:
            return None
        conversation = f"{self._room.channel_id};messageid={message}"
        return Place(thread.service_url, conversation, is_channel=True, message=message)

    async def find_reply(
        self, place: Place, case: Case, event: Event, mentions: Sequence[Person]
    ) -> str | None:
        """Find what says an event in the thread."""
        root = place.conversation.partition(";messageid=")[2]
        if self._reader is None or not root:
            return None
        return await self._reader.find(the_reply(case, event, mentions), root=root)

    async def _update(self, place: Place, activity: dict[str, object]) -> None:
        now = self._service_url.present(place)
        await self._connector.update(
            service_url=now.service_url,
            conversation_id=now.conversation,
            activity_id=now.message,
            activity=activity,
        )

    async def _card_of(self, case: Case) -> dict[str, object]:
        return card_message(await self._draw(case))


def _without_unknown(said: Announcement, mris: Mapping[Person, str | None]) -> str:
    """Name in plain text whom Teams does not know: a tag without a mention would show raw."""
    text = said.text
    for person, mri in mris.items():
        if mri is None:
            text = text.replace(mention_tag(person), plain(person.name))
    return text
