"""Who speaks: is this activity really from Teams.

Teams' documents ask for a bearer token signed by the Connector (RS256), issued for our app id, for
this `serviceUrl`, by a key endorsed for the channel. botbuilder 4.17.1 skips some of that and
answers 500 where 401 is due, so the check is ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import jwt

from bot.signing_keys import SigningKey, SigningKeys

_CHANNEL: Final = "msteams"
_ISSUER: Final = "https://api.botframework.com"
_LEEWAY_SECONDS: Final = 300.0
_END_OF_TIME: Final = 2.0**53
"""Later no number of seconds is exact; JSON has numbers that no float can even hold."""


class _NotLetIn(Exception):
    """Nobody answers this request. `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unauthenticated(_NotLetIn):
    """The caller did not prove to be Teams (401)."""


class Forbidden(_NotLetIn):
    """The token is good, but not for such an activity (403)."""


class ActivityValidator(Protocol):
    async def validate(self, authorization: str | None, activity: Mapping[str, Any]) -> None:
        """Raise Unauthenticated or Forbidden unless Teams sent this activity."""
        ...


class NoAuthentication:
    """Accept everything: local mode, where the HTTP edge lets only this machine in."""

    async def validate(self, authorization: str | None, activity: Mapping[str, Any]) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class _Verified:
    expires_at: float
    service_url: str
    endorsements: frozenset[str]


class TokenValidator:
    """Check that the Connector signed the token, for us and for this activity.

    A verified token is remembered until it expires, for the Connector uses one for many activities;
    what it claims is compared with each activity anew.
    """

    def __init__(
        self,
        *,
        app_id: str,
        keys: SigningKeys,
        remembered: int = 1024,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app_id, self._keys, self._clock = app_id, keys, clock
        self._remembered, self._room = dict[str, _Verified](), remembered

    async def validate(self, authorization: str | None, activity: Mapping[str, Any]) -> None:
        """Raise Unauthenticated or Forbidden unless Teams sent this activity."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.casefold() != "bearer" or not token:
            raise Unauthenticated("no-bearer-token")
        verified = self._remembered.get(token)
        if verified is None:
            verified = await self._verify(token)
            if len(self._remembered) >= self._room:
                del self._remembered[next(iter(self._remembered))]
            self._remembered[token] = verified
        if self._clock() > verified.expires_at:
            self._remembered.pop(token, None)
            raise Unauthenticated("expired")
        if activity.get("serviceUrl") != verified.service_url:
            raise Unauthenticated("service-url")
        if activity.get("channelId") != _CHANNEL:
            raise Forbidden("channel")
        if _CHANNEL not in verified.endorsements:
            raise Unauthenticated("not-endorsed")

    async def _verify(self, token: str) -> _Verified:
        key = await self._key_for(token)
        try:
            claims = jwt.decode(
                token,
                key.public,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=_ISSUER,
                # Times are compared below, with our clock.
                options={
                    "require": ["exp", "iss", "aud", "serviceurl"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated(type(error).__name__) from None
        expires_at, starts_at = claims["exp"], claims.get("nbf", 0)
        if not (_is_moment(expires_at) and _is_moment(starts_at)):
            raise Unauthenticated("unreadable-time")
        if self._clock() < starts_at - _LEEWAY_SECONDS:
            raise Unauthenticated("not-yet-valid")
        return _Verified(expires_at + _LEEWAY_SECONDS, claims["serviceurl"], key.endorsements)

    async def _key_for(self, token: str) -> SigningKey:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, UnicodeError):
            raise Unauthenticated("malformed") from None
        key_id = header.get("kid")
        if header.get("alg") != "RS256" or not isinstance(key_id, str):
            raise Unauthenticated("algorithm")
        key = await self._keys.get(key_id)
        if key is None:
            raise Unauthenticated("unknown-key" if self._keys.loaded else "keys-unavailable")
        return key


def _is_moment(claim: object) -> bool:
    return isinstance(claim, int | float) and abs(claim) < _END_OF_TIME
