"""The personal chats, in SQL."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.draft import Place
from retention.domain.notices import NoticeKind, PersonalChat
from retention.domain.people import PersonId
from retention.storage.tables import insert_or, personal_chats, threads

_CHAT = sa.select(personal_chats).where(personal_chats.c.person_id == bindparam("person"))
_NEWEST_ADDRESS = sa.select(threads.c.service_url).order_by(threads.c.number.desc()).limit(1)


class SqlChats:
    """Implements `ChatRepository` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, person: PersonId) -> PersonalChat:
        """Give what is known of a person's chat; nothing known is a chat without a place."""
        row = (await self._connection.execute(_CHAT, {"person": person})).first()
        if row is None:
            return PersonalChat(person)
        place = Place(row.service_url, row.conversation, is_channel=False)
        return PersonalChat(
            person,
            place if row.conversation else None,
            row.unreachable_since,
            frozenset(NoticeKind(kind) for kind in row.muted),
        )

    async def save(self, chat: PersonalChat) -> None:
        """Insert or replace."""
        values = {
            "service_url": chat.place and chat.place.service_url,
            "conversation": chat.place and chat.place.conversation,
            "unreachable_since": chat.unreachable_since,
            "muted": sorted(chat.muted),
        }
        insert = insert_or(personal_chats).values(person_id=chat.person, **values)
        await self._connection.execute(
            insert.on_conflict_do_update(index_elements=["person_id"], set_=values)
        )

    async def newest_address(self) -> str | None:
        """Give the messenger's address as the newest case knows it."""
        address: str | None = await self._connection.scalar(_NEWEST_ADDRESS)
        return address
