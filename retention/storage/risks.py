"""Risks that were heard, in SQL."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.case import CaseNumber
from retention.domain.people import PersonId, PersonRef
from retention.domain.risk import DetractorRisk
from retention.domain.text import fold
from retention.storage.tables import detractor_risks, insert_or

_ADD = insert_or(detractor_risks).on_conflict_do_nothing().returning(detractor_risks.c.id)
_GET = sa.select(detractor_risks).where(detractor_risks.c.id == bindparam("id"))


class SqlRisks:
    """Implements `RiskRepository` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, risk: DetractorRisk) -> bool:
        """Insert a risk, unless the same words of the case are known already."""
        values = {
            "id": risk.id,
            "number": risk.number,
            "by_id": risk.by.id,
            "by_name": risk.by.name,
            "at": risk.at,
            "heard": risk.heard,
            "heard_folded": fold(risk.heard),
        }
        return (await self._connection.execute(_ADD, values)).first() is not None

    async def get(self, risk_id: str) -> DetractorRisk | None:
        row = (await self._connection.execute(_GET, {"id": risk_id})).first()
        if row is None:
            return None
        by = PersonRef(PersonId(row.by_id), row.by_name)
        return DetractorRisk(row.id, CaseNumber(row.number), by, row.at, row.heard)
