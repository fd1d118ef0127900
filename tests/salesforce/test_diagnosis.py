"""The diagnosis: every external thing named, and what is wrong with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from dev.salesforce import faults
from dev.salesforce.schema import SCHEMA
from retention.salesforce.config import FieldNames
from retention.salesforce.diagnosis import Verdict
from tests.salesforce.orgs import LEAD, PRIORITY, QUEUE, STATUS

LOG = "Recovery_Log__c"


async def diagnosed(crm, **asked):
    return [check async for check in crm.diagnose(**asked)]


def found(checks, name):
    return next((check.verdict, check.code) for check in checks if check.name == name)


async def test_an_organisation_that_fits_is_right_in_every_point(make_crm, org):
    crm = make_crm(log_object=LOG)

    checks = await diagnosed(crm, lead_emails=[LEAD], case_number="00012345")

    assert [(check.name, check.verdict) for check in checks] == [
        (name, Verdict.OK)
        for name in (
            "login",
            "version",
            "picklists",
            "status",
            "priority",
            "queue",
            "rights",
            "log",
            "case",
            "changes",
            "mention",
            "allocation",
        )
    ]


async def test_values_tell_what_was_found(crm):
    values = {check.name: check.values for check in await diagnosed(crm)}

    assert values["version"] == {"version": "v67.0", "newest": "v68.0"}
    assert values["status"] == {"label": STATUS, "value": "Waiting External"}
    assert values["priority"] == {"label": PRIORITY, "value": "High"}
    assert values["queue"]["name"] == QUEUE
    assert values["allocation"]["limit"] == "115000"


async def test_a_diagnosis_writes_nothing(crm, org):
    await diagnosed(crm, lead_emails=[LEAD], case_number="00012345")

    written = {one.path for one in org.received if one.method != "GET"}
    assert {path.rpartition("/")[2] for path in written} == {"token", "composite"}


async def test_without_a_login_nothing_else_is_checked(make_crm):
    crm = make_crm(private_key=None, client_secret=SecretStr("wrong"))

    (check,) = await diagnosed(crm)

    assert (check.name, check.verdict, check.code) == ("login", Verdict.FAIL, "LoginFailed")
    assert check.values == {"why": "400 invalid_client"}


@pytest.mark.parametrize(
    ("settings", "name", "verdict", "code"),
    [
        ({"queue": "FOOD - NADA"}, "queue", Verdict.FAIL, "QUEUE_NOT_FOUND"),
        ({"queue": "FOOD - COMERCIAL"}, "queue", Verdict.FAIL, "QUEUE_SERVES_NO_CASES"),
        ({"status": "Nada"}, "status", Verdict.FAIL, "STATUS_NOT_FOUND"),
        ({"status": "Fechado"}, "status", Verdict.WARN, "ends_the_case"),
        ({"priority": "Nada"}, "priority", Verdict.FAIL, "PRIORITY_NOT_FOUND"),
        ({"record_types": ("0123h000000RtAbAAK",)}, "picklists", Verdict.FAIL, "NOT_FOUND"),
        ({"log_object": "Nada__c"}, "log", Verdict.FAIL, "NOT_FOUND"),
        (
            {"log_object": LOG, "fields": FieldNames(log_key="Risk__c")},
            "log",
            Verdict.FAIL,
            "key_not_unique",
        ),
        (
            {"log_object": LOG, "fields": FieldNames(log_case="Nada__c")},
            "log",
            Verdict.FAIL,
            "field_missing",
        ),
    ],
)
async def test_what_does_not_fit_is_named(make_crm, settings, name, verdict, code):
    checks = await diagnosed(make_crm(**settings))

    assert found(checks, name) == (verdict, code)


async def test_rights_to_write_that_are_lacking_are_named(crm, monkeypatch):
    fields = dict(SCHEMA["Case"].fields)
    fields["Status"] = replace(fields["Status"], is_updateable=False)
    monkeypatch.setitem(SCHEMA, "Case", replace(SCHEMA["Case"], fields=fields))
    read_only = {
        name: replace(each, is_createable=False) for name, each in SCHEMA["FeedItem"].fields.items()
    }
    monkeypatch.setitem(SCHEMA, "FeedItem", replace(SCHEMA["FeedItem"], fields=read_only))

    checks = await diagnosed(crm)

    (rights,) = [check for check in checks if check.name == "rights"]
    assert (rights.verdict, rights.code) == (Verdict.FAIL, "lacking")
    assert rights.values == {"what": "Case.Status, FeedItem"}


@pytest.mark.parametrize(
    ("email", "code"), [("ninguem@empresa.com.br", "no_user"), (LEAD, "allowed")]
)
async def test_each_lead_is_checked(crm, email, code):
    checks = await diagnosed(crm, lead_emails=[email], case_number="00012345")

    assert found(checks, "mention")[1] == code


@pytest.mark.parametrize(("number", "code"), [("99999999", "not_visible"), ("x", "wrong_setting")])
async def test_a_caso_that_is_not_there_is_named(crm, number, code):
    checks = await diagnosed(crm, lead_emails=[LEAD], case_number=number)

    assert found(checks, "case") == (Verdict.FAIL, code)
    assert "mention" not in {check.name for check in checks}


async def test_each_part_of_the_changes_that_may_not_be_read_is_named(crm, org):
    org.org.hidden = {"FeedItem", "FeedComment"}

    checks = await diagnosed(crm, case_number="00012345")

    assert found(checks, "changes") == (Verdict.FAIL, "part_unreadable")
    (changes,) = [check for check in checks if check.name == "changes"]
    assert changes.values == {"why": "FeedItem: INVALID_TYPE, FeedComment: INVALID_TYPE"}


async def test_calls_nearly_used_up_are_a_warning(crm, org):
    org.most_requests, org.used_requests = 115_000, 95_000

    checks = await diagnosed(crm)

    assert found(checks, "allocation") == (Verdict.WARN, "nearly_used_up")


async def test_a_limit_reached_is_told_for_each_check(crm, org):
    org.fail_next(faults.limit(), on="GET", times=20)

    checks = await diagnosed(crm)

    assert found(checks, "version") == (Verdict.FAIL, "limit_reached")
