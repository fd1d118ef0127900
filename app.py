"""Composition root and commands: reads Settings, builds every object, wires, starts, stops."""

from __future__ import annotations

import gc

if __name__ == "__main__":
    gc.disable()  # looking for garbage in what is imported is a tenth of a start, and finds none

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Never

import aiohttp
import structlog
import uvloop
from aiohttp import web

from bot.assembly import assemble
from bot.health import NotReady
from bot.metrics import Metrics
from bot.server import CannotListen, serve_until_told_to_stop, with_the_application
from cards.crm_words import CrmWording
from command_line import Command, parse
from config.calendar import load_clock
from config.classifier import load_classifier
from config.logging import configure_logging
from config.memory import collect_from_now_on, share_heaps
from config.people import read_people
from config.playbooks import load_playbooks
from config.rehearsal import load_rehearsal
from config.salesforce import SalesforceSettings, read_salesforce
from config.settings import InvalidSettings, Settings, read_settings
from operations import COMMANDS, REFUSALS
from retention.effects.durable import DurableEffects
from retention.salesforce.crm import SalesforceCrm
from retention.services import Services
from retention.services.backlog import LONGEST_WAIT_SECONDS, measure_backlog
from retention.services.burials import BurialService
from retention.services.case_thread import CaseThreadSubscriber
from retention.services.cases import CaseService
from retention.services.chats import ChatService
from retention.services.crm_desk import CrmDesk
from retention.services.crm_reader import CrmReader
from retention.services.crm_subscriber import CrmSubscriber
from retention.services.digest_subscriber import DigestSubscriber
from retention.services.digests import DigestService
from retention.services.drafts import DraftService
from retention.services.housekeeping import Housekeeping
from retention.services.playbooks import PlaybookService
from retention.services.ports.clock import Clock, utc_now
from retention.services.ports.effects import Backlog, Subscriber
from retention.services.reach import Reach
from retention.services.refusals import RefusalService
from retention.services.rehearsals import RehearsalService
from retention.services.reminders import ReminderService
from retention.services.reports import ReportService
from retention.services.risks import RiskService, RiskSubscriber
from retention.services.subscriptions import CASE_THREAD, CRM, DIGEST, RISK, SUPPORT
from retention.services.support import SupportService
from retention.services.support_subscriber import SupportSubscriber
from retention.services.team import TeamService
from retention.services.welcomes import WelcomeService
from retention.storage.engine import open_engines
from retention.storage.ledger import SqlLedger
from retention.storage.lock import SingleProcess
from retention.storage.migrations import look_at_schema, migrate
from retention.storage.unit_of_work import SqlUnitOfWork

log = structlog.get_logger(__name__)


