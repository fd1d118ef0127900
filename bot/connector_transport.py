"""One call to Teams' Connector: paced, signed, tried again where that is right, its answer read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Never

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
    error_code,
    failure,
    interrupted,
    json_object,
    retry_after,
)
from bot.pacing import Pace, Pacer, Rate
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
class _Call:
    kind: str
    method: str
    url: URL
    body: bytes | None
    pace: Pace
    urgent: bool

    @property
    def repeatable(self) -> bool:
        return self.method != "POST"


class Transport:
    """Make calls over one pooled session, and keep the pace of every channel."""

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        tokens: TokenProvider,
        limits: ConnectorLimits,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        observe: Callable[[str, int], None],
    ) -> None:
        self._session, self._tokens, self._limits = session, tokens, limits
        self._clock, self._sleep, self._observe = clock, sleep, observe
        self._pacer = Pacer(
            limits.rates, longest_wait=limits.background_wait_seconds, clock=clock, sleep=sleep
        )

    async def call(
        self,
        kind: str,
        method: str,
        url: URL,
        body: Json | None = None,
        *,
        urgent: bool,
        paced_as: str,
    ) -> Json:
        """Make a call; returns the JSON object of its answer, empty when there is none.

        Calls with one `paced_as`, the id of a conversation up to its `;`, share a pace. What
        `urgent` means and what is raised, `Connector` says.
        """
        pace = self._pacer.of(paced_as)
        data = None if body is None else orjson.dumps(body)
        call = _Call(kind, method, url, data, pace, urgent)
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
                data=None if call.body is None else aiohttp.BytesPayload(call.body),
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
        # A turn has a line of its own, and somebody looked up is nothing that was sent.
        note = log.debug if call.urgent else log.info
        note("connector.sent", kind=call.kind, status=answer.status, ms=self._elapsed_ms(started))
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
