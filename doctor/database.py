"""The database and the effects in it, as a visitor sees them; nothing is made or migrated."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Final, Self

from sqlalchemy.exc import DBAPIError

from doctor.checks import BACKLOG, SCHEMA, UNASKED, Finding
from retention.domain.case_line import CaseLine
from retention.domain.people import PersonId
from retention.effects.durable import DurableEffects
from retention.services.backlog import LONGEST_WAIT_SECONDS, measure_backlog
from retention.services.ports.cases import CaseFilter
from retention.services.ports.effects import Backlog, Waiting
from retention.services.subscriptions import CASE_THREAD
from retention.storage.engine import (
    DatabaseUnreachable,
    Engines,
    UnsupportedDatabase,
    open_engines,
    sqlite_path,
)
from retention.storage.migrations import HEAD, OldSchema, look_at_schema
from retention.storage.unit_of_work import SqlUnitOfWork

_LOOK_SECONDS: Final = 3.0
_LOOKED_THROUGH: Final = 20
_TABLE_OF_THE_ENGINE: Final = "workflow_status"
_NOBODY: Final = PersonId("")


@dataclass(frozen=True, slots=True)
class DatabasePatient:
    """A database at an address; `engines` is None where there is none to connect to.

    A SQLite file that does not exist is not opened, for that would make it.
    """

    url: str
    is_local: bool
    engines: Engines | None

    @classmethod
    def at(cls, url: str, *, is_local: bool) -> Self:
        try:
            path = sqlite_path(url)
        except UnsupportedDatabase:
            return cls(url, is_local, None)
        is_there = path is None or path.is_file()
        return cls(url, is_local, open_engines(url) if is_there else None)

    async def close(self) -> None:
        if self.engines is not None:
            await self.engines.dispose()

    async def schema(self) -> Finding:
        """Look whether the database answers and has this program's schema."""
        if self.engines is None:
            return self._none()
        try:
            await look_at_schema(self.engines.app)
        except OldSchema:
            return SCHEMA.found("old", needed=HEAD)
        except DatabaseUnreachable as error:
            return SCHEMA.found("unreachable", why=str(error))
        return SCHEMA.found("ok", version=HEAD)

    def _none(self) -> Finding:
        try:
            path = sqlite_path(self.url)
        except UnsupportedDatabase as error:
            return SCHEMA.found("unsupported", why=str(error))
        return SCHEMA.found("not_yet" if self.is_local else "missing", file=str(path))

    async def backlog(self) -> Finding:
        """Measure what waits to be sent and what was given up.

        Only what waits for a thread of Teams is a failure, as in `/readyz`: a CRM that is away may
        hold its effects for as long as it likes.
        """
        if self.engines is None:
            return BACKLOG.found("never_ran" if self.is_local else UNASKED)
        if not await self._is_ours(self.engines):
            return BACKLOG.found(UNASKED)
        try:
            effects = _effects_in(self.engines)
            unit_of_work = partial(SqlUnitOfWork, self.engines.app, effects.enqueue)
            threads = await effects.waiting(of=(CASE_THREAD,))
            found = await measure_backlog(effects, unit_of_work)
        except DBAPIError as error:
            if _TABLE_OF_THE_ENGINE in str(error.orig):
                return BACKLOG.found("never_ran")
            raise
        return _judged(threads, found)

    async def some_open_case(self) -> CaseLine | None:
        """Find an open case, for what can only be asked about one; None where there is none."""
        if self.engines is None:
            return None
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                if not await self._is_ours(self.engines):
                    return None
                enqueue = _effects_in(self.engines).enqueue
                async with SqlUnitOfWork(self.engines.app, enqueue) as uow:
                    lines = await uow.cases.list(
                        CaseFilter.OPEN, person=_NOBODY, limit=_LOOKED_THROUGH
                    )
        except (TimeoutError, DBAPIError):
            return None
        return lines[-1] if lines else None

    async def _is_ours(self, engines: Engines) -> bool:
        """Tell whether there is a schema to ask; what is wrong with it has a check of its own."""
        try:
            await look_at_schema(engines.app)
        except (OldSchema, DatabaseUnreachable):
            return False
        return True


def _effects_in(engines: Engines) -> DurableEffects:
    """Reach the effects of a bot that runs elsewhere, or not at all; nothing runs them here."""
    return DurableEffects(app=engines.app, system=engines.sync)


def _judged(threads: Waiting, found: Backlog) -> Finding:
    """Say the worst of what waits for the threads, what was given up, and what else waits."""
    if threads.oldest_seconds > LONGEST_WAIT_SECONDS:
        return BACKLOG.found("waiting", pending=threads.count, minutes=_minutes(threads))
    if found.buried:
        return BACKLOG.found("buried", buried=found.buried)
    if found.oldest_seconds > LONGEST_WAIT_SECONDS:
        others = found.pending - threads.count
        return BACKLOG.found("others_wait", pending=others, minutes=_minutes(found))
    return BACKLOG.found("ok", pending=found.pending)


def _minutes(waiting: Waiting | Backlog) -> int:
    return round(waiting.oldest_seconds / 60)
