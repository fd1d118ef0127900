"""Who we are to Salesforce: one access token for everybody, from one of two server-to-server flows.

Salesforce: neither flow gives a refresh token or tells how long a token lasts. It is used until a
call is answered 401, then the flow is run again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import aiohttp
import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, SecretStr
from yarl import URL

from retention.salesforce.config import SalesforceConfig
from retention.salesforce.errors import LoginFailed
from retention.salesforce.soql import is_id

_GRANT_JWT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTION_SECONDS: Final = 120
_TIMEOUT: Final = aiohttp.ClientTimeout(total=10.0, connect=5.0)
_BETWEEN_FAILURES_SECONDS: Final = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Login:
    """A session with Salesforce: where calls go, as which user, and the token that proves it."""

    base: URL
    user_id: str
    token: str = field(repr=False)


class Flow(Protocol):
    """A way to prove who we are: the form of one request to the token endpoint."""

    def form(self) -> Mapping[str, str]: ...


class JwtBearer:
    """Sign an assertion with our private key; the app in Salesforce holds the certificate."""

    def __init__(
        self,
        *,
        client_id: str,
        username: str,
        private_key: SecretStr,
        audience: str,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Raises ValueError when the key is not an RSA key in PEM without a password."""
        self._client_id, self._username, self._audience = client_id, username, audience
        self._key, self._wall_clock = _rsa_key(private_key), wall_clock

    def form(self) -> Mapping[str, str]:
        """Sign a new assertion; it lasts 2 minutes, whatever the token's life will be."""
        claims = {
            "iss": self._client_id,
            "sub": self._username,
            "aud": self._audience,
            "exp": int(self._wall_clock()) + _ASSERTION_SECONDS,
        }
        assertion = jwt.encode(claims, self._key, algorithm="RS256")
        return {"grant_type": _GRANT_JWT, "assertion": assertion}


class ClientCredentials:
    """Send the app's secret; the app in Salesforce names the user it acts as."""

    def __init__(self, *, client_id: str, client_secret: SecretStr) -> None:
        self._client_id, self._client_secret = client_id, client_secret

    def form(self) -> Mapping[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret.get_secret_value(),
        }


def flow_of(config: SalesforceConfig) -> Flow:
    """Choose the flow whose secret is configured. Raises ValueError on an unreadable key."""
    if config.private_key is not None:
        return JwtBearer(
            client_id=config.client_id,
            username=config.username,
            private_key=config.private_key,
            audience=config.audience or config.url,
        )
    return ClientCredentials(
        client_id=config.client_id, client_secret=config.client_secret or SecretStr("")
    )


class _Answer(BaseModel, frozen=True):
    access_token: str
    instance_url: str
    id: str
    """`https://login.salesforce.com/id/<organisation>/<user>`."""


class _Refusal(BaseModel, frozen=True):
    error: str = ""


class Logins:
    """Keep one login for all callers, and get a new one when it has ended.

    However many callers find it ended, one request is made. After a failed one nobody asks again
    for 5 s: Salesforce locks out who insists.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        url: str,
        flow: Flow,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session, self._home, self._flow, self._clock = session, URL(url), flow, clock
        self._lock = asyncio.Lock()
        self._login: Login | None = None
        self._failed_at, self._why = float("-inf"), ""

    async def current(self) -> Login:
        """Give the present login, or log in. Raises LoginFailed."""
        return self._login or await self.renew(None)

    async def renew(self, ended: Login | None) -> Login:
        """Log in again, unless somebody has since `ended` was given. Raises LoginFailed."""
        async with self._lock:
            if self._login is None or self._login is ended:
                self._login = None
                self._login = await self._log_in()
            return self._login

    async def _log_in(self) -> Login:
        if self._clock() - self._failed_at < _BETWEEN_FAILURES_SECONDS:
            raise LoginFailed(self._why)
        try:
            login = await self._fetch()
        except LoginFailed as error:
            self._failed_at, self._why = self._clock(), str(error)
            log.warning("crm.login_failed", why=self._why)
            raise
        log.info("crm.logged_in")
        return login

    async def _fetch(self) -> Login:
        try:
            async with self._session.post(
                self._home / "services/oauth2/token",
                data=self._flow.form(),
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as answer:
                raw = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise LoginFailed(type(error).__name__) from error
        if answer.status != 200:  # noqa: PLR2004 - HTTP: OK
            raise LoginFailed(f"{answer.status} {_error(raw)}".rstrip())
        try:
            given = _Answer.model_validate_json(raw)
            base = URL(given.instance_url).origin()
        except ValueError:
            raise LoginFailed("unreadable answer") from None
        user_id = given.id.rpartition("/")[2]
        if not is_id(user_id):
            raise LoginFailed("unreadable user")
        if not self._may_travel_to(base):
            raise LoginFailed("untrusted instance_url")
        return Login(base, user_id, given.access_token)

    def _may_travel_to(self, base: URL) -> bool:
        """Tell whether our token may go there: to the configured host, or to Salesforce's own."""
        is_salesforce = base.scheme == "https" and (base.host or "").endswith(".salesforce.com")
        return base == self._home.origin() or is_salesforce


def _error(raw: bytes) -> str:
    """Read the code of a refused login; its description may hold names."""
    try:
        return _Refusal.model_validate_json(raw).error
    except ValueError:
        return ""


def _rsa_key(pem: SecretStr) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.get_secret_value().encode(), password=None)
    except (ValueError, TypeError):
        raise ValueError("the private key is no PEM key without a password") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the private key is not an RSA key")  # noqa: TRY004 - it is a setting
    return key
