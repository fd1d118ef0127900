"""The Teams side, built from the settings: tokens, connector, threads, and the HTTP application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

import aiohttp
from aiohttp import web

from bot.access import Doorkeeper
from bot.activity_handler import RetentionBot
from bot.auth import ActivityValidator, NoAuthentication, TokenValidator
from bot.botframework import TurnRunner
from bot.chats import TeamsChats
from bot.connector import Connector
from bot.connector_transport import ConnectorLimits
from bot.door import Door
from bot.graph import ChannelReader
from bot.handlers import ROUTER
from bot.health import Probe
from bot.http import MAX_BODY_BYTES, Edge
from bot.loopback import loopback_only
from bot.members import Members
from bot.metrics import Metrics
from bot.pacing import Rate
from bot.rate_limit import SenderLimit
from bot.room import room_of
from bot.service_url import TEAMS_HOSTS, ServiceUrl
from bot.signing_keys import SigningKeys
from bot.threads import TeamsThreads
from bot.tokens import (
    CONNECTOR_RESOURCE,
    GRAPH_RESOURCE,
    ClientCredentialsToken,
    ManagedIdentityToken,
    NoToken,
    TokenProvider,
)
from bot.turn import Desk
from config.settings import Settings
from dialogs.case_number import NumberDesk
from dialogs.case_view import case_view
from dialogs.intake import IntakeDialog
from dialogs.intake_answers import IntakeRules
from retention.services import Services
from retention.services.ports.effects import Backlog


@dataclass(frozen=True, slots=True)
class Teams:
    """`application` takes what Teams sends; `threads` and `chats` are how the core writes to it."""

    application: web.Application
    threads: TeamsThreads
    chats: TeamsChats


async def assemble(
    settings: Settings,
    services: Services,
    session: aiohttp.ClientSession,
    *,
    metrics: Metrics,
    probes: Mapping[str, Probe],
    backlog: Callable[[], Awaitable[Backlog]],
) -> Teams:
    """Build everything that speaks with Teams over one HTTP session.

    `probes` look at what the Teams side does not know: database and effects.
    """
    room = room_of(settings)
    allowed_hosts = None if settings.is_local else TEAMS_HOSTS
    tokens = tokens_of(settings, session)
    connector = Connector(
        session=session,
        tokens=tokens,
        limits=_limits(settings),
        allowed_hosts=allowed_hosts,
        observe=metrics.sent,
    )
    service_url = ServiceUrl(allowed_hosts)
    rules = IntakeRules(case_number_pattern=settings.case_number_pattern)
    intake = IntakeDialog(services=services, rules=rules, link_to=room.link_to)
    bot = RetentionBot(
        desk=Desk(
            services=services,
            intake=intake,
            numbers=NumberDesk(crm=services.crm, rules=rules),
            room=room,
        ),
        router=ROUTER,
        door=Door(
            limit=SenderLimit(
                burst=settings.person_turns_at_once, per_second=settings.person_turns_per_second
            ),
            doorkeeper=Doorkeeper(connector=connector, directory=services.directory, room=room),
            refusals=services.refusals,
            channel_name=room.channel_name,
        ),
    )
    edge = Edge(
        runner=TurnRunner(connector=connector, bot=bot),
        validator=await _validator(settings, session),
        room=room,
        service_url=service_url,
        metrics=metrics,
        probes={**probes, "token": _token_probe(tokens)},
        backlog=backlog,
    )
    application = web.Application(
        client_max_size=MAX_BODY_BYTES, middlewares=[loopback_only] if settings.is_local else []
    )
    application.add_routes(edge.routes())
    members = Members(connector)
    threads = TeamsThreads(
        connector=connector,
        members=members,
        room=room,
        draw=partial(case_view, services),
        service_url=service_url,
        reader=_reader(settings, session),
    )
    chats = TeamsChats(connector=connector, members=members, room=room, service_url=service_url)
    return Teams(application, threads, chats)


def _limits(settings: Settings) -> ConnectorLimits:
    return ConnectorLimits(
        total_seconds=settings.connector_timeout_seconds,
        rates=(
            Rate(calls=settings.channel_sends_per_second, seconds=1),
            Rate(calls=settings.channel_sends_per_30_seconds, seconds=30),
        ),
    )


def _reader(settings: Settings, session: aiohttp.ClientSession) -> ChannelReader | None:
    if not settings.thread_read_back or settings.app_id is None:
        return None
    return ChannelReader(
        session=session,
        tokens=tokens_of(settings, session, resource=GRAPH_RESOURCE),
        app_id=settings.app_id,
        team_group_id=settings.team_group_id,
        channel_id=settings.channel_id,
    )


def tokens_of(
    settings: Settings,
    session: aiohttp.ClientSession,
    *,
    resource: str = CONNECTOR_RESOURCE,
) -> TokenProvider:
    if settings.app_id is None:
        return NoToken()
    if settings.app_type == "UserAssignedMSI" or settings.app_password is None:
        return ManagedIdentityToken(session=session, app_id=settings.app_id, resource=resource)
    return ClientCredentialsToken(
        session=session,
        tenant_id=settings.tenant_id,
        app_id=settings.app_id,
        secret=settings.app_password,
        resource=resource,
    )


def _token_probe(tokens: TokenProvider) -> Probe:
    async def look() -> str:
        return "ok" if await tokens.token() else "none needed"

    return look


async def _validator(settings: Settings, session: aiohttp.ClientSession) -> ActivityValidator:
    if settings.app_id is None:
        return NoAuthentication()
    keys = SigningKeys(session=session)
    await keys.warm()
    return TokenValidator(app_id=settings.app_id, keys=keys)
