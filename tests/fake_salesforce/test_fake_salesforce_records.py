"""The laws of the fake's records: what is refused, stamped, assigned and kept as history."""

from datetime import timedelta

import pytest

from dev.salesforce.errors import SalesforceError
from dev.salesforce.schema import SCHEMA
from tests.fake_salesforce.conftest import ANA, FERNANDA, FORMER, NUMBER, UNASSIGNED, example
from tests.fake_salesforce.contract import slice_of_the_org


def test_every_field_is_one_of_salesforce():
    standard = [each for each in SCHEMA.values() if not each.name.endswith("__c")]

    invented = {
        f"{each.name}.{name}"
        for each in standard
        for name in each.fields
        if not name.endswith("__c") and name not in _properties(each.name)
    }

    assert invented == set()


def _properties(sobject):
    return slice_of_the_org()["components"]["schemas"][f"{sobject}SObject"]["properties"]


class TestACase:
    async def test_is_changed_without_a_word(self, api, case_url, salesforce):
        fields = {"Status": "Waiting External", "Priority": "High"}
        fields["OwnerId"] = salesforce.queue_id()

        reply = await api("PATCH", case_url, json=fields, headers=UNASSIGNED)

        assert (reply.status, reply.body) == (204, None)
        assert fields.items() <= salesforce.case(NUMBER).items()

    @pytest.mark.parametrize("headers", [{}, {"Sforce-Auto-Assign": "TRUE"}])
    async def test_goes_to_the_default_owner_unless_that_is_forbidden(
        self, api, case_url, salesforce, headers
    ):
        fields = {"OwnerId": salesforce.queue_id()}

        await api("PATCH", case_url, json=fields, headers=headers)

        assert salesforce.case(NUMBER)["OwnerId"] == salesforce.queue_id("FOOD_TRIAGEM")

    async def test_is_read_with_the_fields_asked_for(self, api, case_url):
        wanted = example("05")["read_back"]
        params = wanted["request"]["params"]

        reply = await api("GET", case_url, params=params)

        assert reply.body.keys() == wanted["response"]["body"].keys()
        assert reply.body["SystemModstamp"] == "2026-11-20T20:00:00.000+0000"

    async def test_is_created_with_the_next_number(self, api, salesforce):
        reply = await api("POST", "/sobjects/Case", json={"Subject": "Oi"}, headers=UNASSIGNED)

        assert reply.status == 201
        created = salesforce.case("00012400")
        assert created["Id"] == reply.body["id"]
        assert (created["Status"], created["OwnerId"]) == ("New", salesforce.integration_user_id)

    async def test_that_closes_says_when(self, api, case_url, salesforce, clock):
        await api("PATCH", case_url, json={"Status": "Closed"}, headers=UNASSIGNED)

        case = salesforce.case(NUMBER)
        assert (case["IsClosed"], case["ClosedDate"]) == (True, clock())

    async def test_may_be_named_by_15_characters(self, api, case_url):
        reply = await api("GET", case_url[:-3])

        assert reply.status == 200

    async def test_that_is_deleted_says_so(self, api, case_url, salesforce):
        salesforce.delete_case(NUMBER, by=ANA)

        reply = await api("GET", case_url)

        assert (reply.status, reply.code) == (404, "ENTITY_IS_DELETED")

    async def test_that_never_was_is_not_found(self, api):
        reply = await api("GET", "/sobjects/Case/5003h0000000000AAA")

        assert (reply.status, reply.code) == (404, "NOT_FOUND")


