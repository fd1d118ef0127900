"""The objects and fields of the org: those the product uses, named as Salesforce names them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Kind = Literal[
    "id",
    "string",
    "textarea",
    "boolean",
    "datetime",
    "currency",
    "reference",
    "picklist",
]


@dataclass(frozen=True)
class Field:
    """One field. `relationship` is the name by which SOQL goes on to the record it refers to."""

    name: str
    kind: Kind = "string"
    length: int | None = None
    """The most it holds: in characters, or in bytes of UTF-8 where `is_byte_limited`."""
    is_byte_limited: bool = False
    is_createable: bool = False
    is_updateable: bool = False
    is_required: bool = False
    is_external_id: bool = False
    """Unique too."""
    is_filterable: bool = True
    refers_to: tuple[str, ...] = ()
    relationship: str | None = None


@dataclass(frozen=True)
class SObject:
    """One kind of record; the prefix is how the ids of its records begin."""

    name: str
    prefix: str
    fields: Mapping[str, Field]
    relationships: Mapping[str, Field] = field(init=False)

    def __post_init__(self) -> None:
        named = {each.relationship: each for each in self.fields.values() if each.relationship}
        object.__setattr__(self, "relationships", named)


def _sobject(name: str, prefix: str, *fields: Field) -> SObject:
    return SObject(name, prefix, {each.name: each for each in (Field("Id", "id"), *fields)})


def _set(
    name: str, kind: Kind = "string", length: int | None = None, *, is_required: bool = False
) -> Field:
    """Return a field that may be written at any time."""
    return replace(_once(name, kind, length, is_required=is_required), is_updateable=True)


def _once(
    name: str, kind: Kind = "string", length: int | None = None, *, is_required: bool = False
) -> Field:
    """Return a field that may be written when its record is created, and never again."""
    return Field(name, kind, length, is_createable=True, is_required=is_required)


def _ref(
    relationship: str,
    *refers_to: str,
    is_createable: bool = False,
    is_updateable: bool = False,
    is_required: bool = False,
) -> Field:
    return Field(
        f"{relationship.removesuffix('__r')}__c" if "__r" in relationship else f"{relationship}Id",
        "reference",
        is_createable=is_createable,
        is_updateable=is_updateable,
        is_required=is_required,
        refers_to=refers_to,
        relationship=relationship,
    )


_DELETED = Field("IsDeleted", "boolean")
_STAMP = Field("SystemModstamp", "datetime")
_CREATED = (Field("CreatedDate", "datetime"), _ref("CreatedBy", "User"))
_MODIFIED = (Field("LastModifiedDate", "datetime"), _ref("LastModifiedBy", "User"), _STAMP)
_AUDIT = (_DELETED, *_CREATED, *_MODIFIED)

_ALL = (
    _sobject(
        "Account",
        "001",
        _set("Name", length=255, is_required=True),
        _set("Plan__c", length=80),
        _set("Monthly_Value__c", "currency"),
        _ref("Owner", "User", is_createable=True, is_updateable=True),
        *_AUDIT,
    ),
    _sobject(
        "Contact",
        "003",
        _set("FirstName", length=40),
        _set("LastName", length=80, is_required=True),
        Field("Name", length=121),
        _set("Email", length=80),
        _set("Phone", length=40),
        _ref("Account", "Account", is_createable=True, is_updateable=True),
        *_AUDIT,
    ),
    _sobject(
        "User",
        "005",
        Field("Username", length=80),
        Field("Name", length=121),
        Field("Email", length=128),
        Field("IsActive", "boolean"),
        Field("UserType", "picklist"),
        *_CREATED,
        *_MODIFIED,
    ),
    _sobject(
        "Group",
        "00G",
        Field("Name", length=40),
        Field("DeveloperName", length=80),
        Field("Type", "picklist"),
        *_CREATED,
        *_MODIFIED,
    ),
    _sobject(
        "QueueSobject",
        "03g",
        _ref("Queue", "Group"),
        Field("SobjectType", "picklist"),
        _ref("CreatedBy", "User"),
    ),
    _sobject(
        "Case",
        "500",
        Field("CaseNumber", length=30),
        _set("Subject", length=255),
        replace(_set("Description", "textarea", 32_000), is_filterable=False),
        _set("Status", "picklist"),
        _set("Priority", "picklist"),
        _set("Origin", "picklist"),
        _set("Type", "picklist"),
        _set("Reason", "picklist"),
        Field("IsClosed", "boolean"),
        Field("ClosedDate", "datetime"),
        _set("IsEscalated", "boolean"),
        _set("SuppliedName", length=80),
        _set("SuppliedCompany", length=80),
        _ref("Owner", "User", "Group", is_createable=True, is_updateable=True),
        _ref("Account", "Account", is_createable=True, is_updateable=True),
        _ref("Contact", "Contact", is_createable=True, is_updateable=True),
        _ref("MasterRecord", "Case"),
        *_AUDIT,
    ),
    _sobject(
        "CaseComment",
        "00a",
        _ref("Parent", "Case", is_createable=True, is_required=True),
        replace(_once("CommentBody", "textarea", 4_000), is_byte_limited=True),
        _set("IsPublished", "boolean"),
        *_AUDIT,
    ),
    _sobject(
        "CaseHistory",
        "017",
        _ref("Case", "Case"),
        Field("Field", "picklist"),
        Field("DataType", "picklist"),
        Field("OldValue"),
        Field("NewValue"),
        _DELETED,
        *_CREATED,
    ),
    _sobject(
        "FeedItem",
        "0D5",
        _ref("Parent", "Case", is_createable=True, is_required=True),
        Field("Type", "picklist"),
        Field("Body", "textarea", 10_000, is_createable=True, is_filterable=False),
        Field("IsRichText", "boolean"),
        _ref("InsertedBy", "User"),
        Field("LastModifiedDate", "datetime"),
        _DELETED,
        *_CREATED,
        _STAMP,
    ),
    _sobject(
        "FeedComment",
        "0D7",
        _ref("FeedItem", "FeedItem"),
        _ref("Parent", "Case"),
        Field("CommentBody", "textarea", 10_000, is_filterable=False),
        _DELETED,
        *_CREATED,
        _STAMP,
    ),
    _sobject(
        "Recovery_Log__c",
        "a0B",
        Field("Name", length=80),
        replace(_set("Idempotency_Key__c", length=26), is_external_id=True),
        _ref("Case__r", "Case", is_createable=True, is_updateable=True),
        _set("Diagnosis__c", length=255),
        _set("Risk__c", length=255),
        *_AUDIT,
    ),
)

SCHEMA: Mapping[str, SObject] = {each.name: each for each in _ALL}
BY_PREFIX: Mapping[str, SObject] = {each.prefix: each for each in _ALL}
