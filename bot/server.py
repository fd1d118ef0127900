"""The process as a server: it listens until it is told to stop, then finishes what is in hand."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

log = structlog.get_logger(__name__)


class CannotListen(Exception):
    """The address to listen on is taken, or not ours."""


async def serve_until_told_to_stop(
    application: web.Application,
    *,
    host: str,
    port: int,
    turns_may_take_seconds: float,
    begun: Callable[[], None],
) -> None:
    """Serve until SIGINT or SIGTERM; `begun` is called once requests are taken.

    Raises:
        CannotListen: before anything was served.
    """
    told = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=turns_may_take_seconds)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        reason = f"cannot listen on {host}:{port}, set PORT: {error.strerror}"
        raise CannotListen(reason) from None
    begun()
    await told.wait()
    try:
        # By itself it would wait twice: for the turns, and then for them to take note of the end.
        async with asyncio.timeout(turns_may_take_seconds):
            await runner.cleanup()
    except TimeoutError:
        log.warning("turns.cut_off")


def with_the_application(
    application: web.Application, stop: Callable[[], Awaitable[None]]
) -> Callable[[], Awaitable[None]]:
    """Begin to stop something when the application does: both have the same time.

    Returns what waits until it has stopped, and stops it if the application was never served.
    """
    stopping: list[asyncio.Future[None]] = []

    async def begin(_application: web.Application) -> None:
        stopping.append(asyncio.ensure_future(stop()))

    async def stopped() -> None:
        await (stopping[0] if stopping else stop())

    application.on_shutdown.append(begin)
    return stopped