class TestARefusal:
    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"Statuss": "New"}, "INVALID_FIELD"),
            ({"CaseNumber": "1"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
            (
                {"Status": "Aguardando Informação Externa"},
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            ),
            ({"Priority": "ALTA"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
            ({"Subject": "x" * 256}, "STRING_TOO_LONG"),
            ({"Subject": 1}, "JSON_PARSER_ERROR"),
            ({"OwnerId": "00G3h0000000000AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
            ({"OwnerId": None}, "INVALID_CROSS_REFERENCE_KEY"),
            ({"OwnerId": "nobody"}, "MALFORMED_ID"),
            ({"Status": None}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ],
    )
    async def test_of_a_field_is_an_array_and_changes_nothing(
        self, api, case_url, salesforce, fields, code
    ):
        before = salesforce.case(NUMBER)

        reply = await api("PATCH", case_url, json=fields, headers=UNASSIGNED)

        assert (reply.status, reply.code) == (400, code)
        assert salesforce.case(NUMBER) == before

    async def test_names_the_field(self, api, case_url):
        reply = await api("PATCH", case_url, json={"Priority": "ALTA"})

        assert reply.body == [
            {
                "message": "Priority: bad value for restricted picklist field: ALTA",
                "errorCode": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                "fields": ["Priority"],
            }
        ]

    async def test_meets_an_owner_who_has_left(self, api, case_url, salesforce):
        reply = await api("PATCH", case_url, json={"OwnerId": salesforce.user_id(FORMER)})

        assert reply.code == "INACTIVE_OWNER_OR_USER"

    async def test_meets_a_queue_that_does_not_serve_cases(self, api, case_url, salesforce):
        reply = await api(
            "PATCH", case_url, json={"OwnerId": salesforce.queue_id("FOOD_COMERCIAL")}
        )

        assert reply.code == "FIELD_INTEGRITY_EXCEPTION"

    async def test_may_be_scripted(self, api, case_url, salesforce):
        message = "Informe o motivo antes de mudar o status"
        rule = SalesforceError("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, fields=["Status"])
        salesforce.refuse_next("Case", rule)

        first = await api("PATCH", case_url, json={"Status": "Working"})
        second = await api("PATCH", case_url, json={"Status": "Working"})

        assert (first.body[0]["message"], second.status) == (message, 204)

    async def test_meets_a_body_that_is_no_json(self, api, case_url):
        headers = {"Content-Type": "application/json"}

        reply = await api("PATCH", case_url, data="{", headers=headers)

        assert (reply.status, reply.code) == (400, "JSON_PARSER_ERROR")

    async def test_meets_a_body_of_another_type(self, api, case_url):
        reply = await api("PATCH", case_url, data={"Status": "New"})

        assert (reply.status, reply.code) == (415, "UNSUPPORTED_MEDIA_TYPE")

    async def test_meets_another_method(self, api, case_url):
        reply = await api("PUT", case_url)

        assert (reply.status, reply.code) == (405, "METHOD_NOT_ALLOWED")


class TestHistory:
    async def test_has_a_row_per_changed_field_and_the_owner_twice(self, api, case_url, salesforce):
        old, new = salesforce.case(NUMBER)["OwnerId"], salesforce.queue_id()
        fields = {"Status": "Working", "OwnerId": new, "Subject": "Outro"}

        await api("PATCH", case_url, json=fields, headers=UNASSIGNED)

        rows = salesforce.history(NUMBER)
        told = [(row["Field"], row["DataType"], row["OldValue"], row["NewValue"]) for row in rows]
        assert told == [
            ("Owner", "EntityId", old, new),
            ("Owner", "Text", "Ana Souza", "FOOD - ADMINISTRATIVO/FINANCEIRO"),
            ("Status", "DynamicEnum", "New", "Working"),
        ]

    async def test_has_no_row_of_what_stays(self, api, case_url, salesforce):
        await api("PATCH", case_url, json={"Status": "New"}, headers=UNASSIGNED)

        assert salesforce.history(NUMBER) == []

    async def test_may_be_switched_off(self, salesforce):
        salesforce.org.tracked_fields.clear()

        salesforce.change(NUMBER, "Status", "Working", by=ANA)

        assert salesforce.history(NUMBER) == []


class TestALateCommit:
    async def test_is_stamped_when_written_and_seen_when_committed(
        self, api, case_url, salesforce, clock
    ):
        with salesforce.late_commit():
            salesforce.change(NUMBER, "Status", "Working", by=FERNANDA)
            during = await api("GET", case_url)
            clock.advance(minutes=2)
        after = await api("GET", case_url)

        assert (during.body["Status"], after.body["Status"]) == ("New", "Working")
        assert after.body["SystemModstamp"] == "2026-11-21T20:00:00.000+0000"
        assert salesforce.case(NUMBER)["SystemModstamp"] == clock() - timedelta(minutes=2)

    async def test_locks_what_it_has_written(self, api, case_url, salesforce):
        with salesforce.late_commit():
            salesforce.change(NUMBER, "Status", "Working", by=FERNANDA)
            during = await api("PATCH", case_url, json={"Priority": "High"})
        after = await api("PATCH", case_url, json={"Priority": "High"})

        assert (during.code, after.status) == ("UNABLE_TO_LOCK_ROW", 204)


class TestTheDescription:
    async def test_of_an_object_tells_its_unique_fields(self, api):
        reply = await api("GET", "/sobjects/Recovery_Log__c/describe")

        unique = [each["name"] for each in reply.body["fields"] if each["unique"]]
        assert unique == ["Idempotency_Key__c"]

    async def test_of_a_picklist_tells_labels_from_values(self, api, salesforce):
        documented = example("14")["response"]["body"]
        record_type = next(iter(salesforce.org.record_types))

        reply = await api("GET", f"/ui-api/object-info/Case/picklist-values/{record_type}/Status")

        assert reply.body.keys() == documented.keys()
        assert reply.body["values"][0].keys() == documented["values"][0].keys()
        values = {each["label"]: each["value"] for each in reply.body["values"]}
        assert values["Aguardando Informação Externa"] == "Waiting External"

    async def test_of_a_picklist_needs_a_record_type_of_the_org(self, api):
        reply = await api("GET", "/ui-api/object-info/Case/picklist-values/0123h0/Status")

        assert reply.status == 404
