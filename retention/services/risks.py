"""Use case of the risk of a detractor, and the subscriber that brings it to a lead in private."""

from __future__ import annotations

from uuid import uuid4

import structlog

from retention.domain.case import CaseNumber
from retention.domain.notices import NoticeKind
from retention.domain.people import Actor, Directory, Person
from retention.domain.risk import DetractorRisk, risk_ladder
from retention.services.ports.clock import Clock
from retention.services.ports.effects import Ledger
from retention.services.ports.failures import Unreachable
from retention.services.ports.risks import RiskChats
from retention.services.ports.unit_of_work import StartUnitOfWork
from retention.services.reach import Reach
from retention.services.subscriptions import enqueue_risk

log = structlog.get_logger(__name__)


class RiskService:
    def __init__(self, *, uow: StartUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def tell(self, *, actor: Actor, number: CaseNumber, heard: str) -> bool:
        """Have a lead told of what was heard; False when the same words were told before.

        The audit keeps who told, and not what: that stands in a row of its own.

        Raises:
            CaseNotFound: there is no such case.
        """
        risk = DetractorRisk(uuid4().hex, number, actor.ref, self._clock(), heard)
        async with self._uow() as uow:
            await uow.cases.get(number)
            if not await uow.risks.add(risk):
                return False
            await enqueue_risk(uow, risk)
            await uow.audit.noted(at=risk.at, by=risk.by, action="risk", number=number, what="Told")
            await uow.commit()
        log.info("risk.told", risk=risk.id)
        return True


class RiskSubscriber:
    """Tell one lead of a risk. Runs at least once for each.

    Whoever has muted such notices, or cannot be written to, is passed over; if all of them have,
    nobody is told. The message goes through the ledger.
    """

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        chats: RiskChats,
        reach: Reach,
        ledger: Ledger,
        directory: Directory,
    ) -> None:
        self._uow = uow
        self._chats = chats
        self._reach = reach
        self._ledger = ledger
        self._directory = directory

    async def __call__(self, *, key: str, number: CaseNumber, version: int) -> None:  # noqa: ARG002 - it is about no event of a case
        """Tell of the risk that the key names. Raises TransientError."""
        risk_id = key.rpartition(":")[2]
        async with self._uow() as uow:
            risk = await uow.risks.get(risk_id)
            if risk is None:
                return
            case = await uow.cases.get(risk.number)
            thread = (await uow.threads.get(risk.number)).place
            ladder = risk_ladder(case, self._directory, by=risk.by)
            chats = {each.id: await uow.chats.get(each.id) for each in ladder}

        async def show_to(person: Person) -> str:
            place = await self._reach.place_of(person.id)
            return await self._chats.show_risk(place, risk, case, thread)

        async def send() -> str:
            for person in ladder:
                if NoticeKind.RISK in chats[person.id].muted:
                    continue
                try:
                    return await show_to(person)
                except Unreachable as error:
                    log.warning("risk.unreachable", person_id=person.id, why=str(error))
                    await self._reach.mark_unreachable(person.id)
            log.warning("risk.untold", risk=risk.id)
            return ""

        await self._ledger.once(f"{key}:card", send)
