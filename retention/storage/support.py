"""Calls for support in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.case import CaseNumber
from retention.domain.draft import Place
from retention.domain.people import PersonId, PersonRef
from retention.domain.support import Asked, SupportCall
from retention.storage.places import place_json
from retention.storage.tables import insert_or, support_calls

_BEGIN = insert_or(support_calls).on_conflict_do_nothing().returning(support_calls.c.id)
_GET = sa.select(support_calls).where(support_calls.c.id == bindparam("id"))
_OPEN = sa.select(support_calls).where(
    support_calls.c.caller_id == bindparam("caller"), support_calls.c.is_open
)
_UPDATE = sa.update(support_calls).where(
    support_calls.c.id == bindparam("same_id"),
    support_calls.c.version == bindparam("read_version"),
)
_DUE = (
    sa.select(support_calls.c.id)
    .where(support_calls.c.is_open, support_calls.c.look_at <= bindparam("now"))
    .order_by(support_calls.c.look_at)
    .limit(bindparam("most"))
)


class SqlSupport:
    """Implements `SupportRepository` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def begin(self, call: SupportCall) -> SupportCall:
        """Insert a call, unless its caller has an open one: that one is returned."""
        values = {
            "id": call.id,
            "caller_id": call.caller.id,
            "caller_name": call.caller.name,
            "number": call.number,
            "place": place_json(call.place),
            "called_at": call.called_at,
            "look_at": call.called_at,
            **_state_of(call),
        }
        if (await self._connection.execute(_BEGIN, values)).first() is not None:
            return call
        known = await self._connection.execute(_OPEN, {"caller": call.caller.id})
        return _call_of(known.one())

    async def get(self, call_id: str) -> SupportCall | None:
        row = (await self._connection.execute(_GET, {"id": call_id})).first()
        return None if row is None else _call_of(row)

    async def save(self, call: SupportCall, *, read_version: int, look_at: datetime | None) -> bool:
        """Write how far a call is, if nobody changed it since `read_version`."""
        parameters = {
            "same_id": call.id,
            "read_version": read_version,
            "look_at": look_at,
            **_state_of(call),
        }
        return (await self._connection.execute(_UPDATE, parameters)).rowcount == 1

    async def due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """List the ids of the calls whose moment has come, oldest first."""
        found = await self._connection.execute(_DUE, {"now": now, "most": limit})
        return [str(call_id) for call_id in found.scalars()]


def _state_of(call: SupportCall) -> dict[str, Any]:
    return {
        "version": call.version,
        "asked": [
            {"id": each.person.id, "name": each.person.name, "at": each.at.isoformat()}
            for each in call.asked
        ],
        "unanswered_at": call.unanswered_at,
        "answered_by_id": call.answered_by and call.answered_by.id,
        "answered_by_name": call.answered_by and call.answered_by.name,
        "answered_at": call.answered_at,
        "took_over": call.took_over,
        "is_open": call.is_open,
    }


def _asked_of(data: Mapping[str, str]) -> Asked:
    person = PersonRef(PersonId(data["id"]), data["name"])
    return Asked(person, datetime.fromisoformat(data["at"]))


def _call_of(row: sa.Row[Any]) -> SupportCall:
    came = row.answered_by_id
    return SupportCall(
        id=row.id,
        caller=PersonRef(PersonId(row.caller_id), row.caller_name),
        place=Place(**row.place),
        number=None if row.number is None else CaseNumber(row.number),
        called_at=row.called_at,
        asked=[_asked_of(data) for data in row.asked],
        unanswered_at=row.unanswered_at,
        answered_by=PersonRef(PersonId(came), row.answered_by_name) if came else None,
        answered_at=row.answered_at,
        took_over=row.took_over,
        version=row.version,
    )
