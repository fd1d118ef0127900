"""Teams out: the Bot Connector REST calls we use, over one pooled aiohttp session."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Never
from urllib.parse import quote

import aiohttp
import orjson
import structlog
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)
from yarl import URL

from bot.connector_errors import (
    ConnectorUnavailable,
    UnreadableAnswer,
    error_code,
    failure,
    interrupted,
    json_object,
    retry_after,
)
from bot.pacing import Pace, Pacer, Rate
from bot.service_url import trusted_base
from bot.tokens import TokenProvider, TokenUnavailable
from retention.services.ports.failures import RetryAfter

Json = dict[str, Any]

_TRIED_AGAIN: Final = (ConnectorUnavailable, TokenUnavailable)
_NEVER_SENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ConnectorLimits:
    """How long, how often and how fast we call; the first three are for one call, in all."""

    connect_seconds: float = 3.0
    total_seconds: float = 10.0
    tries: int = 3
    urgent_wait_seconds: float = 1.5
    """The longest `Retry-After` that a call made in a turn sits out."""
    background_wait_seconds: float = 10.0
    """The longest that a background call waits for its channel before raising RetryAfter."""
    rates: tuple[Rate, ...] = (Rate(calls=4, seconds=1.0), Rate(calls=50, seconds=30.0))


@dataclass(frozen=True, slots=True)
class CreatedConversation:
    """`activity_id` is the first message, when one was given with the request."""

    conversation_id: str
    activity_id: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """`id` is the MRI (`29:...`), which a mention needs; `object_id` the Entra id.

    `tenant_id` is where they come from; None when Teams does not say.
    """

    id: str
    name: str
    object_id: str | None
    tenant_id: str | None = None
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class Team:
    """A team the bot is installed in; `group_id` is Entra's."""

    id: str
    name: str
    group_id: str | None


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of a team. Teams: the General channel has no name and the id of the team.

    `kind` is `standard`, `private` or `shared`; None when Teams does not say.
    """

    id: str
    name: str | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class _Call:
    kind: str
    method: str
    url: URL
    body: bytes | None
    urgent: bool
    pace: Pace

    @property
    def repeatable(self) -> bool:
        return self.method != "POST"


class Connector:
    """Send and edit messages, open conversations, look members and the team up.

    `urgent` calls, made in a turn, never wait for the channel's pace and sit out one short 429;
    the others wait in line and leave a 429 to the durable engine. Every call raises RetryAfter,
    another TransientError (`outcome_unknown` when repeating a post may show it twice), or a
    PermanentError of `connector_errors`. `allowed_hosts=None` means local mode: loopback alone.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        tokens: TokenProvider,
        limits: ConnectorLimits,
        allowed_hosts: frozenset[str] | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        observe: Callable[[str, int], None] = lambda _kind, _status: None,
    ) -> None:
        self._session, self._tokens, self._limits = session, tokens, limits
        self._observe = observe
        self._allowed_hosts, self._clock, self._sleep = allowed_hosts, clock, sleep
        self._pacer = Pacer(
            limits.rates, longest_wait=limits.background_wait_seconds, clock=clock, sleep=sleep
        )

    async def send(
        self, *, service_url: str, conversation_id: str, activity: Json, urgent: bool = False
    ) -> str:
        """Post a message into a conversation; returns its id.

        Teams: the thread is `;messageid=` in the conversation id, `replyToId` routes nothing. Text
        and card in one activity become two messages without an id: the answer is then empty.
        """
        answer = await self._call(
            "send",
            "POST",
            self._url(service_url, conversation_id, "activities"),
            activity,
            urgent=urgent,
            pace=self._pacer.of(conversation_id),
        )
        return str(answer.get("id") or "")

    async def update(
        self,
        *,
        service_url: str,
        conversation_id: str,
        activity_id: str,
        activity: Json,
        urgent: bool = False,
    ) -> None:
        """Replace a message of ours. Raises ActivityNotFound (a MessageGone) when it is gone."""
        await self._call(
            "update",
            "PUT",
            self._url(service_url, conversation_id, "activities", activity_id),
            activity,
            urgent=urgent,
            pace=self._pacer.of(conversation_id),
        )

    async def create_conversation(
        self, *, service_url: str, parameters: Json
    ) -> CreatedConversation:
        """Open a thread in a channel or a chat with a person.

        Teams: the same person and bot always give the same chat; a channel takes
        `channelData.channel.id` and the first message as `activity`.
        """
        place = parameters.get("channelData", {}).get("channel") or parameters["members"][0]
        answer = await self._call(
            "create",
            "POST",
            self._url(service_url),
            parameters,
            urgent=False,
            pace=self._pacer.of(place["id"]),
        )
        return CreatedConversation(
            conversation_id=_id(answer), activity_id=answer.get("activityId")
        )

    async def member(self, *, service_url: str, conversation_id: str, member_id: str) -> Member:
        """Look a member of a conversation up by MRI or Entra id. Raises MemberNotFound."""
        answer = await self._call(
            "member",
            "GET",
            self._url(service_url, conversation_id, "members", member_id),
            urgent=True,
            pace=self._pacer.of(f"members of {conversation_id}"),
        )
        return _member(answer)

    async def members(self, *, service_url: str, conversation_id: str) -> list[Member]:
        """List everybody of a conversation, page after page (Teams: 500 a page at most)."""
        found: list[Member] = []
        query = {"pageSize": "500"}
        while True:
            answer = await self._call(
                "members",
                "GET",
                self._url(service_url, conversation_id, "pagedmembers").with_query(query),
                urgent=True,
                pace=self._pacer.of(f"members of {conversation_id}"),
            )
            found += [_member(one) for one in answer.get("members") or ()]
            token = answer.get("continuationToken")
            if not token:
                return found
            if token == query.get("continuationToken"):
                raise UnreadableAnswer("the members are told page after page without end")
            query["continuationToken"] = token

    async def team(self, *, service_url: str, team_id: str) -> Team:
        """Look a team up. Raises BotNotInRoster where the bot is not installed."""
        answer = await self._look_at_team("team", service_url, team_id)
        return Team(
            id=_id(answer), name=answer.get("name") or "", group_id=answer.get("aadGroupId")
        )

    async def channels(self, *, service_url: str, team_id: str) -> list[Channel]:
        """List the channels of a team. Raises BotNotInRoster where the bot is not installed."""
        answer = await self._look_at_team("channels", service_url, team_id, "conversations")
        return [
            Channel(id=_id(one), name=one.get("name"), kind=one.get("type"))
            for one in answer.get("conversations") or ()
        ]

    async def _look_at_team(self, kind: str, service_url: str, team_id: str, *parts: str) -> Json:
        return await self._call(
            kind,
            "GET",
            self._url(service_url, team_id, *parts, of="teams"),
            urgent=True,
            pace=self._pacer.of(f"team {team_id}"),
        )

    def _url(self, service_url: str, *parts: str, of: str = "conversations") -> URL:
        base = trusted_base(service_url, self._allowed_hosts)
        path = "".join(f"/{quote(part, safe='')}" for part in parts)
        return URL(f"{base}/v3/{of}{path}", encoded=True)

    async def _call(
        self,
        kind: str,
        method: str,
        url: URL,
        body: Json | None = None,
        *,
        urgent: bool,
        pace: Pace,
    ) -> Json:
        data = None if body is None else orjson.dumps(body)
        call = _Call(kind, method, url, data, urgent, pace)
        if urgent:
            pace.count()
        else:
            await pace.wait()
        deadline = self._clock() + self._limits.total_seconds
        try:
            return await self._deliver(call, deadline)
        except RetryAfter as throttled:
            if not urgent or throttled.seconds > self._limits.urgent_wait_seconds:
                raise
            await self._sleep(throttled.seconds)
        pace.count()
        return await self._deliver(call, deadline)

    async def _deliver(self, call: _Call, deadline: float) -> Json:
        """Try at once; leave it to tenacity, 0.04 ms a call, only when that failed."""
        try:
            return await self._attempt(call, deadline)
        except _TRIED_AGAIN as error:
            failures = iter([error])

        async def attempt() -> Json:
            for first in failures:
                raise first
            call.pace.count()
            return await self._attempt(call, deadline)

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_TRIED_AGAIN),
            stop=stop_after_attempt(self._limits.tries)
            | stop_before_delay(max(deadline - self._clock(), 0.0)),
            wait=wait_random_exponential(multiplier=0.5, min=0.1, max=2.0),
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(attempt)

    async def _attempt(self, call: _Call, deadline: float) -> Json:
        token = await self._tokens.token()
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        started = self._clock()
        timeout = aiohttp.ClientTimeout(
            total=max(deadline - started, 0.1),
            connect=self._limits.connect_seconds,
            sock_connect=self._limits.connect_seconds,
        )
        try:
            async with self._session.request(
                call.method,
                call.url,
                data=call.body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,  # the token is for this host alone
            ) as answer:
                raw = await answer.read()
        except _NEVER_SENT as error:
            self._log_failure(call, started, why=type(error).__name__)
            raise ConnectorUnavailable(f"{call.kind} not sent: {type(error).__name__}") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            self._log_failure(call, started, why=type(error).__name__)
            reason = f"{call.kind} not answered: {type(error).__name__}"
            raise interrupted(reason, repeatable=call.repeatable) from error
        if answer.status >= 300:  # noqa: PLR2004 - HTTP: below 300 is success
            self._refuse(call, started, answer, raw)
        call.pace.accepted()
        self._observe(call.kind, answer.status)
        log.info(
            "connector.sent", kind=call.kind, status=answer.status, ms=self._elapsed_ms(started)
        )
        return json_object(raw)

    def _refuse(
        self, call: _Call, started: float, answer: aiohttp.ClientResponse, raw: bytes
    ) -> Never:
        code = error_code(raw)
        self._log_failure(call, started, status=answer.status, code=code)
        if answer.status == 429:  # noqa: PLR2004 - HTTP: too many requests
            raise RetryAfter(call.pace.throttled(retry_after(answer.headers)))
        raise failure(kind=call.kind, repeatable=call.repeatable, status=answer.status, code=code)

    def _log_failure(self, call: _Call, started: float, **why: str | int) -> None:
        self._observe(call.kind, int(why.get("status", 0)))
        log.warning("connector.failed", kind=call.kind, ms=self._elapsed_ms(started), **why)

    def _elapsed_ms(self, started: float) -> int:
        return round((self._clock() - started) * 1000)


def _member(answer: Json) -> Member:
    return Member(
        id=_id(answer),
        name=answer.get("name") or "",
        object_id=answer.get("objectId") or answer.get("aadObjectId"),
        tenant_id=answer.get("tenantId"),
        is_guest=_is_guest(answer),
    )


def _is_guest(member: Json) -> bool:
    """Tell a guest: Teams has been seen to call one a `user`, but Entra marks the sign-in name."""
    role, name = str(member.get("userRole") or "user"), str(member.get("userPrincipalName") or "")
    return role.lower() in {"guest", "anonymous"} or "#ext#" in name.lower()


def _id(answer: Json) -> str:
    if isinstance(found := answer.get("id"), str) and found:
        return found
    raise UnreadableAnswer("the answer has no id")
