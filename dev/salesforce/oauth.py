"""The two flows of a server: JWT bearer and client credentials. A session ends when told to."""

import base64
import binascii
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from dev.salesforce.org import INTEGRATION_USERNAME, ORGANIZATION_ID

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

Json = dict[str, Any]


class TokenRefused(Exception):
    """An OAuth error, as it goes over the wire."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.body = {"error": error, "error_description": description}


@dataclass(frozen=True)
class _App:
    key: RSAPublicKey | None
    secret: str | None
    approved: frozenset[str]


class Sessions:
    """The External Client Apps of the org, and the sessions that they have opened.

    Args:
        user_id: gives the id of the active user with a user name, or None.
        clock: tells the time.
    """

    def __init__(
        self, *, user_id: Callable[[str], str | None], clock: Callable[[], datetime]
    ) -> None:
        self.granted = 0
        """How many tokens were given so far."""
        self._user_id, self._clock = user_id, clock
        self._apps: dict[str, _App] = {}
        self._users: dict[str, str] = {}

    def register(
        self,
        consumer_key: str,
        *,
        public_key: str | None = None,
        secret: str | None = None,
        approved: frozenset[str] = frozenset({INTEGRATION_USERNAME}),
    ) -> None:
        """Add an app, or replace it.

        Args:
            consumer_key: its name as a client.
            public_key: the PEM of its certificate or RSA public key, for JWT bearer.
            secret: its consumer secret, for client credentials (as the integration user).
            approved: the user names that it may act as by JWT.
        """
        key = _public_key(public_key.encode()) if public_key else None
        self._apps[consumer_key] = _App(key, secret, approved)

    def grant(
        self, form: Mapping[str, str], authorization: str | None, *, instance_url: str
    ) -> Json:
        """Open a session; return the answer of the token endpoint (there is no `expires_in`).

        Raises:
            TokenRefused: the app, the assertion or the secret is not right.
        """
        match form.get("grant_type"):
            case grant if grant == JWT_BEARER:
                user_id = self._by_assertion(form.get("assertion", ""), instance_url)
                further = {}
            case "client_credentials":
                user_id = self._by_secret(form, authorization)
                issued_at = f"{self._clock().timestamp() * 1000:.0f}"
                further = {"signature": "c2lnbmF0dXJl", "issued_at": issued_at}
            case _:
                raise TokenRefused("unsupported_grant_type", "grant type not supported")
        token = f"{ORGANIZATION_ID[:15]}!{secrets.token_urlsafe(24)}"
        self._users[token] = user_id
        self.granted += 1
        return {
            "access_token": token,
            "scope": "api",
            "instance_url": instance_url,
            "id": f"https://login.salesforce.com/id/{ORGANIZATION_ID}/{user_id}",
            "token_type": "Bearer",
            **further,
        }

    def user(self, authorization: str | None) -> str | None:
        """Return the id of the user whose session an Authorization header names."""
        scheme, _, token = (authorization or "").partition(" ")
        return self._users.get(token) if scheme in {"Bearer", "OAuth"} else None

    def end(self) -> None:
        """End every session: the next call of each gets 401."""
        self._users.clear()

    def _by_assertion(self, assertion: str, audience: str) -> str:
        try:
            issuer = jwt.decode(assertion, options={"verify_signature": False}).get("iss", "")
        except jwt.InvalidTokenError:
            raise TokenRefused("invalid_grant", "invalid assertion") from None
        key = self._app(issuer).key
        if key is None:
            raise TokenRefused("invalid_client", "no certificate is registered for this app")
        try:
            claims = jwt.decode(
                assertion,
                key,
                algorithms=["RS256"],
                audience=audience,
                options={"require": ["iss", "sub", "aud", "exp"], "verify_exp": False},
            )
        except jwt.InvalidAudienceError:
            raise TokenRefused("invalid_grant", "audience is invalid") from None
        except jwt.InvalidTokenError:
            raise TokenRefused("invalid_grant", "invalid assertion") from None
        if int(claims["exp"]) <= self._clock().timestamp():
            raise TokenRefused("invalid_grant", "assertion is expired")
        if claims["sub"] not in self._app(issuer).approved:
            raise TokenRefused("invalid_grant", "user hasn't approved this consumer")
        return self._active(claims["sub"])

    def _by_secret(self, form: Mapping[str, str], authorization: str | None) -> str:
        key, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization is not None:
            key, secret = _basic(authorization)
        if not secret or self._app(key).secret != secret:
            raise TokenRefused("invalid_client", "invalid client credentials")
        return self._active(INTEGRATION_USERNAME)

    def _app(self, consumer_key: str) -> _App:
        if consumer_key not in self._apps:
            raise TokenRefused("invalid_client_id", "client identifier invalid")
        return self._apps[consumer_key]

    def _active(self, username: str) -> str:
        user_id = self._user_id(username)
        if user_id is None:
            raise TokenRefused("invalid_grant", "inactive user")
        return user_id


def _public_key(pem: bytes) -> RSAPublicKey:
    is_certificate = b"BEGIN CERTIFICATE" in pem
    key = (
        x509.load_pem_x509_certificate(pem).public_key()
        if is_certificate
        else load_pem_public_key(pem)
    )
    if not isinstance(key, RSAPublicKey):
        raise TypeError("Salesforce takes RSA keys alone")
    return key


def _basic(authorization: str) -> tuple[str, str]:
    try:
        decoded = base64.b64decode(authorization.removeprefix("Basic "), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise TokenRefused("invalid_client", "invalid client credentials") from None
    key, _, secret = decoded.partition(":")
    return key, secret
