"""What others do in the CRM comes back: read again and again, told once.

The CRM stamps a change before it can be seen, so each reading looks ten minutes further back than
the last one ended. What a case is told, and that it was told, are kept in one transaction; how far
was read comes last: a crash in between reads the same once more and tells nothing twice. A case
that cannot be told holds up no other: it is tried again for as long as the readings look back.
"""

from __future__ import annotations

import platform
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from retention.domain.case import case_code
from retention.domain.crm_profile import CrmCaseId
from retention.domain.errors import StaleCase
from retention.services.background import again_and_again
from retention.services.case_changes import TRIES
from retention.services.crm_allowance import is_kept_for_writes, is_nearly_used_up
from retention.services.ports.clock import Clock
from retention.services.ports.crm import Crm, CrmChange
from retention.services.ports.crm_journal import CrmLink
from retention.services.ports.failures import RetryAfter, raised_at
from retention.services.ports.unit_of_work import StartUnitOfWork
from retention.services.subscriptions import save_case

log = structlog.get_logger(__name__)
_OVERLAP = timedelta(minutes=10)
_TIMES_RARER = 10
"""Where the daily allowance is nearly used up."""
_ASK_AGAIN_AFTER = timedelta(hours=1)
"""When all that is left is kept for the writes, one reading finds out whether it still is."""


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
        self._read_at: datetime | None = None

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Read again and again while the block runs; a failure waits for the next time."""
        async with again_and_again(self._look, every_seconds=self._every, failed="crm.not_read"):
            yield

    async def read(self) -> None:
        """Read once, if it is this process's turn; nothing is asked when no case is open.

        Whoever keeps still, since few calls are left, keeps the turn: no other process, which may
        not know yet, reads in its place.

        Raises:
            TransientError, PermanentError: as the CRM.
        """
        now = self._clock()
        async with self._uow() as uow:
            until = now + 3 * timedelta(seconds=self._pause)
            is_ours = await uow.crm.take_turn(self._name, now=now, until=until)
            links = {link.crm_case: link for link in await uow.crm.open_links()}
            cursor = await uow.crm.cursor()
            await uow.commit()
        if not (is_ours and links) or self._keeps_still(now):
            return
        self._read_at = now
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
        """Tell each case its news, then take note of how far was read."""
        news: defaultdict[CrmCaseId, list[CrmChange]] = defaultdict(list)
        for change in changes:
            if change.at >= links[change.case].linked_at:
                news[change.case].append(change)
        heard = 0
        for crm_case, told in news.items():
            link = links[crm_case]
            try:
                heard += await self._tell(link, told, read_at=read_at)
            except Exception as error:  # noqa: BLE001 - one case holds up no other
                reason = {"error": type(error).__name__, "at": raised_at(error)}
                log.warning("crm.case_not_told", case=case_code(link.number), **reason)
        async with self._uow() as uow:
            await uow.crm.move_cursor(read_at)
            await uow.commit()
        if heard:
            log.info("crm.heard", changes=heard)

    async def _tell(self, link: CrmLink, news: Sequence[CrmChange], *, read_at: datetime) -> int:
        """Tell a case what is new to it; returns how many changes those were.

        Raises:
            StaleCase: it was changed meanwhile, again and again; nothing was kept.
        """
        for _ in range(TRIES):
            async with self._uow() as uow:
                first = await uow.crm.first_heard([change.key for change in news], at=read_at)
                if not first:
                    return 0
                case = await uow.cases.get(link.number)
                if await uow.crm.link(link.number) != link:
                    return 0  # it has got another Caso meanwhile
                for change in news:
                    if change.key in first:
                        case.hear(
                            at=read_at,
                            kind=change.kind,
                            who=change.by,
                            text=change.text,
                            was=change.before,
                            happened_at=change.at,
                        )
                with suppress(StaleCase):
                    await save_case(uow, case)
                    await uow.commit()
                    return len(first)
        raise StaleCase

    async def _look(self) -> float:
        try:
            await self.read()
        except RetryAfter as pause:
            return max(self._pause, pause.seconds)
        return self._pause

    @property
    def _pause(self) -> float:
        """The seconds between two readings."""
        return self._every * (_TIMES_RARER if is_nearly_used_up(self._crm) else 1)

    def _keeps_still(self, now: datetime) -> bool:
        is_just_known = self._read_at is not None and now - self._read_at < _ASK_AGAIN_AFTER
        return is_just_known and is_kept_for_writes(self._crm)
