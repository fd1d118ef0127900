"""Settings from the environment (and `.env`): every dial an operator has, units in the names.

`MODE` says which of two bots this is. `local`: no credentials, this machine only, the local world
of `dev/world.json`. `production`: nothing that production must decide is taken for granted.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import time
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS = Path("/run/secrets")
"""Where Docker and its like put secrets, each a file, so that no environment holds them."""
_HERE = Path(__file__).parent
_LOCAL_WORLD = {
    "tenant_id": "11111111-1111-1111-1111-111111111111",
    "team_id": "19:team-retencao@thread.tacv2",
    "team_group_id": "00000000-0000-0000-0000-0000000000d1",
    "channel_id": "19:rc-backoffice@thread.tacv2",
    "bot_id": "28:00000000-0000-0000-0000-00000000b070",
}
_NOON = time(12)
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_THREAD = re.compile(r"19:[^@;\s]+@thread\.(tacv2|skype)")
_NEEDED_IN_PRODUCTION = ("public_url", "app_id", "tenant_id", "team_id", "channel_id")


class InvalidSettings(ValueError):
    """The bot must not start so; the message says for each variable what is wrong with it.

    `code` names the kind of mistake to whoever says it in other words, `names` the variables.
    """

    def __init__(self, said: str, *, code: str = "bad", names: str = "") -> None:
        super().__init__(said)
        self.code = code
        self.names = names


class Settings(BaseSettings):
    """The whole configuration of one process. Read once, in `app.py`."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    mode: Literal["local", "production"] = "local"
    public_url: str | None = None
    listen_host: str = "127.0.0.1"
    port: int = Field(default=3978, ge=0, le=65535)
    # It may hold a password.
    database_url: str = Field(default="sqlite:///var/retencao.db", repr=False)
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    app_id: str | None = None
    app_type: Literal["SingleTenant", "UserAssignedMSI"] = "SingleTenant"
    app_password: SecretStr | None = None

    tenant_id: str = ""
    team_id: str = ""
    team_group_id: str = ""
    channel_id: str = ""
    channel_name: str = "RC + BACKOFFICE & RETENÇÃO"

    people_file: Path = _HERE / "people.toml"
    lexicon_file: Path = _HERE / "lexicon.toml"
    playbooks_file: Path = _HERE / "playbooks.toml"
    rehearsal_file: Path = _HERE / "rehearsal.toml"
    calendar_file: Path = _HERE / "calendar.toml"
    clock_poll_seconds: float = Field(default=5, gt=0)
    digest_at: time = time(8, 30)
    case_number_pattern: str = r"^\d{8}$"

    channel_sends_per_second: int = Field(default=4, gt=0)
    channel_sends_per_30_seconds: int = Field(default=50, gt=0)
    person_turns_at_once: int = Field(default=200, gt=0)
    person_turns_per_second: float = Field(default=5, gt=0)
    connector_timeout_seconds: float = Field(default=10, gt=0)
    thread_read_back: bool = False
    stop_timeout_seconds: int = Field(default=3, gt=0)
    dead_after_seconds: float = Field(default=6, gt=0)
    effects_kept_days: int = Field(default=30, gt=0)

    @field_validator("case_number_pattern")
    @classmethod
    def _a_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return value

    @field_validator("digest_at")
    @classmethod
    def _in_the_morning(cls, value: time) -> time:
        if value >= _NOON or value.tzinfo is not None:
            raise ValueError("DIGEST_AT must be before 12:00, as in 08:30")
        return value

    @field_validator("app_id", "tenant_id", "team_group_id")
    @classmethod
    def _a_guid(cls, value: str | None, field: ValidationInfo) -> str | None:
        """Entra writes its ids in small letters, and tokens are compared with them as written."""
        if value and not _GUID.fullmatch(value.lower()):
            name = str(field.field_name).upper()
            raise ValueError(f"{name} must be a GUID, as Entra shows it and no more")
        return value and value.lower()

    @field_validator("team_id", "channel_id")
    @classmethod
    def _a_thread(cls, value: str, field: ValidationInfo) -> str:
        """Teams: the id of a team is that of its General channel."""
        if value and not _THREAD.fullmatch(value):
            name = str(field.field_name).upper()
            raise ValueError(f"{name} must be the id that Teams shows in links, 19:…@thread.tacv2")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_https_origin(cls, value: str | None) -> str | None:
        if value is not None and not _is_https_origin(value):
            raise ValueError(
                "PUBLIC_URL must be https:// and the public host name of the bot, "
                "such as https://retencao.contoso.com, without a path"
            )
        return value and value.rstrip("/")

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @model_validator(mode="before")
    @classmethod
    def _local_defaults(cls, given: dict[str, object]) -> dict[str, object]:
        if given.get("mode", "local") != "local":
            return given
        local = {name: value for name, value in _LOCAL_WORLD.items() if name != "bot_id"}
        return {**local, **given}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.is_local:
            self._check_local()
        else:
            self._check_production()
        return self

    def _check_local(self) -> None:
        if self.app_id is not None:
            raise ValueError(
                "APP_ID is set while MODE is local: set MODE=production to work with Teams, "
                "or take APP_ID away to work with the Playground"
            )
        if not is_loopback(self.listen_host):
            raise ValueError(
                "LISTEN_HOST must be a loopback address (127.0.0.1) while MODE is local: "
                "local mode believes whoever reaches it"
            )

    def _check_production(self) -> None:
        missing = [name.upper() for name in _NEEDED_IN_PRODUCTION if not getattr(self, name)]
        if self.app_type == "SingleTenant" and not self._has_password:
            missing.append("APP_PASSWORD (or APP_TYPE=UserAssignedMSI for a managed identity)")
        if self.thread_read_back and not self.team_group_id:
            missing.append("TEAM_GROUP_ID (or THREAD_READ_BACK=false)")
        if missing:
            raise ValueError(f"with MODE=production these are needed too: {', '.join(missing)}")

    @property
    def _has_password(self) -> bool:
        return self.app_password is not None and bool(self.app_password.get_secret_value().strip())

    @property
    def is_local(self) -> bool:
        return self.mode == "local"

    @property
    def messaging_endpoint(self) -> str:
        """The address that Teams sends activities to."""
        return f"{self.public_url or f'http://{self.listen_host}:{self.port}'}/api/messages"

    @property
    def bot_id(self) -> str:
        """The bot's own account id in Teams."""
        return f"28:{self.app_id}" if self.app_id else _LOCAL_WORLD["bot_id"]


def read_settings(secrets: Path = SECRETS) -> Settings:
    """Read the settings of this process.

    What neither the environment nor `.env` says is looked for in the folder `secrets`, in a file
    of the setting's name, such as `app_password`.

    Raises:
        InvalidSettings: something is missing or cannot be right.
    """
    try:
        return Settings(_secrets_dir=existing(secrets))
    except ValidationError as error:
        raise InvalidSettings(" ".join(map(_sentence, error.errors()))) from None


def _sentence(problem: ErrorDetails) -> str:
    """Name the variable and what is wrong with it, never its value."""
    said = problem["msg"].removeprefix("Value error, ")
    variable = "".join(str(part).upper() for part in problem["loc"][:1])
    return f"{said}." if variable in said else f"{variable}: {said}."


def existing(secrets: Path) -> Path | None:
    """Give the folder of the secrets if there is one; most machines have none."""
    return secrets if secrets.is_dir() else None


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_https_origin(value: str) -> bool:
    try:
        url = urlsplit(value)
        host, port = url.hostname or "", url.port
    except ValueError:
        return False
    expected = f"https://{host}" + (f":{port}" if port else "")
    is_public = "." in host and not is_loopback(host)
    return is_public and value.isprintable() and value.lower().rstrip("/") == expected
