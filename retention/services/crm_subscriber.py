"""Subscriber: do in the CRM what an event asks for, and read back what the CRM then holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import structlog

from retention.domain.case import Case, CaseNumber
from retention.domain.crm_profile import CrmCaseId
from retention.domain.events import CaseStatus, Event, HandoverStep, StepDrifted
from retention.domain.handover import CASE_GONE, NO_SUCH_CASE
from retention.domain.people import Directory, Role
from retention.services.case_changes import change_case
from retention.services.ports.clock import Clock
from retention.services.ports.crm import Crm, CrmRefused, HandoverOrder, StepReading
from retention.services.ports.crm_journal import CrmLink
from retention.services.ports.failures import Away, RetryAfter, TransientError
from retention.services.ports.unit_of_work import StartUnitOfWork

log = structlog.get_logger(__name__)
_PAUSE_SECONDS = 20.0
"""The first pause while the CRM is away: the writes are done whenever it returns."""


class CrmWords(Protocol):
    """What is written into the CRM for people to read there."""

    def comment(self, case: Case, event: Event) -> str: ...

    def post(self, case: Case) -> str:
        """Say what follows the lead's name in the feed."""
        ...


class CrmSubscriber:
    """Runs at least once per event; every write has a key of its own, so a repeat is harmless.

    However long the CRM is away, nothing is given up. What it refuses for good is: the case says
    so, and the effect can be replayed once the cause is mended.

    When the Caso's number is corrected, whatever happened before is done no more: the correction
    brings the right Caso up to date, and the former one is left alone.
    """

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        crm: Crm,
        words: CrmWords,
        directory: Directory,
        clock: Clock,
    ) -> None:
        self._uow = uow
        self._crm = crm
        self._words = words
        self._directory = directory
        self._clock = clock

    async def __call__(self, *, key: str, number: CaseNumber, version: int) -> None:  # noqa: ARG002 - the CRM's keys tell databases apart
        async with self._uow() as uow:
            case = await uow.cases.get(number)
            link = await uow.crm.link(number)
            installation = await uow.crm.installation()
        if case.concerns_former_caso(version):
            return
        event = case.event(version)
        try:
            await self._try(installation, link, case, event)
        except _CasoCorrected:
            log.info("crm.caso_corrected", case=case.code)

    async def _try(self, installation: str, link: CrmLink | None, case: Case, event: Event) -> None:
        """Do it, or say when to try again. Raises _CasoCorrected when it is not wanted any more."""
        try:
            crm_case = link.crm_case if link else await self._find(case)
            await self._act(installation, crm_case, case, event)
        except RetryAfter:
            raise
        except TransientError as error:
            log.info("crm.away", case=case.code, error=type(error).__name__)
            raise Away(_PAUSE_SECONDS) from error
        except CrmRefused as refusal:
            await self._check_unmoved(case)
            is_handover = _asks_for_handover(case, event)
            if is_handover or refusal.code == CASE_GONE:
                await self._keep_refusal(case, refusal)
            if not is_handover and refusal.code in {NO_SUCH_CASE, CASE_GONE}:
                return  # the case says so; no Caso, nothing to write into
            raise

    async def _find(self, case: Case) -> CrmCaseId:
        """Find the Caso of a case, and remember it. Raises CrmRefused when there is none."""
        found = await self._crm.find_case(case.facts.crm_case_number)
        if found is None:
            raise CrmRefused(NO_SUCH_CASE)
        corrected = case.number_corrected
        since = corrected.at if corrected else case.opened_at
        async with self._uow() as uow:
            _check_same_caso(await uow.cases.get(case.number), case)
            await uow.crm.add_link(CrmLink(case.number, found.id, since))
            await uow.commit()
        return found.id

    async def _check_unmoved(self, case: Case) -> None:
        async with self._uow() as uow:
            _check_same_caso(await uow.cases.get(case.number), case)

    async def _act(self, installation: str, crm_case: CrmCaseId, case: Case, event: Event) -> None:
        is_with_rc = case.status is CaseStatus.IN_TREATMENT
        if _asks_for_handover(case, event) and not is_with_rc:
            order = self._order(installation, crm_case, case, event)
            await self._crm.hand_over(order)
            await self._check_unmoved(case)
            await self._crm.mention(order)
            await self._keep_handover(case, await self._crm.read_handover(order))
        elif isinstance(event, StepDrifted):
            handover = case.handover_asked or event
            order = self._order(installation, crm_case, case, handover)
            reading = await self._crm.read_handover(order)
            if not reading[event.step].is_done:
                await self._crm.repair(crm_case, (event.step,))
                reading = await self._crm.read_handover(order)
            await self._keep_reading(case, reading)
        else:
            key = _key(case, event, installation)
            await self._crm.comment(crm_case, key=key, text=self._words.comment(case, event))

    def _order(
        self, installation: str, crm_case: CrmCaseId, case: Case, handover: Event
    ) -> HandoverOrder:
        lead = self._directory.on_duty(Role.ADMFIN_LEAD)
        return HandoverOrder(
            key=_key(case, handover, installation),
            case=crm_case,
            comment=self._words.comment(case, handover),
            lead_email=lead.email if lead else None,
            post=self._words.post(case),
        )

    async def _keep_handover(
        self, written: Case, reading: Mapping[HandoverStep, StepReading]
    ) -> None:
        """Keep what was read right after the writing; what changed in between is a drift."""
        changed: dict[HandoverStep, tuple[str, str]] = {
            step: (answer.found, answer.changed_by)
            for step, answer in reading.items()
            if not answer.is_done and step is not HandoverStep.MENTION
        }
        if not changed:
            await self._keep_reading(written, reading)
            return

        def keep(case: Case) -> None:
            _check_same_caso(case, written)
            set_back = case.note_drift(at=self._clock(), found=changed)
            rest = {step: answer for step, answer in reading.items() if step not in set_back}
            self._confirm(case, rest)

        await change_case(self._uow, written.number, keep, action="drift")

    async def _keep_reading(
        self, written: Case, reading: Mapping[HandoverStep, StepReading]
    ) -> None:
        def keep(case: Case) -> None:
            _check_same_caso(case, written)
            self._confirm(case, reading)

        await change_case(self._uow, written.number, keep, action="confirm_steps")

    def _confirm(self, case: Case, reading: Mapping[HandoverStep, StepReading]) -> None:
        done = {step: answer.found for step, answer in reading.items() if answer.is_done}
        lacking = {step: answer.found for step, answer in reading.items() if not answer.is_done}
        case.confirm_steps(at=self._clock(), found=done, lacking=lacking)

    async def _keep_refusal(self, refused: Case, refusal: CrmRefused) -> None:
        def keep(case: Case) -> None:
            _check_same_caso(case, refused)
            case.refuse_handover(at=self._clock(), code=refusal.code, said=refusal.said)

        await change_case(self._uow, refused.number, keep, action="refuse_handover")


class _CasoCorrected(Exception):
    """The case got another Caso while something was being done in the one it had."""


def _check_same_caso(now: Case, then: Case) -> None:
    if now.number_corrected != then.number_corrected:
        raise _CasoCorrected


def _asks_for_handover(case: Case, event: Event) -> bool:
    """Tell whether the steps in the Caso hang on an event: a handover, or a corrected number."""
    return event.is_handover or event is case.handover_asked


def _key(case: Case, event: Event, installation: str) -> str:
    """Name a write, unique among all databases that write into the CRM; at most 26 characters."""
    return f"{case.code}:{event.version}:{installation}"
