"""Use cases of personal chats: where somebody can be written to, and what they want to be told."""

from __future__ import annotations

from dataclasses import replace

from retention.domain.draft import Place
from retention.domain.errors import NoNotices
from retention.domain.notices import NoticeKind, PersonalChat, is_called_for_support, notices_of
from retention.domain.people import Actor
from retention.services.ports.unit_of_work import StartUnitOfWork


class ChatService:
    def __init__(self, *, uow: StartUnitOfWork) -> None:
        self._uow = uow

    async def heard(self, *, actor: Actor, place: Place) -> None:
        """Remember where somebody speaks with the bot: they can be reached there."""
        here = replace(place, message="")
        async with self._uow() as uow:
            chat = await uow.chats.get(actor.id)
            if chat.place != here or chat.unreachable_since:
                await uow.chats.save(replace(chat, place=here, unreachable_since=None))
                await uow.commit()

    async def of(self, *, actor: Actor) -> PersonalChat:
        """Give what somebody wants to be told. Raises NoNotices: they are told nothing."""
        _check(actor)
        async with self._uow() as uow:
            return await uow.chats.get(actor.id)

    async def mute(self, *, actor: Actor, kind: NoticeKind, muted: bool) -> PersonalChat:
        """Stop or begin to tell somebody of one kind of thing; again is harmless.

        Raises:
            NoNotices: they are told nothing.
        """
        _check(actor)
        async with self._uow() as uow:
            chat = await uow.chats.get(actor.id)
            kinds = chat.muted | {kind} if muted else chat.muted - {kind}
            chat = replace(chat, muted=kinds)
            await uow.chats.save(chat)
            await uow.commit()
        return chat


def _check(actor: Actor) -> None:
    if not (notices_of(actor) or is_called_for_support(actor)):
        raise NoNotices
