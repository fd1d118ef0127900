"""The playbooks a case goes by: those of the version it was opened with."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from retention.domain.cancellation import CancellationReason
from retention.domain.case import Case
from retention.domain.playbook import Playbook, Playbooks
from retention.services.ports.clock import Clock
from retention.services.ports.unit_of_work import StartUnitOfWork

log = structlog.get_logger(__name__)


class PlaybookService:
    """`current` is the catalogue this process was started with; new cases are opened with it."""

    def __init__(self, *, uow: StartUnitOfWork, clock: Clock, current: Playbooks) -> None:
        self._uow = uow
        self._clock = clock
        self.current = current
        self._known = {current.version: current}

    async def keep(self) -> None:
        """Store the current catalogue under its version, at start; again changes nothing."""
        async with self._uow() as uow:
            await uow.playbooks.add(self.current, at=self._clock())
            await uow.commit()
        log.info("playbooks.kept", version=self.current.version)

    async def of(self, case: Case, reason: CancellationReason | None = None) -> Playbook:
        """Give the playbook of a reason, by default the case's, in the case's version.

        A case from before there were versions goes by the current one.
        """
        playbooks = await self._version(case.playbook_version) or self.current
        return playbooks[reason or case.judgement.reason]

    async def documents(self, case: Case, reason: CancellationReason) -> Sequence[str]:
        """List the documents that a reason asks for, in the case's version."""
        return (await self.of(case, reason)).documents

    async def _version(self, version: str | None) -> Playbooks | None:
        if version is None:
            return None
        if version not in self._known:
            async with self._uow() as uow:
                kept = await uow.playbooks.get(version)
            if kept is None:
                return None
            self._known[version] = kept
        return self._known[version]
