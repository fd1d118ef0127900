"""When each case is to be looked at again, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.case import CaseNumber
from retention.services.ports.cases import Alarm
from retention.storage.tables import alarms, insert_or

_INSERT = insert_or(alarms)
_SET = _INSERT.on_conflict_do_update(index_elements=["number"], set_={"at": _INSERT.excluded.at})
_RUNG = (
    sa.select(alarms)
    .where(alarms.c.at <= bindparam("now"))
    .order_by(alarms.c.at, alarms.c.number)
    .limit(bindparam("most"))
)
_SEEN = sa.and_(alarms.c.number == bindparam("seen"), alarms.c.at == bindparam("seen_at"))
_PUT_OFF = sa.update(alarms).where(_SEEN).values(at=bindparam("until"))
_SILENCE = sa.delete(alarms).where(_SEEN)


class SqlAlarms:
    """Implements `Alarms` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def set(self, alarm: Alarm) -> None:
        """Insert or replace."""
        self._connection.defer(_SET, {"number": alarm.number, "at": alarm.at})

    async def rung(self, *, now: datetime, limit: int) -> Sequence[Alarm]:
        """List those whose moment has come, oldest first."""
        rows = await self._connection.execute(_RUNG, {"now": now, "most": limit})
        return [Alarm(CaseNumber(row.number), row.at) for row in rows]

    async def put_off(self, seen: Mapping[Alarm, datetime | None]) -> None:
        """Ring later, or never; an alarm that is not the one that was seen any more stays."""
        later, never = [], []
        for alarm, until in seen.items():
            values = {"seen": alarm.number, "seen_at": alarm.at}
            if until is None:
                never.append(values)
            else:
                later.append({**values, "until": until})
        if later:
            self._connection.defer(_PUT_OFF, later)
        if never:
            self._connection.defer(_SILENCE, never)
