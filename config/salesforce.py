"""Settings of the CRM, from the environment: without `SALESFORCE_URL` there is none.

Then the steps of the handover stay a checklist that people tick.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cards.labels import CRM_STATUS, PRIORITY, QUEUE
from config.settings import SECRETS, InvalidSettings, existing
from retention.domain.events import HandoverStep
from retention.salesforce.config import MASTER_RECORD_TYPE, FieldNames, SalesforceConfig

_PREFIX = "SALESFORCE_"


class SalesforceSettings(BaseSettings):
    """Every dial of the CRM; the names of queue, status and priority are the process's own."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    url: str | None = None
    client_id: str = ""
    username: str = ""
    private_key_file: Path | None = None
    client_secret: SecretStr | None = None
    audience: str = ""
    api_version: str = "v67.0"
    queue: str = QUEUE
    status: str = CRM_STATUS
    priority: str = PRIORITY
    record_types: str = MASTER_RECORD_TYPE
    """Ids, with commas between them."""
    log_object: str | None = None
    log_key_field: str = "Idempotency_Key__c"
    log_case_field: str = "Case__c"
    case_key_field: str = "SuppliedName"
    case_customer_field: str = "SuppliedCompany"
    plan_field: str | None = None
    monthly_value_field: str | None = None
    cause_field: str = "Reason"
    poll_seconds: float = Field(default=30, gt=0)

    @property
    def handover_values(self) -> Mapping[HandoverStep, str]:
        """What the steps of a handover set, as the card names it to whoever does them by hand."""
        return {
            HandoverStep.QUEUE: self.queue,
            HandoverStep.STATUS: self.status,
            HandoverStep.PRIORITY: self.priority,
        }

    @property
    def config(self) -> SalesforceConfig | None:
        """What the client needs; None without a CRM. Raises InvalidSettings."""
        if self.url is None:
            return None
        missing = [f"{_PREFIX}CLIENT_ID"] if not self.client_id else []
        if self.private_key_file is None and self.client_secret is None:
            missing.append(f"{_PREFIX}PRIVATE_KEY_FILE/{_PREFIX}CLIENT_SECRET")
        if missing:
            names = ", ".join(missing)
            said = f"with {_PREFIX}URL these are needed too: {names}."
            raise InvalidSettings(said, code="incomplete", names=names)
        try:
            return SalesforceConfig(
                url=self.url.rstrip("/"),
                client_id=self.client_id,
                username=self.username,
                private_key=self._private_key(),
                client_secret=self.client_secret,
                audience=self.audience,
                api_version=self.api_version,
                queue=self.queue,
                status=self.status,
                priority=self.priority,
                record_types=tuple(each.strip() for each in self.record_types.split(",")),
                log_object=self.log_object,
                fields=FieldNames(
                    key=self.case_key_field,
                    customer=self.case_customer_field,
                    log_key=self.log_key_field,
                    log_case=self.log_case_field,
                    plan=self.plan_field,
                    monthly_value=self.monthly_value_field,
                    cause=self.cause_field,
                ),
            )
        except ValueError as error:
            raise InvalidSettings(f"{_PREFIX}…: {error}.") from None

    def _private_key(self) -> SecretStr | None:
        if self.private_key_file is None:
            return None
        try:
            return SecretStr(self.private_key_file.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError):
            name = f"{_PREFIX}PRIVATE_KEY_FILE"
            said = f"{name}: there is no readable PEM file there."
            raise InvalidSettings(said, code="unreadable_key", names=name) from None


def read_salesforce(secrets: Path = SECRETS) -> SalesforceSettings:
    """Read the settings of the CRM, with the same secrets as all others.

    Raises:
        InvalidSettings: something cannot be right; it never tells a value.
    """
    try:
        return SalesforceSettings(_secrets_dir=existing(secrets))
    except ValidationError as error:
        names = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
        said = ", ".join(f"{_PREFIX}{name.upper()}" for name in sorted(names))
        refusal = f"{said}: not a value that can be used."
        raise InvalidSettings(refusal, code="bad_value", names=said) from None
