"""One transaction over all repositories, effects included."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

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

R = TypeVar("R")
Enqueue = Callable[[Connection, Effect], Awaitable[None]]
"""Write an effect in the transaction of the connection."""


class _Repository(Generic[R]):
    """A repository of a unit of work, made when it is asked for: most units use two or three."""

    def __init__(self, kind: Callable[[Connection], R]) -> None:
        self._kind = kind

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, uow: SqlUnitOfWork, _: type) -> R:
        made = vars(uow)[self._name] = self._kind(uow.connection)
        return made


class SqlUnitOfWork:
    """Implements `UnitOfWork`. Use once, as ``async with``; nothing is kept without `commit`."""

    cases = _Repository(SqlCases)
    drafts = _Repository(SqlDrafts)
    threads = _Repository(SqlThreads)
    playbooks = _Repository(SqlPlaybooks)
    rehearsals = _Repository(SqlRehearsals)
    figures = _Repository(SqlFigures)
    digests = _Repository(SqlDigests)
    chats = _Repository(SqlChats)
    audit = _Repository(SqlAuditLog)
    welcomes = _Repository(SqlWelcomes)
    burials = _Repository(SqlBurials)
    crm = _Repository(SqlCrmJournal)
    alarms = _Repository(SqlAlarms)
    absences = _Repository(SqlAbsences)
    support = _Repository(SqlSupport)
    risks = _Repository(SqlRisks)

    def __init__(self, database: Database, enqueue: Enqueue) -> None:
        self._database = database
        self._enqueue = enqueue

    async def __aenter__(self) -> Self:
        self.connection = await self._database.connect().__aenter__()
        return self

    @property
    def effects(self) -> SqlEffects:
        return SqlEffects(self.connection, self._enqueue)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.connection.__aexit__(kind, error, trace)

    async def commit(self) -> None:
        """Keep everything.

        Raises:
            InvalidRequestError: a unique index refused something before: nothing is kept.
        """
        await self.connection.commit()


class SqlEffects:
    """Implements `Effects`: the effect is kept or lost with the change that causes it."""

    def __init__(self, connection: Connection, enqueue: Enqueue) -> None:
        self._connection = connection
        self._enqueue = enqueue

    async def enqueue(self, effect: Effect) -> None:
        await self._enqueue(self._connection, effect)
