"""Where somebody can be written to alone: the chat that is known, or one that is opened now."""

from __future__ import annotations

from dataclasses import replace

from retention.domain.draft import Place
from retention.domain.people import PersonId
from retention.services.ports.clock import Clock
from retention.services.ports.failures import Unreachable
from retention.services.ports.messenger import PersonalChats
from retention.services.ports.unit_of_work import StartUnitOfWork


class Reach:
    def __init__(self, *, uow: StartUnitOfWork, chats: PersonalChats, clock: Clock) -> None:
        self._uow = uow
        self._chats = chats
        self._clock = clock

    async def place_of(self, person: PersonId, *, address: str | None = None) -> Place:
        """Find a person's chat, or open it: the same two always get the same one.

        `address` is the messenger's own, where one is known; else that of the newest case is taken.

        Raises:
            Unreachable: the person cannot be written to, or nobody has spoken to the bot yet.
        """
        async with self._uow() as uow:
            chat = await uow.chats.get(person)
            known = address or await uow.chats.newest_address()
        if chat.place is not None:
            return chat.place
        if known is None:
            raise Unreachable("nobody has spoken to the bot yet")
        place = await self._chats.open(person, service_url=known)
        async with self._uow() as uow:
            await uow.chats.save(replace(await uow.chats.get(person), place=place))
            await uow.commit()
        return place

    async def mark_unreachable(self, person: PersonId) -> None:
        """Note that somebody has blocked the bot, until they speak to it again."""
        async with self._uow() as uow:
            chat = await uow.chats.get(person)
            await uow.chats.save(replace(chat, unreachable_since=self._clock()))
            await uow.commit()
