"""What others do in the CRM comes back: read again and again, told once.

The CRM stamps a change before it can be seen, so each reading looks ten minutes further back than
the last one ended. Which changes were told, what they changed in the cases, and how far was read
are kept in one transaction: a crash in between reads the same once more and tells nothing twice.
"""

from __future__ import annotations

import platform
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from retention.domain.crm_profile import CrmCaseId
from retention.domain.errors import StaleCase
from retention.services.background import again_and_again
from retention.services.crm import Crm, CrmChange
from retention.services.crm_journal import CrmLink
from retention.services.ports.clock import Clock
from retention.services.ports.failures import RetryAfter
from retention.services.ports.unit_of_work import StartUnitOfWork
from retention.services.subscriptions import save_case

log = structlog.get_logger(__name__)
_SOON_SECONDS = 1.0
_OVERLAP = timedelta(minutes=10)
_NEARLY_USED_UP, _TIMES_RARER = 0.8, 10
"""From this share of the daily allowance on, what is left is kept for the writes."""


class CrmReader:
    """Read the CRM while the bot serves. One process reads at a time; the others stand by."""

    def __init__(
        self, *, uow: StartUnitOfWork, crm: Crm, clock: Clock, every_seconds: float = 30.0
    ) -> None:
        self._uow = uow
        self._crm = crm
        self._clock = clock
        self._every = every_seconds
        self._name = f"{platform.node()}-{uuid4().hex}"

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Read again and again while the block runs; a failure waits for the next time."""
        async with again_and_again(self._look):
            yield

    async def read(self) -> None:
        """Read once, if it is this process's turn; nothing is asked when no case is open.

        Raises:
            TransientError, PermanentError: as the CRM.
            StaleCase: a case was changed meanwhile; nothing was kept.
        """
        now = self._clock()
        async with self._uow() as uow:
            until = now + 3 * timedelta(seconds=self._every)
            is_ours = await uow.crm.take_turn(self._name, now=now, until=until)
            links = {link.crm_case: link for link in await uow.crm.open_links()}
            cursor = await uow.crm.cursor()
            await uow.commit()
        if not (is_ours and links):
            return
        since = (cursor or min(link.linked_at for link in links.values())) - _OVERLAP
        changes = await self._crm.changes(tuple(links), since=since)
        await self._keep(changes, links, read_at=now)

    async def _keep(
        self,
        changes: Sequence[CrmChange],
        links: Mapping[CrmCaseId, CrmLink],
        *,
        read_at: datetime,
    ) -> None:
        """Take note of what is new, in one transaction."""
        news = [change for change in changes if change.at >= links[change.case].linked_at]
        async with self._uow() as uow:
            first = await uow.crm.first_heard([change.key for change in news], at=read_at)
            for crm_case, link in links.items():
                heard = [each for each in news if each.case == crm_case and each.key in first]
                if heard:
                    case = await uow.cases.get(link.number)
                    if await uow.crm.link(link.number) != link:
                        continue  # it has got another Caso meanwhile
                    for change in heard:
                        case.hear(
                            at=read_at,
                            kind=change.kind,
                            who=change.by,
                            text=change.text,
                            was=change.before,
                            happened_at=change.at,
                        )
                    await save_case(uow, case)
            await uow.crm.move_cursor(read_at)
            await uow.commit()
        if first:
            log.info("crm.heard", changes=len(first))

    async def _look(self) -> float:
        nearly_used_up = (self._crm.usage_share or 0.0) >= _NEARLY_USED_UP
        seconds = self._every * (_TIMES_RARER if nearly_used_up else 1)
        try:
            await self.read()
        except RetryAfter as pause:
            return max(seconds, pause.seconds)
        except StaleCase:
            return _SOON_SECONDS
        except Exception as error:  # noqa: BLE001 - the next reading brings another chance
            log.warning("crm.not_read", error=type(error).__name__)
        return seconds
