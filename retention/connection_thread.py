"""A thread with a connection: whoever has it asks, one call after the other.

On a file, transactions that stand in line for the one connection are kept together: each one ends
in its savepoint, and one commit keeps them all. None of them is told so before that.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")


class TransactionLost(Exception):
    """The commit that was to keep a transaction has failed, or could not be: a full disk, say."""


class ConnectionThread:
    """Serves one borrower at a time; what it does in the thread begins with `in_thread_`.

    Args:
        engine: gives the connection.
        is_kept: whether it keeps its connection, as it may where none can be lost: in a file.
    """

    def __init__(self, engine: sa.Engine, *, is_kept: bool) -> None:
        self._engine = engine
        self._is_kept = is_kept
        self._loop: asyncio.AbstractEventLoop
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._connection: sa.Connection
        self._has_connection = False
        self._transaction: sa.Transaction
        self._is_begun = self._is_undone = self._is_lost = self._is_left_open = False
        self._waiting: list[asyncio.Future[None]] = []
        self.unsettled = 0
        """How many ended in the transaction that is open, at most; none: it is not open."""
        self.borrower: asyncio.Task[Any] | None = None
        threading.Thread(target=self._serve, name="database", daemon=True).start()

    def call(self, call: Callable[[], T]) -> asyncio.Future[T]:
        """Run a call after those before it; its future may be forgotten."""
        self._loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = self._loop.create_future()

        def run() -> None:
            try:
                found = partial(_answer, answer, call())
            except BaseException as error:  # noqa: BLE001 - raised where it is awaited
                found = partial(_fail, answer, error)
            self._post(found)

        self._calls.put(run)
        return answer

    def settled(self) -> asyncio.Future[None]:
        """Return what is done when everything that ended well here is kept; raises if it is not."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        return waiting

    def settle(self) -> None:
        """Commit what was left open, if anything was."""
        self.unsettled = 0
        self.call(self._settle_if_open)

    def dismiss(self) -> None:
        """End the thread after what it has in hand."""
        self._calls.put(None)

    @property
    def is_guest(self) -> bool:
        """Whether its borrower's transaction began within one that was left open."""
        return self._is_left_open

    def in_thread_begin(self) -> sa.Connection:
        """Begin a transaction, if none is begun. Raises TransactionLost after a loss."""
        self.in_thread_look()
        if self._is_lost:
            raise TransactionLost
        if not self._has_connection:
            self._connection = self._engine.connect()
            self._has_connection = True
        if not self._is_begun:
            if self._is_left_open:
                self._say("SAVEPOINT turn")
            else:
                self._transaction = self._connection.begin()
            self._is_begun, self._is_undone = True, False
        return self._connection

    def in_thread_undo(self) -> None:
        """Keep nothing of the transaction up to now; it cannot be kept any more."""
        self._is_undone = True
        self._go_back()

    def in_thread_keep(self, *, with_others: bool) -> bool:
        """End the transaction well; tell whether it is left open, for a commit to come.

        Args:
            with_others: leave it open if it has written anything.

        Raises:
            InvalidRequestError: it was undone.
            TransactionLost: it was for nothing, and so were those that were left open.
        """
        if self._is_undone:
            raise sa.exc.InvalidRequestError("the transaction was rolled back")
        self.in_thread_look()
        if self._is_left_open and not self._is_lost:
            self._say("RELEASE turn")
        self._is_begun = False
        self._is_left_open = self._is_left_open or (with_others and self._has_transaction)
        if with_others and self._is_left_open:
            return True
        self._settle()
        return False

    def in_thread_end(self) -> None:
        """End the transaction without keeping it, if it is not ended."""
        if not self._is_begun:
            return
        self._is_begun = False
        if not self._is_left_open:
            self._let_go()
            return
        self._go_back()
        if not self._is_lost:
            self._say("RELEASE turn")

    def in_thread_look(self) -> None:
        """Look whether a failure has ended the transaction that was left open, too."""
        self._is_lost = self._is_lost or (self._is_left_open and not self._has_transaction)

    def _go_back(self) -> None:
        self.in_thread_look()
        if not self._is_left_open:
            self._connection.rollback()
        elif not self._is_lost:
            self._say("ROLLBACK TO turn")

    def _say(self, words: str) -> None:
        """Begin or end a savepoint; where there is none, the database ended the transaction."""
        try:
            self._connection.exec_driver_sql(words)
        except BaseException:
            self._is_lost = True
            raise

    @property
    def _has_transaction(self) -> bool:
        connection: Any = self._connection.connection.driver_connection
        return bool(connection.in_transaction)

    def _settle_if_open(self) -> None:
        if self._is_left_open:
            with suppress(Exception):  # who waits is told
                self._settle()
        else:
            self._tell_all(None)

    def _settle(self) -> None:
        try:
            self._commit()
        except BaseException as error:
            self._tell_all(error)
            raise
        self._tell_all(None)

    def _tell_all(self, error: BaseException | None) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._post(partial(_tell, waiting, error))

    def _commit(self) -> None:
        was_lost, self._is_lost, self._is_left_open = self._is_lost, False, False
        try:
            if not was_lost:
                self._transaction.commit()
        finally:
            self._let_go()
        if was_lost:
            raise TransactionLost

    def _let_go(self) -> None:
        """End what is left of a transaction, and give the connection back where it is not kept."""
        if self._is_kept:
            self._connection.rollback()
            if self._has_transaction:  # after a commit that failed
                self._connection.connection.rollback()
        else:
            self._has_connection = False
            self._connection.close()

    def _post(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self._loop.call_soon_threadsafe(call)

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
        if self._has_connection:
            self._connection.close()


def _answer(answer: asyncio.Future[T], found: T) -> None:
    if not answer.done():  # whoever asked may have been cancelled
        answer.set_result(found)


def _fail(answer: asyncio.Future[T], error: BaseException) -> None:
    if not answer.done():
        answer.set_exception(error)


def _tell(waiting: Sequence[asyncio.Future[None]], error: BaseException | None) -> None:
    """Tell each of those who were left open, with an error of their own."""
    for each in waiting:
        if error is None:
            _answer(each, None)
        else:
            lost = TransactionLost()
            lost.__cause__ = error
            _fail(each, lost)
