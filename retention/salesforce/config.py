"""Which organisation of Salesforce we work in, as whom, and what its admins call things."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from retention.salesforce.soql import is_id

MASTER_RECORD_TYPE: Final = "012000000000000AAA"
"""Salesforce: the record type of an object that has none of its own."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_VERSION: Final = re.compile(r"v\d{2,3}\.0")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_PATH: Final = re.compile(rf"{_NAME.pattern}(\.{_NAME.pattern})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNames:
    """API names of fields that differ from one organisation to the next.

    `plan`, `monthly_value` and `cause` are read from the Caso, or from what it points to
    (`Account.Plan__c`); None where there is none. `key` and `customer` are texts of the Caso that
    we write when we create one; a `key` that Salesforce keeps unique is safer still. The last two
    belong to the log object.
    """

    plan: str | None = None
    monthly_value: str | None = None
    cause: str | None = "Reason"
    key: str = "SuppliedName"
    customer: str = "SuppliedCompany"
    log_key: str = "Idempotency_Key__c"
    log_case: str = "Case__c"

    def __post_init__(self) -> None:
        for path in (self.plan, self.monthly_value, self.cause):
            if path is not None and not _PATH.fullmatch(path):
                raise ValueError("not the API name of a field")
        for name in (self.key, self.customer, self.log_key, self.log_case):
            if not _NAME.fullmatch(name):
                raise ValueError("not the API name of a field")


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceConfig:
    """How to reach Salesforce, and what a handover sets there.

    `url` is the organisation's whole My Domain (`https://acme.my.salesforce.com`, a sandbox's
    `https://acme--uat.sandbox.my.salesforce.com`). One of two logins: `username` with
    `private_key` (PEM, RSA; JWT bearer) or `client_secret` (client credentials). `queue` is a
    DeveloperName or a label; `status` and `priority` are labels or API values. `log_object` is a
    custom object whose field `fields.log_key` is unique: with it a write is kept from happening
    twice by Salesforce itself. Raises ValueError, which never tells a value.
    """

    url: str
    client_id: str
    queue: str
    status: str
    priority: str
    username: str = ""
    private_key: SecretStr | None = field(default=None, repr=False)
    client_secret: SecretStr | None = field(default=None, repr=False)
    audience: str = ""
    """Whom the JWT is for; empty: `url`, as External Client Apps want it."""
    api_version: str = "v67.0"
    record_types: tuple[str, ...] = (MASTER_RECORD_TYPE,)
    """The record types (18-character ids) that our Casos may have."""
    timeout_seconds: float = 10.0
    """For one call to Salesforce, with all its tries."""
    log_object: str | None = None
    fields: FieldNames = field(default_factory=FieldNames)

    def __post_init__(self) -> None:
        url = urlsplit(self.url)
        is_safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in _LOOPBACK)
        if not (is_safe and url.hostname) or url.path or url.query or url.fragment or url.username:
            raise ValueError("url must be https:// and the My Domain host, without a path")
        if (self.private_key is None) == (self.client_secret is None):
            raise ValueError("give private_key or client_secret, and not both")
        if self.private_key is not None and not self.username:
            raise ValueError("private_key needs the username of the integration user")
        if not _VERSION.fullmatch(self.api_version):
            raise ValueError("api_version must look like v67.0")
        if not self.record_types or not all(map(is_id, self.record_types)):
            raise ValueError("record_types must be ids of record types")
        if self.log_object is not None and not _NAME.fullmatch(self.log_object):
            raise ValueError("log_object must be the API name of an object")
