"""What is looked after again and again while the bot serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from retention.services.ports.failures import raised_at

log = structlog.get_logger(__name__)
_LAST_LOOK_SECONDS = 0.3


@asynccontextmanager
async def again_and_again(
    look: Callable[[], Awaitable[float | None]], *, every_seconds: float, failed: str
) -> AsyncIterator[None]:
    """Look now, and again and again, while the block runs.

    A failure is logged as the event `failed`, and waits for the next time. On leaving, a look that
    is under way may finish, for a moment: cut off, it could leave a connection behind.

    Args:
        look: looks once; may return how many seconds to wait this time.
        every_seconds: the pause otherwise.
        failed: the name of an event of the log, such as `clock.failed`.
    """
    leaving = asyncio.Event()

    async def keep_looking() -> None:
        while not leaving.is_set():
            seconds = every_seconds
            try:
                seconds = await look() or every_seconds
            except Exception as error:  # noqa: BLE001 - the next look brings another chance
                log.warning(failed, error=type(error).__name__, at=raised_at(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(leaving.wait(), seconds)

    task = asyncio.create_task(keep_looking())
    try:
        yield
    finally:
        leaving.set()
        _, unfinished = await asyncio.wait([task], timeout=_LAST_LOOK_SECONDS)
        if unfinished:
            task.cancel()
            await asyncio.wait([task])
