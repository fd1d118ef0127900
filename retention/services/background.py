"""What is looked after again and again while the bot serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

_LAST_LOOK_SECONDS = 0.3


@asynccontextmanager
async def again_and_again(look: Callable[[], Awaitable[float]]) -> AsyncIterator[None]:
    """Look now, and again and again, while the block runs.

    `look` handles its own failures, and returns the seconds until the next one. On leaving, one
    that is under way may finish, for a moment: cut off, it could leave a connection behind.
    """
    leaving = asyncio.Event()

    async def keep_looking() -> None:
        while not leaving.is_set():
            seconds = await look()
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
