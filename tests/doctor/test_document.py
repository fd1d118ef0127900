"""`docs/salesforce.md` lists exactly the settings there are, and the fields that are asked for."""

from __future__ import annotations

import re
from pathlib import Path

from config.salesforce import SalesforceSettings
from retention.salesforce import soql
from retention.salesforce.config import FieldNames

DOCUMENT = (Path(__file__).parents[2] / "docs" / "salesforce.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `SALESFORCE_([A-Z_]+)` \| (.+?) \|", re.MULTILINE)


def test_it_lists_exactly_the_settings_in_their_order():
    listed = [name.lower() for name, _ in _ROW.findall(DOCUMENT)]

    assert listed == list(SalesforceSettings.model_fields)


def test_the_defaults_it_names_are_the_defaults():
    named = {name.lower(): default.strip("`") for name, default in _ROW.findall(DOCUMENT)}
    fields = SalesforceSettings.model_fields

    differing = {
        name: (named[name], field.default)
        for name, field in fields.items()
        if field.default and named[name] != f"{field.default}"
    }
    assert differing == {}


def test_every_field_of_the_caso_that_is_asked_for_is_a_right_to_give():
    statement = soql.case_by_number("1")
    fields = statement.partition("SELECT ")[2].partition(" FROM ")[0].split(", ")
    own = [field for field in fields if "." not in field and field != "Id"]

    assert [field for field in own if f"`{field}`" not in DOCUMENT] == []


def test_what_is_written_into_a_new_caso_and_its_log_is_a_right_to_give():
    names = FieldNames()

    for name in (names.key, names.customer, names.log_key, names.log_case):
        assert f"`{name}`" in DOCUMENT
