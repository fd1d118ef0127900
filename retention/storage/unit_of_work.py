"""One transaction over all repositories, effects included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from retention.database import Connection, Database
from retention.services.ports.effects import Effect
from retention.storage.absences import SqlAbsences
from retention.storage.alarms import SqlAlarms
from retention.storage.burials import SqlBurials
from retention.storage.cases import SqlCases
from retention.storage.chats import SqlChats
from retention.storage.crm_journal import SqlCrmJournal
from retention.storage.digests import SqlDigests
from retention.storage.drafts import SqlDrafts
from retention.storage.figures import SqlFigures
from retention.storage.journals import SqlAuditLog, SqlWelcomes
from retention.storage.playbooks import SqlPlaybooks
from retention.storage.rehearsals import SqlRehearsals
from retention.storage.risks import SqlRisks
from retention.storage.support import SqlSupport
from retention.storage.threads import SqlThreads

Enqueue = Callable[[Connection, Effect], Awaitable[None]]
"""Write an effect in the transaction of the connection."""


class SqlUnitOfWork:
    """Implements `UnitOfWork`. Use once, as ``async with``; nothing is kept without `commit`."""

    def __init__(self, database: Database, enqueue: Enqueue) -> None:
        self._database = database
        self._enqueue = enqueue

    async def __aenter__(self) -> Self:
        self._connection = connection = await self._database.connect().__aenter__()
        self.cases = SqlCases(connection)
        self.drafts = SqlDrafts(connection)
        self.threads = SqlThreads(connection)
        self.playbooks = SqlPlaybooks(connection)
        self.rehearsals = SqlRehearsals(connection)
        self.figures = SqlFigures(connection)
        self.digests = SqlDigests(connection)
        self.chats = SqlChats(connection)
        self.audit = SqlAuditLog(connection)
        self.welcomes = SqlWelcomes(connection)
        self.burials = SqlBurials(connection)
        self.crm = SqlCrmJournal(connection)
        self.alarms = SqlAlarms(connection)
        self.absences = SqlAbsences(connection)
        self.support = SqlSupport(connection)
        self.risks = SqlRisks(connection)
        self.effects = SqlEffects(connection, self._enqueue)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._connection.__aexit__(kind, error, trace)

    async def commit(self) -> None:
        """Keep everything.

        Raises:
            InvalidRequestError: a unique index refused something before: nothing is kept.
        """
        await self._connection.commit()


class SqlEffects:
    """Implements `Effects`: the effect is kept or lost with the change that causes it."""

    def __init__(self, connection: Connection, enqueue: Enqueue) -> None:
        self._connection = connection
        self._enqueue = enqueue

    async def enqueue(self, effect: Effect) -> None:
        await self._enqueue(self._connection, effect)
