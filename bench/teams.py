"""A Teams for bots under load: the Connector, Entra's token endpoint and the Connector's keys.

Everything is counted and nothing is kept but the last card of each conversation and how many
messages it got. With TLS it answers under the real names of Microsoft's hosts: see `isolation.py`.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import rsa

from bench.isolation import ADDRESS
from bench.wire import Answer, Request, port_of, serve
from bench.world import APP_ID, TENANT

_ISSUER = "https://api.botframework.com"
_KEY_ID = "bench"
_HOUR = 3600
_CONVERSATION = re.compile(r"/v3/conversations/([^/]+)")
_WRITES = {b"POST", b"PUT"}
_ENTRA = "https://login.microsoftonline.com"
_KEYS_URL = "https://login.botframework.com/v1/.well-known/keys"


@dataclass
class Teams:
    """The far end of every bot. Delays are in seconds, and hold for what arrives from then on."""

    connector_delay: float = 0.0
    entra_delay: float = 0.0
    token_calls: int = 0
    writes: Counter[str] = field(default_factory=Counter)
    """Messages sent or edited, by conversation."""
    last_body: dict[str, bytes] = field(default_factory=dict)
    """The last message with a card, by conversation."""
    card_id: dict[str, str] = field(default_factory=dict)
    """The id of the first message with a card, by conversation: all later ones are edits of it."""
    service_url: str = ""
    _ids: int = 1_795_300_000_000
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    async def open(self) -> asyncio.Server:
        """Listen without TLS, for bots in local mode; gives who listens, to be closed."""
        server = await serve(self.handle, "127.0.0.1")
        self.service_url = f"http://127.0.0.1:{port_of(server)}/br/"
        return server

    async def open_with_tls(self, certificate: ssl.SSLContext) -> None:
        """Listen as the real hosts do, for bots in a private mount namespace."""
        await serve(self.handle, ADDRESS, 443, certificate)
        self.service_url = "https://smba.trafficmanager.net/br/"

    def token(self) -> str:
        """Sign what the Connector proves itself with to a bot."""
        now = int(time.time())
        claims = {
            "serviceurl": self.service_url,
            "nbf": now - 60,
            "exp": now + _HOUR,
            "iss": _ISSUER,
            "aud": APP_ID,
        }
        return jwt.encode(claims, self._key, "RS256", headers={"kid": _KEY_ID})

    def forget(self, conversation: str) -> None:
        """Let go of a conversation that is over."""
        del self.writes[conversation], self.last_body[conversation], self.card_id[conversation]

    def card(self, conversation: str) -> dict[str, object]:
        """Give the last card of a conversation."""
        message = orjson.loads(self.last_body[conversation])
        card: dict[str, object] = message["attachments"][0]["content"]
        return card

    async def settled(self, wanted: Mapping[str, int], *, seconds: float) -> None:
        """Wait until conversations have so many writes. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            for conversation, writes in wanted.items():
                while self.writes[conversation] < writes:
                    self._changed.clear()
                    await self._changed.wait()

    def handle(self, request: Request, answer: Answer) -> None:
        """Answer one call of a bot, after the delay of whoever was called."""
        path = request.path.decode().partition("?")[0]
        if "/v3/" in path:
            status, body = self._connector(request, path)
            _after(self.connector_delay, answer, status, body)
        else:
            found = self._identity(path)
            _after(self.entra_delay, answer, 200 if found else 404, orjson.dumps(found))

    def _connector(self, request: Request, path: str) -> tuple[int, bytes]:
        found = _CONVERSATION.search(path)
        if found is None or request.method not in _WRITES:
            return 200, _member(unquote(path.rpartition("/")[2]))
        conversation = unquote(found[1])
        self.writes[conversation] += 1
        self._ids += 1
        if b"adaptive" in request.body:
            self.last_body[conversation] = request.body
            self.card_id.setdefault(conversation, str(self._ids))
        self._changed.set()
        return 201, b'{"id":"%d"}' % self._ids

    def _identity(self, path: str) -> dict[str, object]:
        """Answer for Entra and for the Connector's keys; empty for what neither knows."""
        tenant = f"{_ENTRA}/{TENANT}"
        if path.endswith("/oauth2/v2.0/token"):
            self.token_calls += 1
            token = jwt.encode({"aud": _ISSUER, "jti": self.token_calls}, self._key, "RS256")
            day = 24 * _HOUR
            return {"token_type": "Bearer", "expires_in": day, "access_token": token}
        if path.endswith("/v1/.well-known/openidconfiguration"):
            return {
                "issuer": _ISSUER,
                "jwks_uri": _KEYS_URL,
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        if path.endswith("/v1/.well-known/keys"):
            return {"keys": [_published(self._key.public_key())]}
        if path.endswith("/.well-known/openid-configuration"):
            return {
                "issuer": f"{tenant}/v2.0",
                "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
                "token_endpoint": f"{tenant}/oauth2/v2.0/token",
                "jwks_uri": f"{tenant}/discovery/v2.0/keys",
            }
        if path.endswith("/discovery/instance"):
            return {
                "tenant_discovery_endpoint": f"{tenant}/v2.0/.well-known/openid-configuration",
                "metadata": [],
            }
        return {}


def _after(seconds: float, answer: Answer, status: int, body: bytes) -> None:
    if seconds:
        asyncio.get_running_loop().call_later(seconds, answer, status, body)
    else:
        answer(status, body)


def _member(member_id: str) -> bytes:
    return orjson.dumps(
        {"id": f"29:{member_id}", "name": "Pessoa", "objectId": member_id, "tenantId": TENANT}
    )


def _published(key: rsa.RSAPublicKey) -> dict[str, object]:
    numbers = key.public_numbers()
    return {
        "kty": "RSA",
        "use": "sig",
        "kid": _KEY_ID,
        "x5t": _KEY_ID,
        "n": _base64(numbers.n),
        "e": _base64(numbers.e),
        "endorsements": ["msteams"],
    }


def _base64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
