"""Which token proves us to Teams and Graph: one for everybody, bought, kept and renewed."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

import aiohttp
import structlog
from pydantic import BaseModel, SecretStr

from bot.connector_errors import json_object
from bot.single_flight import SingleFlight
from retention.services.ports.failures import TransientError

CONNECTOR_RESOURCE: Final = "https://api.botframework.com"
GRAPH_RESOURCE: Final = "https://graph.microsoft.com"
_AUTHORITY: Final = "https://login.microsoftonline.com"
_INSTANCE_METADATA: Final = "http://169.254.169.254"
_TIMEOUT: Final = aiohttp.ClientTimeout(total=5.0, connect=3.0)

log = structlog.get_logger(__name__)


class TokenUnavailable(TransientError):
    """Entra could not be reached, or not now."""


class TokenRefused(TransientError):
    """Entra refuses our credentials. Transient: what waits for it goes on once they are mended."""


class TokenProvider(Protocol):
    async def token(self) -> str | None:
        """Give the bearer token for a call to Teams; None to send none. Raises TransientError."""
        ...


class NoToken:
    """Local mode: nobody asks for a token."""

    async def token(self) -> None:
        """Give none."""


class _TokenAnswer(BaseModel, frozen=True):
    access_token: str
    expires_in: float


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    renew_at: float
    stop_at: float


class _RenewedToken(ABC):
    """Keep one token until 5 minutes before it expires, and renew it 5 minutes before that.

    However many turns ask at once, one request is made; while the old token lasts nobody waits.
    """

    _MARGIN_SECONDS = 300.0
    _BETWEEN_RENEWALS_SECONDS = 10.0

    def __init__(self, *, session: aiohttp.ClientSession, clock: Callable[[], float]) -> None:
        self._session, self._clock = session, clock
        self._token: _Token | None = None
        self._renewal = SingleFlight(self._renew)
        self._tried_at = float("-inf")

    async def token(self) -> str:
        """Give the bearer token. Raises TokenUnavailable or TokenRefused."""
        token, now = self._token, self._clock()
        if token is None or now >= token.stop_at:
            return await self._renewal()
        if now >= token.renew_at and now - self._tried_at >= self._BETWEEN_RENEWALS_SECONDS:
            self._renewal.start()
        return token.value

    @abstractmethod
    def _request(self) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Start the HTTP request that obtains a token."""

    async def _renew(self) -> str:
        self._tried_at = self._clock()
        try:
            fresh = await self._fetch()
        except TransientError as error:
            log.warning("token.unavailable", why=str(error))
            raise
        margin = min(self._MARGIN_SECONDS, fresh.expires_in / 4)
        stop_at = self._tried_at + fresh.expires_in - margin
        self._token = _Token(fresh.access_token, renew_at=stop_at - margin, stop_at=stop_at)
        log.info("token.renewed", seconds=round(fresh.expires_in))
        return fresh.access_token

    async def _fetch(self) -> _TokenAnswer:
        try:
            async with self._request() as answer:
                raw = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TokenUnavailable(type(error).__name__) from error
        if answer.status == 429 or answer.status >= 500:  # noqa: PLR2004 - HTTP: not now
            raise TokenUnavailable(str(answer.status))
        if answer.status != 200:  # noqa: PLR2004 - HTTP: OK
            raise TokenRefused(f"{answer.status} {json_object(raw).get('error', '')}".rstrip())
        try:
            return _TokenAnswer.model_validate_json(raw)
        except ValueError:
            raise TokenUnavailable("unreadable answer") from None


class ClientCredentialsToken(_RenewedToken):
    """The token of a single-tenant bot with a client secret, for one resource.

    `url` overrides Entra's own.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        tenant_id: str,
        app_id: str,
        secret: SecretStr,
        resource: str = CONNECTOR_RESOURCE,
        url: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(session=session, clock=clock)
        self._app_id, self._secret, self._resource = app_id, secret, resource
        self._url = url or f"{_AUTHORITY}/{tenant_id}/oauth2/v2.0/token"

    def _request(self) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._session.post(
            self._url,
            data={
                "grant_type": "client_credentials",
                "client_id": self._app_id,
                "client_secret": self._secret.get_secret_value(),
                "scope": f"{self._resource}/.default",
            },
            timeout=_TIMEOUT,
            allow_redirects=False,
        )


class ManagedIdentityToken(_RenewedToken):
    """The token of a user-assigned managed identity, for one resource.

    It comes from the machine's metadata service (IMDS).
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        app_id: str,
        resource: str = CONNECTOR_RESOURCE,
        base_url: str = _INSTANCE_METADATA,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(session=session, clock=clock)
        self._app_id, self._resource = app_id, resource
        self._url = f"{base_url}/metadata/identity/oauth2/token"

    def _request(self) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._session.get(
            self._url,
            params={
                "api-version": "2018-02-01",
                "resource": self._resource,
                "client_id": self._app_id,
            },
            headers={"Metadata": "true"},
            timeout=_TIMEOUT,
            allow_redirects=False,
        )
