"""Which addresses may receive our bearer token.

Teams: the serviceUrl of an activity says where to answer, and may change. It is checked before it
is stored and before each call, for whoever could name another would be handed our token.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from bot.connector_errors import UntrustedServiceUrl
from retention.domain.draft import Place

TEAMS_HOSTS: Final = frozenset(
    {
        "smba.trafficmanager.net",
        "smba.infra.gcc.teams.microsoft.com",
        "smba.infra.gov.teams.microsoft.us",
    }
)
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
# Characters that let two parsers see two hosts, or cut off the path we add.
_MISLEADING: Final = re.compile(r"[@\\?#\s\x00-\x1f\x7f]")


@lru_cache(maxsize=64)
def trusted_base(service_url: str, allowed_hosts: frozenset[str] | None) -> str:
    """Check that a service URL is Teams' own, and return it without its last slash.

    `allowed_hosts=None` means local mode: loopback alone. Raises UntrustedServiceUrl.
    """
    try:
        url = urlsplit(service_url)
        host, port = url.hostname, url.port
    except ValueError:
        raise UntrustedServiceUrl("the service URL is no URL") from None
    if allowed_hosts is None:
        trusted = url.scheme in {"http", "https"} and host in _LOOPBACK
    else:
        trusted = url.scheme == "https" and host in allowed_hosts and port in {None, 443}
    if not trusted or _MISLEADING.search(service_url):
        raise UntrustedServiceUrl("the service URL is not one of Teams")
    return service_url.rstrip("/")


class ServiceUrl:
    """The Connector's address as Teams last gave it. It may change while a case lives."""

    def __init__(self, allowed_hosts: frozenset[str] | None) -> None:
        self._allowed_hosts = allowed_hosts
        self._heard: str | None = None

    def heard(self, service_url: str) -> None:
        """Remember the address of an authenticated activity. Raises UntrustedServiceUrl."""
        trusted_base(service_url, self._allowed_hosts)
        self._heard = service_url

    def present(self, place: Place) -> Place:
        """Give a stored place the address that is valid now."""
        return replace(place, service_url=self._heard) if self._heard else place
