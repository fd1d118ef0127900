"""Use case of what is refused before any case is asked: it is written down like the rest."""

from __future__ import annotations

from datetime import datetime

import structlog

from retention.domain.case import CaseNumber
from retention.domain.people import Actor
from retention.services.ports.clock import Clock
from retention.services.ports.unit_of_work import StartUnitOfWork, UnitOfWork

log = structlog.get_logger(__name__)


class RefusalService:
    def __init__(self, *, uow: StartUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def write_down(
        self, *, actor: Actor, action: str, why: str, number: CaseNumber | None = None
    ) -> None:
        """Append that somebody tried what they may not do; `number` is the case of the thread."""
        log.info("refusal.recorded", action=action, why=why)
        async with self._uow() as uow:
            await write_down(uow, at=self._clock(), by=actor, action=action, number=number, why=why)


async def write_down(
    uow: UnitOfWork,
    *,
    at: datetime,
    by: Actor,
    action: str,
    why: str,
    number: CaseNumber | None = None,
) -> None:
    """Append that somebody tried what they may not do. The transaction is over."""
    await uow.audit.refused(at=at, by=by.ref, action=action, number=number, why=why)
    await uow.commit()
