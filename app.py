"""Composition root and commands: reads Settings, builds every object, wires, starts, stops."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import aiohttp
import structlog
import uvloop
from aiohttp import web

from bot.assembly import assemble
from bot.health import NotReady
from config.classifier import load_classifier
from config.logging import configure_logging
from config.people import read_people
from config.settings import Settings
from operations import COMMANDS, REFUSALS, Command, now, parse
from retention.effects.durable import DurableEffects
from retention.services import Services
from retention.services.burials import BurialService
from retention.services.case_thread import CaseThreadSubscriber
from retention.services.cases import CaseService
from retention.services.drafts import DraftService, WelcomeService
from retention.services.housekeeping import Housekeeping
from retention.services.ports import Backlog, Clock
from retention.services.subscriptions import CASE_THREAD
from retention.storage.engine import open_engines
from retention.storage.ledger import SqlLedger
from retention.storage.lock import SingleProcess
from retention.storage.migrations import look_at_schema, migrate
from retention.storage.unit_of_work import SqlUnitOfWork

log = structlog.get_logger(__name__)
_LONGEST_WAIT_SECONDS = 300


@asynccontextmanager
async def running(settings: Settings, *, clock: Clock = now) -> AsyncIterator[web.Application]:
    """Build the whole bot, with its engine running, as an application ready to be served.

    Raises:
        DatabaseInUse: another process serves the same SQLite file.
    """
    directory = read_people(settings.people_file)
    engines = open_engines(settings.database_url)
    effects = DurableEffects(app=engines.app, system=engines.sync)

    def uow() -> SqlUnitOfWork:
        return SqlUnitOfWork(engines.app, effects.enqueue)

    services = Services(
        cases=CaseService(uow=uow, clock=clock),
        drafts=DraftService(uow=uow, clock=clock),
        welcomes=WelcomeService(uow=uow, clock=clock),
        classifier=load_classifier(lexicon=settings.lexicon_file),
        directory=directory,
        clock=clock,
    )
    ledger = SqlLedger(engines.app)
    burials = BurialService(uow=uow, clock=clock)
    housekeeping = Housekeeping(
        uow=uow,
        ended=effects,
        graveyard=burials,
        ledger=ledger,
        clock=clock,
        effects_kept=timedelta(days=settings.effects_kept_days),
    )
    with SingleProcess(settings.database_url):
        await asyncio.to_thread(migrate, settings.database_url)
        pool = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
        async with aiohttp.ClientSession(connector=pool) as session:
            teams = await assemble(
                settings,
                services,
                session,
                probes={
                    "database": partial(look_at_schema, engines.app),
                    "effects": partial(_look_at, effects.backlog),
                },
                backlog=effects.backlog,
            )
            case_thread = CaseThreadSubscriber(
                uow=uow, threads=teams.threads, ledger=ledger, directory=directory
            )
            await effects.start({CASE_THREAD: case_thread}, burials)
            try:
                async with housekeeping.going_on():
                    yield teams.application
            finally:
                await effects.stop(settings.stop_timeout_seconds)
                await engines.dispose()


async def _look_at(backlog: Callable[[], Awaitable[Backlog]]) -> str:
    """Say how the effects stand; raise when the oldest one waits for too long."""
    found = await backlog()
    note = f"{found.pending} pending, {found.buried} given up"
    if found.oldest_seconds > _LONGEST_WAIT_SECONDS:
        raise NotReady(f"{note}, the oldest waits for {found.oldest_seconds:.0f} s")
    return note


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, then finish what is in hand."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(settings) as application:
        # Effects go on meanwhile, and have the whole time afterwards: turns are short.
        turns_may_take = settings.stop_timeout_seconds / 2
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=turns_may_take)
        await runner.setup()
        await web.TCPSite(runner, settings.listen_host, settings.port).start()
        gc.collect()
        gc.freeze()  # what start-up built stays for ever: full collections over it stall turns
        log.info(
            "bot.serving",
            url=f"http://{settings.listen_host}:{settings.port}/api/messages",
            mode="local: no credentials, loopback only" if settings.is_local else "teams",
        )
        await stop.wait()
        await runner.cleanup()
    log.info("bot.stopped")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; exits with 1 and a sentence when something stands in its way."""
    commands = {
        "serve": Command("serve the bot (migrates first)", lambda s, _: uvloop.run(serve(s))),
        **COMMANDS,
    }
    given = parse(commands, arguments)
    try:
        settings = Settings()
        configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
        commands[given.command].run(settings, given)
    except REFUSALS as error:
        sys.exit(f"{given.command}: {error}")


if __name__ == "__main__":
    main()
