"""What the org says of its own objects, fields and picklists."""

from typing import Any

from dev.salesforce.errors import no_such_column, not_found
from dev.salesforce.org import Choice, Org
from dev.salesforce.schema import Field, SObject

Json = dict[str, Any]


def described(sobject: SObject, org: Org) -> Json:
    """Describe an object and its fields."""
    fields = sobject.fields.values()
    return {
        "name": sobject.name,
        "label": sobject.name,
        "keyPrefix": sobject.prefix,
        "custom": sobject.name.endswith("__c"),
        "createable": any(each.is_createable for each in fields),
        "updateable": any(each.is_updateable for each in fields),
        "queryable": True,
        "retrieveable": True,
        "fields": [_field(sobject, each, org) for each in fields],
    }


def _field(sobject: SObject, field: Field, org: Org) -> Json:
    choices = org.picklists.get(field.name, ()) if sobject.name == "Case" else ()
    return {
        "name": field.name,
        "label": field.name,
        "type": field.kind,
        "length": field.length or 0,
        "createable": field.is_createable,
        "updateable": field.is_updateable,
        "filterable": field.is_filterable,
        "nillable": not field.is_required,
        "unique": field.is_external_id,
        "externalId": field.is_external_id,
        "referenceTo": list(field.refers_to),
        "relationshipName": field.relationship,
        "restrictedPicklist": bool(choices),
        "picklistValues": [
            {
                "active": True,
                "defaultValue": each.is_default,
                "label": each.label,
                "value": each.value,
            }
            for each in choices
        ],
    }


def picklist_values(org: Org, *, record_type_id: str, field: str, url: str) -> Json:
    """Answer the UI API: the values of a picklist of Case that a record type may have."""
    if record_type_id not in org.record_types:
        raise not_found()
    if field not in org.picklists:
        raise no_such_column(field, "Case")
    values = [_choice(field, each) for each in org.picklists[field]]
    defaults = [_choice(field, each) for each in org.picklists[field] if each.is_default]
    default = defaults[0] | {"attributes": None} if defaults else None
    return {"controllerValues": {}, "defaultValue": default, "url": url, "values": values}


def _choice(field: str, choice: Choice) -> Json:
    attributes = {"closed": choice.is_closed, "picklistAttributesValueType": "CaseStatus"}
    return {
        "attributes": attributes if field == "Status" else None,
        "label": choice.label,
        "validFor": [],
        "value": choice.value,
    }
