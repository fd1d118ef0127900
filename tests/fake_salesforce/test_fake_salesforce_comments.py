"""The laws of what stands at a Case: comments, the log."""

import pytest

from tests.fake_salesforce.conftest import NUMBER, example


class TestAComment:
    async def test_is_created_as_documented(self, api, salesforce):
        documented = example("08")
        body = documented["request"]["body"] | {"ParentId": salesforce.case(NUMBER)["Id"]}

        reply = await api("POST", "/sobjects/CaseComment", json=body)

        assert reply.status == documented["response"]["status"]
        assert reply.body.keys() == documented["response"]["body"].keys()
        assert reply.headers["Location"].endswith(reply.body["id"])
        comment = salesforce.comments(NUMBER)[-1]
        assert comment["CreatedById"] == salesforce.integration_user_id
        assert comment["CommentBody"] == body["CommentBody"]

    @pytest.mark.parametrize(
        ("text", "status"), [("ã" * 2_000, 201), ("ã" * 2_000 + "a", 400), ("a" * 4_000, 201)]
    )
    async def test_has_at_most_4000_bytes(self, api, salesforce, text, status):
        body = {"ParentId": salesforce.case(NUMBER)["Id"], "CommentBody": text}

        reply = await api("POST", "/sobjects/CaseComment", json=body)

        assert reply.status == status
        assert status == 201 or reply.code == "STRING_TOO_LONG"

    async def test_needs_its_case(self, api):
        reply = await api("POST", "/sobjects/CaseComment", json={"CommentBody": "oi"})

        assert (reply.code, reply.body[0]["fields"]) == ("REQUIRED_FIELD_MISSING", ["ParentId"])


class TestALog:
    URL = "/sobjects/Recovery_Log__c"

    async def test_with_a_key_that_is_taken_is_refused(self, api, salesforce):
        body = {"Idempotency_Key__c": "01JD7W8K3Q", "Case__c": salesforce.case(NUMBER)["Id"]}
        first = await api("POST", self.URL, json=body)

        second = await api("POST", self.URL, json=body)

        assert second.body == [
            {
                "message": "duplicate value found: Idempotency_Key__c duplicates value on record "
                f"with id: {first.body['id']}",
                "errorCode": "DUPLICATE_VALUE",
                "fields": [],
            }
        ]
        assert len(salesforce.logs(NUMBER)) == 1
