"""Entra and the Connector's OpenID endpoints, as the bot sees them: real keys, real tokens.

One server answers for all: the token endpoint, the managed identity endpoint, the OpenID metadata
and the key set.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from types import TracebackType
from typing import Any, Self

import jwt
import orjson
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

APP_ID = "3c9d2f14-6b7a-4e85-8f21-0a4d9e6c1b37"
TENANT_ID = "7f3a1c52-8d0e-4b6f-9a41-2c5e8b7d9013"
SECRET = "not-a-secret"
ISSUER = "https://api.botframework.com"
SERVICE_URL = "https://smba.trafficmanager.net/br/"

Json = dict[str, Any]


@cache
def rsa_key(number: int) -> rsa.RSAPrivateKey:
    """Make the n-th key, once per test run: making one takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class FakeIdentity:
    """`async with FakeIdentity() as identity:` serves on `identity.base_url`.

    `requests` counts what was asked: token, managed, metadata, keys. `asked` is set by the
    first. While `gate` is cleared answers wait; `failing` maps a kind to a status to answer.
    """

    def __init__(
        self,
        *,
        app_id: str = APP_ID,
        tenant_id: str = TENANT_ID,
        secret: str = SECRET,
        port: int = 0,
    ) -> None:
        self.app_id, self.tenant_id, self.secret = app_id, tenant_id, secret
        self.base_url = ""
        self.requests: Counter[str] = Counter()
        self.failing: dict[str, int] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()
        self.delay_seconds = 0.0
        self.expires_in = 86_399
        self.resource = ISSUER
        """What tokens are asked for."""
        self.endorsements: list[str] | None = ["msteams", "webchat"]
        self._key_number = 0
        self._published = [0]
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def start(self) -> None:
        app = web.Application()
        for method, path, kind, answer in (
            ("POST", "/{tenant}/oauth2/v2.0/token", "token", self._token),
            ("GET", "/metadata/identity/oauth2/token", "managed", self._managed),
            ("GET", "/v1/.well-known/openidconfiguration", "metadata", self._metadata),
            ("GET", "/v1/.well-known/keys", "keys", self._keys),
        ):
            app.router.add_route(method, path, self._handler(kind, answer))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        assert self._runner is not None
        self.gate.set()
        await self._runner.cleanup()

    # ---- what tests ask --------------------------------------------------------------------------

    @property
    def metadata_url(self) -> str:
        return f"{self.base_url}/v1/.well-known/openidconfiguration"

    @property
    def token_url(self) -> str:
        return f"{self.base_url}/{self.tenant_id}/oauth2/v2.0/token"

    @property
    def key_id(self) -> str:
        """The id of the key that signs now."""
        return f"key-{self._key_number}"

    def sign(
        self,
        *,
        headers: Mapping[str, Any] | None = None,
        key: Any = None,
        algorithm: str = "RS256",
        **claims: Any,
    ) -> str:
        """Sign a token as the Connector does; a claim or header given as None is left out."""
        now = int(time.time())
        everything = {
            "iss": ISSUER,
            "aud": self.app_id,
            "serviceurl": SERVICE_URL,
            "nbf": now - 60,
            "exp": now + 3600,
            **claims,
        }
        return jwt.encode(
            _given(everything),
            rsa_key(self._key_number) if key is None else key,
            algorithm=algorithm,
            headers=_given({"kid": self.key_id, **(headers or {})}),
        )

    def rotate(self, *, withdraw: bool = False) -> None:
        """Sign with a new key from now on; publish it beside the old ones, or instead of them."""
        self._key_number += 1
        self._published = [] if withdraw else self._published
        self._published.append(self._key_number)

    # ---- HTTP ------------------------------------------------------------------------------------

    def _handler(
        self, kind: str, answer: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            self.requests[kind] += 1
            self.asked.set()
            await self.gate.wait()
            await asyncio.sleep(self.delay_seconds)
            if kind in self.failing:
                return web.Response(status=self.failing[kind])
            return await answer(request)

        return handle

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = {name: form.get(name) for name in ("grant_type", "scope")}
        expected = {"grant_type": "client_credentials", "scope": f"{self.resource}/.default"}
        if asked != expected or request.match_info["tenant"] != self.tenant_id:
            return _json({"error": "invalid_request", "error_codes": [900_144]}, 400)
        if (form.get("client_id"), form.get("client_secret")) != (self.app_id, self.secret):
            return _json({"error": "invalid_client", "error_codes": [7_000_215]}, 401)
        return _json(
            {
                "token_type": "Bearer",
                "expires_in": self.expires_in,
                "ext_expires_in": self.expires_in,
                "access_token": self._next_access_token("token"),
            }
        )

    async def _managed(self, request: web.Request) -> web.Response:
        if request.headers.get("Metadata") != "true" or (
            request.query.get("resource") != self.resource
        ):
            return _json({"error": "invalid_request"}, 400)
        if request.query.get("client_id") != self.app_id:
            return _json({"error": "invalid_request"}, 400)
        # The machine's metadata service writes its numbers as text.
        return _json(
            {
                "token_type": "Bearer",
                "expires_in": str(self.expires_in),
                "resource": self.resource,
                "client_id": self.app_id,
                "access_token": self._next_access_token("managed"),
            }
        )

    def _next_access_token(self, kind: str) -> str:
        return f"access-{self.requests[kind]}"

    async def _metadata(self, _request: web.Request) -> web.Response:
        return _json(
            {
                "issuer": ISSUER,
                "jwks_uri": f"{self.base_url}/v1/.well-known/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _keys(self, _request: web.Request) -> web.Response:
        return _json({"keys": [self._published_key(number) for number in self._published]})

    def _published_key(self, number: int) -> Json:
        public: Json = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key(number).public_key(), True)
        key = {**public, "use": "sig", "kid": f"key-{number}", "x5t": f"key-{number}"}
        return key if self.endorsements is None else {**key, "endorsements": self.endorsements}


def _given(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def _json(body: Json, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
