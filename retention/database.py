"""The database from the event loop: each question is one visit to a thread that serves.

SQLAlchemy's own asyncio layer runs each statement in a greenlet, over an adapter and, for SQLite,
in several visits: five times what the statement itself costs. Here a thread runs SQLAlchemy as it
is, and what needs no answer goes along with the next question.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar

import sqlalchemy as sa

from retention.prepared import Statement, Values, execute_prepared

T = TypeVar("T")
Parameters: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
_NO_VALUES: Values = {}
Call: TypeAlias = Callable[[sa.Connection], T]


class Database:
    """Connections for the event loop, each with a thread while it is used.

    Args:
        engine: gives the connections; its results must be complete when a statement has run.
        most: how many connections at once; whoever comes then waits.
        keeps: whether a thread keeps its connection, as it may where none can be lost: in a file.
    """

    def __init__(self, engine: sa.Engine, *, most: int, keeps: bool = False) -> None:
        self.engine = engine
        self.keeps = keeps
        self._places = asyncio.Semaphore(most)
        self._idle: list[_Server] = []
        self._borrowers: set[asyncio.Task[Any] | None] = set()

    def connect(self) -> Connection:
        """Connect, for an ``async with``; nothing is kept without `commit`."""
        return Connection(self)

    def begin(self) -> Connection:
        """Connect, for an ``async with`` that keeps everything if it ends well."""
        return Connection(self, commits=True)

    async def lend(self) -> _Server:
        """Wait for a thread. Raises RuntimeError within a transaction: it would wait for itself."""
        borrower = asyncio.current_task()
        if borrower in self._borrowers:
            raise RuntimeError("a transaction within a transaction")
        await self._places.acquire()
        self._borrowers.add(borrower)
        return self._idle.pop() if self._idle else _Server()

    def take_back(self, server: _Server) -> None:
        """Lend it to the next one, whose calls come after all of this one's."""
        self._borrowers.discard(asyncio.current_task())
        self._idle.append(server)
        self._places.release()

    def dismiss(self) -> None:
        """End the threads, each after what it has in hand."""
        while self._idle:
            self._idle.pop().dismiss()


class Connection:
    """One transaction, begun by its first statement. Like SQLAlchemy's, but awaited."""

    _server: _Server

    def __init__(self, database: Database, *, commits: bool = False) -> None:
        self._database = database
        self._commits = commits
        self._deferred: list[Call[object]] = []
        self._is_used = False
        self._connection: sa.Connection | None = None
        self._transaction: sa.Transaction

    async def __aenter__(self) -> Self:
        self._server = await self._database.lend()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._commits and error is None:
                await self.commit()
        finally:
            if self._is_used:
                self._server.call(self._close)  # not waited for: a cancelled call may still run
            self._database.take_back(self._server)

    async def execute(
        self, statement: sa.Executable, parameters: Parameters = None
    ) -> sa.CursorResult[Any]:
        return await self.run_sync(lambda connection: connection.execute(statement, parameters))

    async def scalar(self, statement: sa.Executable, parameters: Parameters = None) -> Any:
        return (await self.execute(statement, parameters)).scalar()

    async def run_sync(self, call: Call[T]) -> T:
        """Run a function with SQLAlchemy's own connection, in the thread."""
        self._is_used = True
        return await self._server.call(partial(self._run, call))

    def defer(
        self, statement: Statement, parameters: Values | Sequence[Values] = _NO_VALUES
    ) -> None:
        """Execute before what is asked next, or with the commit; a failure is raised there."""
        self.defer_sync(lambda connection: execute_prepared(connection, statement, parameters))

    def defer_sync(self, call: Call[object]) -> None:
        """Run a function before what is asked next."""
        self._deferred.append(call)

    async def commit(self) -> None:
        """Keep everything. Raises InvalidRequestError when it was rolled back before."""
        await self.run_sync(self._keep)
        self._is_used = False

    async def rollback(self) -> None:
        """Keep nothing of what was written up to now."""
        self._deferred.clear()
        await self.run_sync(lambda connection: connection.rollback())

    def _run(self, call: Call[T]) -> T:
        if self._connection is None:
            self._connection = self._server.connection or self._database.engine.connect()
            self._transaction = self._connection.begin()
        deferred, self._deferred = self._deferred, []
        try:
            for each in deferred:
                each(self._connection)
        except BaseException:
            self._connection.rollback()  # what stood behind it is lost: nothing may be kept
            raise
        return call(self._connection)

    def _keep(self, _: sa.Connection) -> None:
        self._transaction.commit()
        self._close()

    def _close(self) -> None:
        if self._connection is not None:
            if self._database.keeps:
                self._transaction.close()
                self._server.connection = self._connection
            else:
                self._connection.close()
            self._connection = None


class _Server:
    """A thread that runs one call after the other."""

    connection: sa.Connection | None = None
    """The one it keeps."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        threading.Thread(target=self._serve, name="database", daemon=True).start()

    def call(self, call: Callable[[], T]) -> asyncio.Future[T]:
        """Run a call after those before it; its future may be forgotten."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def run() -> None:
            try:
                found = partial(_answer, answer, call())
            except BaseException as error:  # noqa: BLE001 - raised where it is awaited
                found = partial(_fail, answer, error)
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(found)

        self._calls.put(run)
        return answer

    def dismiss(self) -> None:
        self._calls.put(None)

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
        if self.connection is not None:
            self.connection.close()


def _answer(answer: asyncio.Future[T], found: T) -> None:
    if not answer.done():  # whoever asked may have been cancelled
        answer.set_result(found)


def _fail(answer: asyncio.Future[T], error: BaseException) -> None:
    if not answer.done():
        answer.set_exception(error)
