"""What the package needs from the environment (and `.env`), and the sentences that ask for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic_settings import BaseSettings, SettingsConfigDict

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_FEWEST_DIGITS = 4
"""A made-up GUID (all zeros, all ones, a counter) has fewer different digits than this."""
_HOST = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])",
    re.IGNORECASE,
)
_LOCAL_DOMAINS = (".local", ".localhost", ".internal", ".lan", ".test", ".example", ".invalid")
_PLACEHOLDER = re.compile(r"[{}<>\[\]]|\$\(")
_LONGEST_NAME, _LONGEST_URL = 32, 2048
"""Teams: limits of the manifest's `developer` part."""


class PackageSettings(BaseSettings):
    """APP_ID and PUBLIC_URL as the bot itself reads them; the rest is what Teams shows."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    app_id: str = ""
    public_url: str = ""
    developer_name: str = ""
    developer_url: str = ""
    privacy_url: str = ""
    terms_url: str = ""

    def values(self) -> dict[str, str]:
        """Give what the manifest asks for; only complete once there are no `problems`."""
        return {**self._given(), "BOT_HOST": urlsplit(self.public_url).hostname or ""}

    def problems(self) -> list[str]:
        """Say in one sentence each what is missing or cannot be right; empty when all is well."""
        values = self._given()
        return [
            f"{wanted.name} is not set: give {wanted.meaning}."
            if not values[wanted.name]
            else f"{wanted.name} is {values[wanted.name]!r}: give {wanted.meaning}."
            for wanted in _WANTED
            if not wanted.accepts(values[wanted.name])
        ]

    def _given(self) -> dict[str, str]:
        """Give the values by the names of their environment variables."""
        return {name.upper(): str(value) for name, value in self.model_dump().items()}


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    meaning: str
    accepts: Callable[[str], bool]


def _is_guid(value: str) -> bool:
    return bool(_GUID.fullmatch(value)) and len(set(value.lower()) - {"-"}) >= _FEWEST_DIGITS


def _is_public_host(value: str) -> bool:
    return bool(_HOST.fullmatch(value)) and not value.lower().endswith(_LOCAL_DOMAINS)


def _is_https_url(value: str) -> bool:
    if len(value) > _LONGEST_URL or _PLACEHOLDER.search(value) or not value.isprintable():
        return False
    try:
        url = urlsplit(value)
        host, user, _ = url.hostname or "", url.username, url.port
    except ValueError:
        return False
    return url.scheme == "https" and _is_public_host(host) and user is None and " " not in value


def _is_https_origin(value: str) -> bool:
    origin = value.lower().removesuffix("/")
    return _is_https_url(value) and origin == f"https://{urlsplit(origin).netloc}"


def _is_name(value: str) -> bool:
    return 0 < len(value) <= _LONGEST_NAME and not _PLACEHOLDER.search(value)


_PUBLIC = "an https:// address people can open"
_WANTED = (
    _Wanted("APP_ID", "the application (client) id of the bot in Entra, a GUID", _is_guid),
    _Wanted(
        "PUBLIC_URL",
        "https:// and the public host name of the bot, such as https://retencao.contoso.com, "
        "without a path",
        _is_https_origin,
    ),
    _Wanted(
        "DEVELOPER_NAME",
        f"the name of the company or team behind the app, at most {_LONGEST_NAME} characters",
        _is_name,
    ),
    _Wanted("DEVELOPER_URL", f"the page with support for the app, {_PUBLIC}", _is_https_url),
    _Wanted("PRIVACY_URL", f"the page with your privacy notice, {_PUBLIC}", _is_https_url),
    _Wanted("TERMS_URL", f"the page with your terms of use, {_PUBLIC}", _is_https_url),
)
