"""Salesforce as the core's CRM: each call of the port, handed to who knows how."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import aiohttp
import structlog

from retention.domain.crm_profile import CrmCase, CrmCaseId, CrmProfile
from retention.domain.events import HandoverStep
from retention.salesforce.cases import Cases
from retention.salesforce.catalogue import Catalogue
from retention.salesforce.changes import Changes
from retention.salesforce.client import SalesforceClient
from retention.salesforce.comments import Comments
from retention.salesforce.config import SalesforceConfig
from retention.salesforce.diagnosis import Check, Diagnosis
from retention.salesforce.feed import CaseFeed
from retention.salesforce.handover import Handover
from retention.salesforce.login import Logins, flow_of
from retention.salesforce.transport import ObserveCall, ObserveUsage
from retention.services.ports.clock import Clock, utc_now
from retention.services.ports.crm import (
    CrmChange,
    CrmRefused,
    HandoverOrder,
    NewCrmCase,
    StepReading,
)
from retention.services.ports.failures import PermanentError, TransientError

log = structlog.get_logger(__name__)
_AT_START_SECONDS = 5.0
_MAY_BE_GONE = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY"})


class SalesforceCrm:
    """Implements `services.ports.crm.Crm`, and can tell what is wrong with the organisation.

    Raises ValueError when the private key is unreadable.
    """

    def __init__(
        self,
        config: SalesforceConfig,
        *,
        session: aiohttp.ClientSession,
        now: Clock = utc_now,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        observe_call: ObserveCall = lambda _operation, _outcome, _seconds: None,
        observe_usage: ObserveUsage = lambda _used, _limit: None,
    ) -> None:
        client = SalesforceClient(
            session=session,
            logins=Logins(session=session, url=config.url, flow=flow_of(config), clock=clock),
            api_version=config.api_version,
            total_seconds=config.timeout_seconds,
            clock=clock,
            sleep=sleep,
            observe_call=observe_call,
            observe_usage=observe_usage,
        )
        self._client = client
        self._catalogue = catalogue = Catalogue(client=client, config=config)
        feed = CaseFeed(client=client)
        self._comments = Comments(client=client, now=now)
        self._cases = Cases(client=client, catalogue=catalogue, config=config)
        self._handover = Handover(
            client=client,
            catalogue=catalogue,
            comments=self._comments,
            feed=feed,
            config=config,
            now=now,
        )
        self._changes = Changes(client=client, catalogue=catalogue, now=now)
        self._diagnosis = Diagnosis(
            client=client,
            catalogue=catalogue,
            feed=feed,
            changes=Changes(client=client, catalogue=catalogue, now=now),
            config=config,
            now=now,
        )

    @property
    def usage_share(self) -> float | None:
        """Tell which part of the daily calls is used, 1.0 being all; None before any answer."""
        return self._client.usage_share

    async def look_targets_up(self) -> None:
        """Look queue, status and priority up, as the bot starts, and log what is not there.

        It holds nothing up: who mends it there need not start the bot anew.
        """
        try:
            async with asyncio.timeout(_AT_START_SECONDS):
                await self._catalogue.targets()
        except CrmRefused as refusal:
            log.warning("crm.misconfigured", code=refusal.code)
        except (TransientError, PermanentError, TimeoutError) as error:
            log.warning("crm.not_checked", error=type(error).__name__)
        else:
            log.info("crm.checked")

    async def find_case(self, number: str) -> CrmCase | None:
        """Find a Caso by its number, with or without leading zeros."""
        return await self._cases.find(number)

    async def profile(self, number: str) -> CrmProfile | None:
        """Find a Caso with its customer and the customer's last ten other Casos."""
        return await self._cases.profile(number)

    async def open_case(self, new: NewCrmCase) -> CrmCase:
        """Create a Caso; the same key again returns the one it created."""
        return await self._cases.open(new)

    async def hand_over(self, order: HandoverOrder) -> None:
        """Move a Caso to the queue, with status, priority and comment: all of it or nothing."""
        async with self._unless_gone(order.case):
            await self._handover.hand_over(order)

    async def mention(self, order: HandoverOrder) -> None:
        """Post in the feed of the Caso, with a real mention of the lead where they are found."""
        await self._handover.mention(order)

    async def read_handover(self, order: HandoverOrder) -> Mapping[HandoverStep, StepReading]:
        """Read each of the four steps back."""
        return await self._handover.read(order)

    async def repair(self, case: CrmCaseId, steps: Sequence[HandoverStep]) -> None:
        """Set queue, status or priority again; a mention cannot drift."""
        await self._handover.repair(case, steps)

    async def comment(self, case: CrmCaseId, *, key: str, text: str) -> None:
        """Add an internal comment to a Caso."""
        async with self._unless_gone(case):
            await self._comments.add(case, key=key, text=text)

    async def changes(self, cases: Sequence[CrmCaseId], *, since: datetime) -> Sequence[CrmChange]:
        """List what others did to these Casos since a moment, oldest first.

        A field without history is compared with what it was when read before: what changed while
        nobody read is not told, an end neither. `by` is empty where we may not see the user.
        """
        return await self._changes.read(cases, since)

    @asynccontextmanager
    async def _unless_gone(self, case: CrmCaseId) -> AsyncIterator[None]:
        """Say of a refusal that may mean so whether the Caso is there no more."""
        try:
            yield
        except CrmRefused as refusal:
            gone = await self._cases.gone(case) if refusal.code in _MAY_BE_GONE else None
            if gone is None:
                raise
            raise gone from refusal

    def diagnose(
        self, *, lead_emails: Sequence[str] = (), case_number: str | None = None
    ) -> AsyncIterator[Check]:
        """Check everything that a handover needs, one thing after the other; writes nothing.

        Changes and mentions are those of a Caso, so they are checked when there is a number.
        """
        return self._diagnosis.run(lead_emails=lead_emails, case_number=case_number)
