"""Drafts in SQL."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.case import CaseNumber
from retention.domain.draft import Draft, DraftStep, Place
from retention.domain.errors import DraftNotFound, StaleCase
from retention.domain.people import PersonId, PersonRef
from retention.prepared import execute_prepared
from retention.storage.tables import UNFINISHED_DRAFT, drafts, insert_or

_START = insert_or(drafts).on_conflict_do_nothing(index_elements=["source"]).returning(drafts.c.id)
_BY_SOURCE = sa.select(drafts).where(drafts.c.source == bindparam("source"))
_GET = sa.select(drafts).where(drafts.c.id == bindparam("id"))
_UPDATE = sa.update(drafts).where(
    drafts.c.id == bindparam("same_id"), drafts.c.version == bindparam("read_version")
)
_OLD = (
    sa.select(drafts.c.id)
    .where(drafts.c.created_at < bindparam("before", type_=drafts.c.created_at.type))
    .where(sa.text(UNFINISHED_DRAFT))
    .limit(bindparam("limit", type_=sa.Integer))
)
_FORGET = sa.delete(drafts).where(drafts.c.id.in_(_OLD))
_PLACE_MESSAGE = sa.update(drafts).where(drafts.c.id == bindparam("same_id"))


class SqlDrafts:
    """Implements `DraftRepository` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def start(self, draft: Draft, *, source: str) -> Draft:
        """Insert a draft; the same source again returns the draft it began the first time."""
        inserted = await self._connection.execute(
            _START,
            {
                "id": draft.id,
                "source": source,
                "version": draft.version,
                "step": draft.step,
                "answers": draft.answers,
                "case_number": draft.case_number,
                "author_id": draft.author.id,
                "author_name": draft.author.name,
                "service_url": draft.place.service_url,
                "conversation": draft.place.conversation,
                "is_channel": draft.place.is_channel,
                "message": draft.place.message,
                "created_at": draft.created_at,
            },
        )
        if inserted.first() is not None:
            return draft
        return _draft_of((await self._connection.execute(_BY_SOURCE, {"source": source})).one())

    async def get(self, draft_id: str) -> Draft:
        """Raises DraftNotFound."""
        row = (await self._connection.execute(_GET, {"id": draft_id})).first()
        if row is None:
            raise DraftNotFound
        return _draft_of(row)

    async def save(self, draft: Draft, *, read_version: int) -> None:
        """Write step, answers and case; the place stays as `start` and `place_message` left it.

        Raises, at what is asked next:
            StaleCase: somebody changed it since `read_version`.
        """
        values = {
            "same_id": draft.id,
            "read_version": read_version,
            "version": draft.version,
            "step": draft.step,
            "answers": draft.answers,
            "case_number": draft.case_number,
        }

        def update(connection: sa.Connection) -> None:
            if execute_prepared(connection, _UPDATE, values).rowcount != 1:
                raise StaleCase

        self._connection.defer_sync(update)

    async def place_message(self, draft_id: str, message: str) -> None:
        """Remember the id of the message that shows the draft."""
        await self._connection.execute(_PLACE_MESSAGE, {"same_id": draft_id, "message": message})

    async def forget_unfinished(self, *, begun_before: datetime, limit: int) -> int:
        """Delete up to `limit` drafts that never ended; returns how many there were."""
        parameters = {"before": begun_before, "limit": limit}
        return (await self._connection.execute(_FORGET, parameters)).rowcount


def _draft_of(row: sa.Row[tuple[object, ...]]) -> Draft:
    return Draft(
        id=row.id,
        author=PersonRef(PersonId(row.author_id), row.author_name),
        place=Place(row.service_url, row.conversation, row.is_channel, row.message),
        created_at=row.created_at,
        step=DraftStep(row.step),
        version=row.version,
        answers=row.answers,
        case_number=None if row.case_number is None else CaseNumber(row.case_number),
    )
