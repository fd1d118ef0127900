"""The digests of the leaders, and the personal chats, in SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from retention.domain.draft import Place
from retention.domain.notices import NoticeKind, PersonalChat
from retention.domain.people import PersonId
from retention.services.ports.reporting import DigestRun, DigestState
from retention.storage.tables import digests, insert_or, personal_chats, threads

_BEGIN = insert_or(digests).on_conflict_do_nothing().returning(digests.c.leader_id)
_OF_DAY = sa.select(digests).where(
    digests.c.leader_id == bindparam("leader"), digests.c.day == bindparam("day")
)
_BEGUN = sa.select(digests.c.leader_id).where(
    digests.c.day == bindparam("day"), digests.c.leader_id.in_(bindparam("of", expanding=True))
)
_LAST = (
    sa.select(digests.c.at)
    .where(digests.c.leader_id == bindparam("leader"), digests.c.day < bindparam("before"))
    .where(digests.c.state.in_((DigestState.SENT, DigestState.EMPTY)))
    .order_by(digests.c.day.desc())
    .limit(1)
)
_MOVE = (
    sa.update(digests)
    .where(digests.c.leader_id == bindparam("leader"), digests.c.day == bindparam("same_day"))
    .where(digests.c.state == bindparam("old_state"))
    .values(state=bindparam("new_state"))
)
_CHAT = sa.select(personal_chats).where(personal_chats.c.person_id == bindparam("person"))
_NEWEST_ADDRESS = sa.select(threads.c.service_url).order_by(threads.c.number.desc()).limit(1)


class SqlDigests:
    """Implements `DigestRepository` in the transaction of one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def begin(self, run: DigestRun) -> bool:
        """Insert the digest of a leader and day; False when there is one already."""
        values = {
            "leader_id": run.leader,
            "day": run.day,
            "at": run.at,
            "since": run.since,
            "state": run.state,
        }
        return (await self._connection.execute(_BEGIN, values)).first() is not None

    async def get(self, leader: PersonId, day: date) -> DigestRun | None:
        row = (await self._connection.execute(_OF_DAY, {"leader": leader, "day": day})).first()
        if row is None:
            return None
        return DigestRun(leader, day, row.at, row.since, DigestState(row.state))

    async def begun(self, day: date, *, of: Collection[PersonId]) -> frozenset[PersonId]:
        """Tell who of some leaders has a digest of a day."""
        found = await self._connection.execute(_BEGUN, {"day": day, "of": list(of)})
        return frozenset(map(PersonId, found.scalars()))

    async def last(self, leader: PersonId, *, before: date) -> datetime | None:
        """Tell up to which moment a leader was told, by a digest of an earlier day."""
        at: datetime | None = await self._connection.scalar(
            _LAST, {"leader": leader, "before": before}
        )
        return at

    async def move(self, leader: PersonId, day: date, *, of: DigestState, to: DigestState) -> bool:
        """Bring a digest from one state to another; False when it was not in the first."""
        change = {"leader": leader, "same_day": day, "old_state": of, "new_state": to}
        return (await self._connection.execute(_MOVE, change)).rowcount == 1


class SqlChats:
    """Implements `ChatRepository` in the transaction of one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
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