@asynccontextmanager
async def running(
    settings: Settings, *, salesforce: SalesforceSettings | None = None, clock: Clock = utc_now
) -> AsyncIterator[web.Application]:
    """Build the whole bot, with its engine running, as an application ready to be served.

    Raises:
        DatabaseInUse: another process serves the same SQLite file.
        InvalidSettings: what is set of the CRM cannot be right.
    """
    directory = read_people(settings.people_file)
    business = load_clock(settings.calendar_file)
    engines = open_engines(settings.database_url)
    effects = DurableEffects(
        app=engines.app, system=engines.sync, dead_after_seconds=settings.dead_after_seconds
    )

    def uow() -> SqlUnitOfWork:
        return SqlUnitOfWork(engines.app, effects.enqueue)

    def uow_of_many() -> SqlUnitOfWork:
        return SqlUnitOfWork(engines.reports, effects.enqueue)

    metrics = Metrics()
    playbooks = PlaybookService(
        uow=uow, clock=clock, current=load_playbooks(settings.playbooks_file)
    )
    ledger = SqlLedger(engines.notes)
    digests = DigestService(
        uow=uow_of_many,
        clock=clock,
        business=business,
        directory=directory,
        at=settings.digest_at,
    )
    support = SupportService(
        uow=uow,
        clock=clock,
        directory=directory,
        patience=business.targets.support,
        every_seconds=settings.clock_poll_seconds,
    )
    burials = BurialService(uow=uow, clock=clock)
    backlog = partial(measure_backlog, effects, uow)
    housekeeping = Housekeeping(
        uow=uow,
        ended=effects,
        graveyard=burials,
        ledger=ledger,
        clock=clock,
        effects_kept=timedelta(days=settings.effects_kept_days),
    )
    pool = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
    async with aiohttp.ClientSession(connector=pool) as session, AsyncExitStack() as stack:
        crm = _crm(salesforce, session, metrics, clock)
        services = Services(
            cases=CaseService(
                uow=uow,
                clock=clock,
                directory=directory,
                playbooks=playbooks,
                in_crm=crm is not None,
            ),
            drafts=DraftService(uow=uow, clock=clock),
            welcomes=WelcomeService(uow=uow, clock=clock),
            refusals=RefusalService(uow=uow, clock=clock),
            playbooks=playbooks,
            rehearsals=RehearsalService(
                uow=uow, clock=clock, rehearsal=load_rehearsal(settings.rehearsal_file)
            ),
            reports=ReportService(uow=uow_of_many, clock=clock, calendar=business.calendar),
            digests=digests,
            chats=ChatService(uow=uow),
            support=support,
            risks=RiskService(uow=uow, clock=clock),
            crm=CrmDesk(crm, values=salesforce.handover_values if salesforce else {}),
            classifier=load_classifier(lexicon=settings.lexicon_file),
            directory=directory,
            team=TeamService(
                uow=uow, directory=directory, clock=clock, day_of=business.calendar.day_of
            ),
            business=business,
            clock=clock,
        )
        with SingleProcess(settings.database_url):
            await asyncio.to_thread(migrate, settings.database_url)
            await playbooks.keep()
            await services.team.refresh()
            teams = await assemble(
                settings,
                services,
                session,
                metrics=metrics,
                probes={
                    "database": partial(look_at_schema, engines.app),
                    "effects": partial(_look_at, partial(backlog, of=(CASE_THREAD,))),
                },
                backlog=backlog,
            )
            reach = Reach(uow=uow, chats=teams.chats, clock=clock)
            subscribers: dict[str, Subscriber] = {
                CASE_THREAD: CaseThreadSubscriber(
                    uow=uow,
                    threads=teams.threads,
                    ledger=ledger,
                    directory=directory,
                    business=business,
                ),
                DIGEST: DigestSubscriber(
                    uow=uow, digests=digests, chats=teams.chats, reach=reach, directory=directory
                ),
                SUPPORT: SupportSubscriber(
                    uow=uow, support=support, chats=teams.chats, reach=reach, ledger=ledger
                ),
                RISK: RiskSubscriber(
                    uow=uow, chats=teams.chats, reach=reach, ledger=ledger, directory=directory
                ),
            }
            if crm is not None:
                subscribers[CRM] = CrmSubscriber(
                    uow=uow, crm=crm, words=CrmWording(), directory=directory, clock=clock
                )
            await effects.start(subscribers, burials)
            stopped = with_the_application(
                teams.application, partial(effects.stop, settings.stop_timeout_seconds)
            )
            try:
                await stack.enter_async_context(housekeeping.going_on())
                reminders = ReminderService(
                    uow=uow,
                    business=business,
                    clock=clock,
                    team=services.team,
                    every_seconds=settings.clock_poll_seconds,
                )
                await stack.enter_async_context(reminders.going_on())
                await stack.enter_async_context(digests.going_on())
                await stack.enter_async_context(support.going_on())
                if crm is not None and salesforce is not None:
                    await crm.look_targets_up()
                    reader = CrmReader(
                        uow=uow, crm=crm, clock=clock, every_seconds=salesforce.poll_seconds
                    )
                    await stack.enter_async_context(reader.going_on())
                yield teams.application
            finally:
                await stack.aclose()
                await stopped()
                ledger.close()
                await engines.dispose()


def _crm(
    salesforce: SalesforceSettings | None,
    session: aiohttp.ClientSession,
    metrics: Metrics,
    clock: Clock,
) -> SalesforceCrm | None:
    """Build the client of the CRM, if one is set. Raises InvalidSettings."""
    config = salesforce.config if salesforce is not None else None
    if config is None:
        return None
    try:
        return SalesforceCrm(
            config,
            session=session,
            now=clock,
            observe_call=metrics.crm_call,
            observe_usage=metrics.crm_usage,
        )
    except ValueError as error:
        raise InvalidSettings(f"SALESFORCE_PRIVATE_KEY_FILE: {error}.") from None


async def _look_at(backlog: Callable[[], Awaitable[Backlog]]) -> str:
    """Say how the effects stand; raise when the oldest one waits for too long."""
    found = await backlog()
    note = f"{found.pending} pending, {found.buried} given up"
    if found.oldest_seconds > LONGEST_WAIT_SECONDS:
        raise NotReady(f"{note}, the oldest waits for {found.oldest_seconds:.0f} s")
    return note


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, finish what is in hand, end the process."""
    share_heaps()

    def begun() -> None:
        collect_from_now_on()
        log.info(
            "bot.serving",
            url=settings.messaging_endpoint,
            listening=f"{settings.listen_host}:{settings.port}",
            mode="local: no credentials, loopback only" if settings.is_local else "production",
        )

    async with running(settings, salesforce=read_salesforce()) as application:
        await serve_until_told_to_stop(
            application,
            host=settings.listen_host,
            port=settings.port,
            turns_may_take_seconds=settings.stop_timeout_seconds,
            begun=begun,
        )
    log.info("bot.stopped")
    _end_the_process()


def _end_the_process() -> Never:
    """End without waiting for threads: the effects library's wait for the database for ever."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; exits with 1 and a sentence when something stands in its way."""
    commands = {
        "serve": Command("serve the bot (migrates first)", lambda s, _: uvloop.run(serve(s))),
        **COMMANDS,
    }
    given = parse(commands, arguments)
    if given.command != "serve":  # which begins to collect when all is built
        gc.enable()
    try:
        settings = read_settings()
        configure_logging(level=settings.log_level, as_json=settings.log_format == "json")
        commands[given.command].run(settings, given)
    except (*REFUSALS, CannotListen) as error:
        sys.exit(f"{given.command}: {error}")
    except OSError as error:
        if error.filename is None:
            raise
        sys.exit(f"{given.command}: {error.filename}: {error.strerror}")


if __name__ == "__main__":
    main()
