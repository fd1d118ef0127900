"""One transaction over everything that is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from retention.domain.playbook import Playbooks
from retention.services.ports.cases import (
    Alarms,
    AuditLog,
    CaseRepository,
    DraftRepository,
    ThreadRepository,
)
from retention.services.ports.crm_journal import CrmJournal
from retention.services.ports.effects import Burials, Effects
from retention.services.ports.people import Absences, ChatRepository, RehearsalRepository, Welcomes
from retention.services.ports.reporting import DigestRepository, FiguresRepository
from retention.services.ports.risks import RiskRepository
from retention.services.ports.support import SupportRepository


class PlaybookRepository(Protocol):
    """The catalogues of playbooks there have been, by version."""

    async def get(self, version: str) -> Playbooks | None: ...

    async def add(self, playbooks: Playbooks, *, at: datetime) -> None:
        """Keep a catalogue under its version; again is harmless."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Nothing is kept unless `commit` was called."""

    @property
    def cases(self) -> CaseRepository: ...
    @property
    def drafts(self) -> DraftRepository: ...
    @property
    def threads(self) -> ThreadRepository: ...
    @property
    def playbooks(self) -> PlaybookRepository: ...
    @property
    def rehearsals(self) -> RehearsalRepository: ...
    @property
    def figures(self) -> FiguresRepository: ...
    @property
    def digests(self) -> DigestRepository: ...
    @property
    def chats(self) -> ChatRepository: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def welcomes(self) -> Welcomes: ...
    @property
    def burials(self) -> Burials: ...
    @property
    def crm(self) -> CrmJournal: ...
    @property
    def alarms(self) -> Alarms: ...
    @property
    def absences(self) -> Absences: ...
    @property
    def support(self) -> SupportRepository: ...
    @property
    def risks(self) -> RiskRepository: ...
    @property
    def effects(self) -> Effects: ...

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    async def commit(self) -> None: ...


StartUnitOfWork = Callable[[], UnitOfWork]
