"""One run for many callers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Let simultaneous callers share one run of a coroutine function.

    A caller that is cancelled leaves; the run goes on for the others.
    """

    def __init__(self, run: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._run = run
        self._task: asyncio.Task[T] | None = None

    @property
    def running(self) -> bool:
        return self._task is not None

    async def __call__(self) -> T:
        """Join the present run, or start one, and share its result or its error."""
        return await asyncio.shield(self.start())

    def start(self) -> asyncio.Task[T]:
        """Start a run unless one is under way, without waiting for it."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())
            self._task.add_done_callback(self._done)
        return self._task

    def _done(self, task: asyncio.Task[T]) -> None:
        self._task = None
        if not task.cancelled():
            task.exception()  # marks it as seen: nobody need be waiting
