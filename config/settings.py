"""Settings from the environment (and `.env`): every dial an operator has, units in the names.

Without `APP_ID` the bot runs in local mode: no credentials, loopback only, the local world of
`dev/world.json`. With it, everything production must decide has to be given.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_HERE = Path(__file__).parent
_LOCAL_WORLD = {
    "tenant_id": "11111111-1111-1111-1111-111111111111",
    "team_id": "19:team-retencao@thread.tacv2",
    "team_group_id": "00000000-0000-0000-0000-0000000000d1",
    "channel_id": "19:rc-backoffice@thread.tacv2",
    "bot_id": "28:00000000-0000-0000-0000-00000000b070",
}


class Settings(BaseSettings):
    """The whole configuration of one process. Read once, in `app.py`."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    listen_host: str = "127.0.0.1"
    port: int = Field(default=3978, ge=0, le=65535)
    database_url: str = "sqlite:///var/retencao.db"
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
    case_number_pattern: str = r"^\d{8}$"

    channel_sends_per_second: int = Field(default=4, gt=0)
    channel_sends_per_30_seconds: int = Field(default=50, gt=0)
    person_turns_at_once: int = Field(default=200, gt=0)
    person_turns_per_second: float = Field(default=5, gt=0)
    connector_timeout_seconds: float = Field(default=10, gt=0)
    stop_timeout_seconds: int = Field(default=4, gt=0)
    effects_kept_days: int = Field(default=30, gt=0)

    @field_validator("case_number_pattern")
    @classmethod
    def _a_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @model_validator(mode="before")
    @classmethod
    def _local_defaults(cls, given: dict[str, object]) -> dict[str, object]:
        if given.get("app_id"):
            return given
        local = {name: value for name, value in _LOCAL_WORLD.items() if name != "bot_id"}
        return {**local, **given}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.is_local:
            if not _is_loopback(self.listen_host):
                raise ValueError(
                    "LISTEN_HOST must be a loopback address (127.0.0.1) while APP_ID is not set: "
                    "local mode accepts anybody who can reach it"
                )
            return self
        missing = [
            name.upper()
            for name in ("tenant_id", "team_id", "channel_id")
            if not getattr(self, name)
        ]
        if self.app_type == "SingleTenant" and self.app_password is None:
            missing.append("APP_PASSWORD")
        if missing:
            raise ValueError(f"with APP_ID set, these are needed too: {', '.join(missing)}")
        return self

    @property
    def is_local(self) -> bool:
        return self.app_id is None

    @property
    def bot_id(self) -> str:
        """The bot's own account id in Teams."""
        return f"28:{self.app_id}" if self.app_id else _LOCAL_WORLD["bot_id"]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
