"""The database from the event loop: each question is one visit to a thread that serves.

SQLAlchemy's own asyncio layer runs each statement in a greenlet, over an adapter and, for SQLite,
in several visits: five times what the statement itself costs. Here a thread runs SQLAlchemy as it
is, and what needs no answer goes along with the next question.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar

import sqlalchemy as sa

from retention.connection_thread import ConnectionThread, TransactionLost
from retention.prepared import Statement, Values, execute_prepared

T = TypeVar("T")
Parameters: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
_NO_VALUES: Values = {}
Call: TypeAlias = Callable[[sa.Connection], T]
_KEPT_TOGETHER = 8
"""Transactions that one commit keeps, at most: nobody waits for more than a few others."""


class Refused(Exception):
    """Raised within a deferred call: nothing of the transaction is kept.

    `why` is then asked for the error that the caller gets.
    """

    def __init__(self, why: Call[Exception]) -> None:
        super().__init__()
        self.why = why


class Database:
    """Connections for the event loop, each with a thread while it is used.

    Args:
        engine: gives the connections; its results must be complete when a statement has run.
        most: how many connections at once; whoever comes then waits. None: the one to a file,
            which stays open. Transactions that wait for it are kept by one commit for several.
    """

    def __init__(self, engine: sa.Engine, *, most: int | None) -> None:
        self.engine = engine
        self._is_file = most is None
        self._left = 1 if most is None else most
        self._is_dismissed = False
        self._idle: list[ConnectionThread] = []
        self._waiting: deque[asyncio.Future[ConnectionThread]] = deque()
        self._borrowers: set[asyncio.Task[Any] | None] = set()

    def connect(self) -> Connection:
        """Connect, for an ``async with``; nothing is kept without `commit`."""
        return Connection(self)

    def begin(self) -> Connection:
        """Connect, for an ``async with`` that keeps everything if it ends well."""
        return Connection(self, commits=True)

    async def lend(self) -> ConnectionThread:
        """Wait for a thread. Raises RuntimeError within a transaction: it would wait for itself."""
        borrower = asyncio.current_task()
        if borrower in self._borrowers:
            raise RuntimeError("a transaction within a transaction")
        thread = self._free() or await self._next()
        thread.borrower = borrower
        self._borrowers.add(borrower)
        return thread

    def take_back(self, thread: ConnectionThread) -> None:
        """Lend it to the next one, whose calls come after all of this one's."""
        self._borrowers.discard(thread.borrower)
        self._pass_on(thread)

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for the one connection to a file."""
        return self._is_file and any(not waiting.done() for waiting in self._waiting)

    def dismiss(self) -> None:
        """End the threads, each after what it has in hand; those lent now, when they come back."""
        self._is_dismissed = True
        while self._idle:
            self._end(self._idle.pop())

    def _end(self, thread: ConnectionThread) -> None:
        self._left += 1
        thread.dismiss()

    def _free(self) -> ConnectionThread | None:
        if self._idle:
            return self._idle.pop()
        if not self._left:
            return None
        self._left -= 1
        return ConnectionThread(self.engine, is_kept=self._is_file)

    async def _next(self) -> ConnectionThread:
        waiting: asyncio.Future[ConnectionThread] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():  # it was lent in the same moment
                self._pass_on(waiting.result())
            raise

    def _pass_on(self, thread: ConnectionThread) -> None:
        if thread.unsettled and (not self.is_wanted or thread.unsettled >= _KEPT_TOGETHER):
            thread.settle()
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(thread)
                return
        if self._is_dismissed:
            self._end(thread)
        else:
            self._idle.append(thread)


class Connection:
    """One transaction, begun by its first statement. Like SQLAlchemy's, but awaited."""

    _thread: ConnectionThread | None = None

    def __init__(self, database: Database, *, commits: bool = False) -> None:
        self._database = database
        self._commits = commits
        self._deferred: list[Call[object]] = []
        self._is_used = False

    async def __aenter__(self) -> Self:
        self._thread = await self._database.lend()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        seen: asyncio.Future[None] | None = None
        try:
            if self._commits and error is None:
                await self.commit()
        finally:
            if self._thread is not None:
                waits = error is None or isinstance(error, Exception)
                seen = self._end(self._thread, waits=waits)
        if seen is not None:
            try:
                await seen
            except TransactionLost:
                if error is None:  # else the first failure is told
                    raise

    async def execute(
        self, statement: sa.Executable, parameters: Parameters = None
    ) -> sa.CursorResult[Any]:
        return await self.run_sync(lambda connection: connection.execute(statement, parameters))

    async def scalar(self, statement: sa.Executable, parameters: Parameters = None) -> Any:
        return (await self.execute(statement, parameters)).scalar()

    async def run_sync(self, call: Call[T]) -> T:
        """Run a function with SQLAlchemy's own connection, in the thread."""
        thread = await self._borrow()
        return await thread.call(partial(self._run, thread, call))

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
        thread = await self._borrow()
        with_others = self._database.is_wanted and thread.unsettled + 1 < _KEPT_TOGETHER
        if with_others:
            thread.unsettled += 1
        is_left_open = await self.run_sync(lambda _: thread.in_thread_keep(with_others=with_others))
        self._is_used = False
        if not is_left_open:
            thread.unsettled = 0
        settled = thread.settled() if is_left_open else None
        self._give_back(thread)
        if settled is not None:
            await settled

    async def rollback(self) -> None:
        """Keep nothing of what was written up to now."""
        self._deferred.clear()
        thread = await self._borrow()
        await self.run_sync(lambda _: thread.in_thread_undo())

    async def _borrow(self) -> ConnectionThread:
        if self._thread is None:
            self._thread = await self._database.lend()
        self._is_used = True
        return self._thread

    def _end(self, thread: ConnectionThread, *, waits: bool) -> asyncio.Future[None] | None:
        """End what was not committed; a guest has seen what is kept only once it is settled."""
        settled = None
        if self._is_used:
            if thread.is_guest:
                thread.unsettled += 1
                settled = thread.settled() if waits else None
            ended = thread.call(thread.in_thread_end)  # not waited for: a cancelled call may run
            ended.add_done_callback(_forget)
        self._give_back(thread)
        return settled

    def _give_back(self, thread: ConnectionThread) -> None:
        self._thread = None
        self._database.take_back(thread)

    def _run(self, thread: ConnectionThread, call: Call[T]) -> T:
        connection = thread.in_thread_begin()
        deferred, self._deferred = self._deferred, []
        try:
            for each in deferred:
                each(connection)
        except Refused as refused:
            thread.in_thread_undo()
            raise refused.why(connection) from None
        except BaseException:
            thread.in_thread_undo()  # what stood behind it is lost: nothing may be kept
            raise
        try:
            return call(connection)
        except BaseException:
            thread.in_thread_look()
            raise


def _forget(ended: asyncio.Future[None]) -> None:
    """Take note of a failure that concerns nobody: the connection was lost before."""
    if not ended.cancelled():
        ended.exception()
