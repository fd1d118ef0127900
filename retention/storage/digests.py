"""The digests of the leaders, in SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.people import PersonId
from retention.services.ports.reporting import DigestRun, DigestState
from retention.storage.tables import digests, insert_or

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


class SqlDigests:
    """Implements `DigestRepository` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
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
