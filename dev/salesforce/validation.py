"""What Salesforce refuses to save, field by field."""

from collections.abc import Mapping
from typing import Any

from dev.salesforce.database import Row, Transaction
from dev.salesforce.errors import SalesforceError, no_such_column
from dev.salesforce.ids import canonical, is_id
from dev.salesforce.org import Org
from dev.salesforce.schema import BY_PREFIX, SCHEMA, Field, SObject

_JSON: Mapping[str, type[Any] | tuple[type[Any], ...]] = {
    "boolean": bool,
    "currency": (int, float),
}


def check(
    kind: SObject,
    fields: Mapping[str, Any],
    transaction: Transaction,
    org: Org,
    *,
    record_id: str | None = None,
) -> Row:
    """Return the values to save in a record; without `record_id` it is a new one.

    Raises:
        SalesforceError: a field is unknown, read-only, missing, too long, of another type, taken,
            not of its picklist, or refers to nothing.
    """
    is_new = record_id is None
    for name in fields:
        if name not in kind.fields:
            raise no_such_column(name, kind.name)
    forbidden = [name for name in fields if not _may_write(kind.fields[name], is_new=is_new)]
    if forbidden:
        message = (
            f"Unable to create/update fields: {', '.join(forbidden)}. Please check the security "
            "settings of this field and verify that it is read/write for your profile or "
            "permission set."
        )
        raise SalesforceError("INVALID_FIELD_FOR_INSERT_UPDATE", message, fields=forbidden)
    missing = [
        each.name
        for each in kind.fields.values()
        if each.is_required and (is_new or each.name in fields) and not fields.get(each.name)
    ]
    if missing:
        message = f"Required fields are missing: {missing}".replace("'", "")
        raise SalesforceError("REQUIRED_FIELD_MISSING", message, fields=missing)
    values = {name: _value(kind, kind.fields[name], value) for name, value in fields.items()}
    for name, value in values.items():
        field = kind.fields[name]
        if field.kind == "picklist":
            _check_choice(kind, field, value, org)
        if field.kind == "reference" and (value is not None or name == "OwnerId"):
            _check_reference(field, value or "", transaction)
        if field.is_external_id and value is not None:
            _check_unique(kind, field, value, transaction, record_id)
    return values


def _may_write(field: Field, *, is_new: bool) -> bool:
    return field.is_createable if is_new else field.is_updateable


def _value(kind: SObject, field: Field, value: Any) -> Any:
    wanted = _JSON.get(field.kind, str)
    if value is None:
        return None
    if not isinstance(value, wanted):
        message = f"Cannot deserialize instance of {field.kind} from {type(value).__name__} value"
        raise SalesforceError("JSON_PARSER_ERROR", message)
    if field.kind == "reference":
        return canonical(value)
    if field.length is not None:
        size = len(value.encode()) if field.is_byte_limited else len(value)
        if size > field.length:
            message = f"{field.name}: data value too large (max length={field.length})"
            raise SalesforceError("STRING_TOO_LONG", message, fields=(field.name,))
    return value


def _check_choice(kind: SObject, field: Field, value: str | None, org: Org) -> None:
    if kind.name == "Case" and not org.allows(field.name, value):
        raise SalesforceError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{field.name}: bad value for restricted picklist field: {value}",
            fields=(field.name,),
        )


def _check_reference(field: Field, value: str, transaction: Transaction) -> None:
    if value and (not is_id(value) or value[:3] not in BY_PREFIX):
        message = f"{field.name}: id value of incorrect type: {value}"
        raise SalesforceError("MALFORMED_ID", message, fields=(field.name,))
    row = transaction.find(value)
    if row is None or row.get("IsDeleted") or BY_PREFIX[value[:3]].name not in field.refers_to:
        what = "Owner ID: owner cannot be blank" if field.name == "OwnerId" else "invalid reference"
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", what, fields=(field.name,))
    if field.name == "OwnerId" and row.get("IsActive") is False:
        message = f"Operation performed with inactive user [{value}] as owner"
        raise SalesforceError("INACTIVE_OWNER_OR_USER", message, fields=())
    if field.name == "OwnerId" and value.startswith(SCHEMA["Group"].prefix):
        _check_queue(value, transaction)


def _check_queue(queue_id: str, transaction: Transaction) -> None:
    served = transaction.all("QueueSobject")
    if not any(row["QueueId"] == queue_id and row["SobjectType"] == "Case" for row in served):
        message = "Queue not associated with this SObject type"
        raise SalesforceError("FIELD_INTEGRITY_EXCEPTION", message, fields=("OwnerId",))


def _check_unique(
    kind: SObject, field: Field, value: str, transaction: Transaction, record_id: str | None
) -> None:
    for row in transaction.all(kind.name):
        if row[field.name] == value and row["Id"] != record_id:
            message = f"duplicate value found: {field.name} duplicates value on record with id: "
            raise SalesforceError("DUPLICATE_VALUE", message + row["Id"], fields=())
