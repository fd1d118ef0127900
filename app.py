"""Composition root and commands: reads Settings, builds every object, wires, starts, stops."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import aiohttp
import structlog
import uvloop
from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.assembly import assemble
from bot.health import NotReady
from config.lexicon import BadLexicon, load_lexicon
from config.logging import configure_logging
from config.people import InvalidPeopleFile, read_people
from config.settings import Settings
from retention.domain.classification import Classifier, as_labels
from retention.effects.durable import DurableEffects
from retention.services import Services
from retention.services.case_thread import CaseThreadSubscriber
from retention.services.cases import CaseService
from retention.services.drafts import DraftService, WelcomeService
from retention.services.ports import Backlog, Clock
from retention.services.subscriptions import CASE_THREAD
from retention.storage.engine import UnsupportedDatabase, open_engines
from retention.storage.ledger import SqlLedger
from retention.storage.lock import DatabaseInUse, SingleProcess
from retention.storage.migrations import look_at_schema, migrate
from retention.storage.unit_of_work import SqlUnitOfWork

log = structlog.get_logger(__name__)
_LONGEST_WAIT_SECONDS = 300
_CANNOT_START = (ValidationError, UnsupportedDatabase, DatabaseInUse, InvalidPeopleFile, BadLexicon)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def running(settings: Settings, *, clock: Clock = now) -> AsyncIterator[web.Application]:
    """Build the whole bot, with its engine running, as an application ready to be served.

    Raises:
        DatabaseInUse: another process serves the same SQLite file.
    """
    directory = read_people(settings.people_file)
    classifier = Classifier(load_lexicon(settings.lexicon_file))
    engines = open_engines(settings.database_url)
    effects = DurableEffects(app=engines.app, system=engines.sync)

    def uow() -> SqlUnitOfWork:
        return SqlUnitOfWork(engines.app, effects.enqueue)

    services = Services(
        cases=CaseService(uow=uow, clock=clock),
        drafts=DraftService(uow=uow, clock=clock),
        welcomes=WelcomeService(uow=uow, clock=clock),
        classifier=classifier,
        directory=directory,
        clock=clock,
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
                uow=uow, threads=teams.threads, ledger=SqlLedger(engines.app), directory=directory
            )
            await effects.start({CASE_THREAD: case_thread})
            try:
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
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, settings.listen_host, settings.port).start()
        log.info(
            "bot.serving",
            url=f"http://{settings.listen_host}:{settings.port}/api/messages",
            mode="local: no APP_ID, no credentials, loopback only"
            if settings.is_local
            else "teams",
        )
        await stop.wait()
        await runner.cleanup()
    log.info("bot.stopped")


class _Utterance(BaseModel):
    text: str


def classify(settings: Settings) -> None:
    """Read JSON lines with a `text` and write one line of labels for each."""
    classifier = Classifier(load_lexicon(settings.lexicon_file))
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            utterance = _Utterance.model_validate_json(line)
        except ValidationError:
            sys.exit(f'line {number}: expected a JSON object such as {{"text": "..."}}')
        labels = as_labels(classifier.classify(utterance.text))
        sys.stdout.write(json.dumps(labels, ensure_ascii=False) + "\n")


_COMMANDS: dict[str, tuple[str, Callable[[Settings], None]]] = {
    "serve": ("serve the bot (migrates the database first)", lambda s: uvloop.run(serve(s))),
    "migrate": ("bring the database to this version's schema", lambda s: migrate(s.database_url)),
    "classify": ("classify JSON lines from standard input", classify),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; exits with 1 and a sentence when the configuration stands in the way."""
    parser = argparse.ArgumentParser(description="Retention: a Teams bot for cancellation requests")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (what, _) in _COMMANDS.items():
        commands.add_parser(name, help=what)
    command = parser.parse_args(arguments).command
    try:
        settings = Settings()
        configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
        _COMMANDS[command][1](settings)
    except _CANNOT_START as error:
        sys.exit(f"cannot {command}: {error}")


if __name__ == "__main__":
    main()
