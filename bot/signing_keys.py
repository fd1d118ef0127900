"""The keys Teams' Connector signs its tokens with, fetched through its OpenID metadata."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pydantic import BaseModel

from bot.single_flight import SingleFlight

TEAMS_METADATA_URL: Final = "https://login.botframework.com/v1/.well-known/openidconfiguration"

_KEPT_SECONDS: Final = 24 * 3600.0
_PATIENCE_SECONDS: Final = 0.5
_KEPT_AT_MOST_SECONDS: Final = 3 * _KEPT_SECONDS
"""After so long without an answer about the keys, nobody enters until there is one."""
_BETWEEN_LOADS_SECONDS: Final = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key and the channels (`msteams`, ...) it may speak for."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class _Metadata(BaseModel, frozen=True):
    jwks_uri: str


class _KeySet(BaseModel, frozen=True):
    keys: list[dict[str, Any]]


class SigningKeys:
    """Keep the key set for a day; fetch it again for an unknown key, at most once per 10 s.

    A failed fetch is logged and leaves the keys as they were. One fetch serves all who wait for it.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        metadata_url: str = TEAMS_METADATA_URL,
        timeout_seconds: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session, self._metadata_url, self._clock = session, metadata_url, clock
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._keys: dict[str, SigningKey] = {}
        self._loaded_at = self._tried_at = float("-inf")
        self._load = SingleFlight(self._fetch)

    @property
    def loaded(self) -> bool:
        """True once the keys were fetched, however long ago."""
        return bool(self._keys)

    async def get(self, key_id: str) -> SigningKey | None:
        """Find a key; None when Teams does not publish it, or its keys cannot be had now."""
        age = self._clock() - self._loaded_at
        if age >= _KEPT_AT_MOST_SECONDS:
            self._keys = {}
        if key_id not in self._keys:
            if self._may_load():
                await self._load()
        elif age >= _KEPT_SECONDS and self._may_load():
            # A key that is known keeps nobody waiting for long.
            await asyncio.wait([self._load.start()], timeout=_PATIENCE_SECONDS)
        return self._keys.get(key_id)

    def _may_load(self) -> bool:
        since = self._clock() - self._tried_at
        return self._load.running or since >= _BETWEEN_LOADS_SECONDS

    async def warm(self) -> None:
        """Fetch the keys before the first turn needs them. Never raises for the network."""
        await self._load()

    async def _fetch(self) -> None:
        self._tried_at = self._clock()
        try:
            metadata = _Metadata.model_validate_json(await self._read(self._metadata_url))
            keys = _usable(_KeySet.model_validate_json(await self._read(metadata.jwks_uri)))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("signing_keys.unavailable", why=type(error).__name__)
            return
        self._keys, self._loaded_at = keys, self._clock()
        log.info("signing_keys.loaded", keys=len(keys))

    async def _read(self, url: str) -> bytes:
        async with self._session.get(
            url, timeout=self._timeout, raise_for_status=True, allow_redirects=False
        ) as answer:
            return await answer.read()


def _usable(key_set: _KeySet) -> dict[str, SigningKey]:
    keys = {}
    for published in key_set.keys:
        try:
            public = jwt.PyJWK.from_dict(published, "RS256").key
        except jwt.PyJWTError:
            continue  # a kind of key we do not accept; the others stay good
        if isinstance(key_id := published.get("kid"), str) and isinstance(public, RSAPublicKey):
            endorsements = frozenset(map(str, published.get("endorsements") or ()))
            keys[key_id] = SigningKey(public, endorsements)
    if not keys:
        raise ValueError("the key set holds no usable key")
    return keys
