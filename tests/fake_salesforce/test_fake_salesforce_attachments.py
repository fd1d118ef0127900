"""The laws of what stands at a Case: comments, the log, files."""

import base64
import hashlib
import json

import pytest
from aiohttp import FormData

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

    async def test_is_made_and_then_changed_by_its_key(self, api, salesforce):
        documented = example("10")
        body = {"Case__c": salesforce.case(NUMBER)["Id"], "Diagnosis__c": "cobranca_duplicada"}
        url = f"{self.URL}/Idempotency_Key__c/01JD7W8K3Q"

        made = await api("PATCH", url, json=body)
        changed = await api("PATCH", url, json=body | {"Risk__c": "ALTO"})

        for reply, wanted in ((made, documented["created"]), (changed, documented["updated"])):
            assert reply.status == wanted["status"]
            assert reply.body == wanted["body"] | {"id": made.body["id"]}
        assert [log["Risk__c"] for log in salesforce.logs(NUMBER)] == ["ALTO"]

    async def test_is_found_by_its_key(self, api):
        url = f"{self.URL}/Idempotency_Key__c/01JD7W8K3Q"
        missing = await api("GET", url)
        await api("PATCH", url, json={"Risk__c": "ALTO"})

        found = await api("GET", url)

        assert (missing.status, found.body["Risk__c"]) == (404, "ALTO")


class TestAFile:
    CONTENT = b"%PDF-1.7 plano de recuperacao"

    async def test_comes_as_multipart_and_is_linked_to_its_case(self, api, salesforce):
        entity = example("09")["multipart_request"]["parts"][0]["body"]
        entity |= {"FirstPublishLocationId": salesforce.case(NUMBER)["Id"]}
        form = FormData()
        form.add_field("entity_content", json.dumps(entity), content_type="application/json")
        form.add_field("VersionData", self.CONTENT, filename="plano.pdf")

        reply = await api("POST", "/sobjects/ContentVersion", data=form)

        assert (reply.status, reply.body["success"]) == (201, True)
        (version,) = salesforce.files(NUMBER)
        assert version["VersionData"] == self.CONTENT
        assert version["Checksum"] == hashlib.md5(self.CONTENT, usedforsecurity=False).hexdigest()
        assert version["Title"] == entity["Title"]

    async def test_may_come_as_json(self, api, salesforce):
        body = example("09")["json_request_small"]["body"]
        body |= {"FirstPublishLocationId": salesforce.case(NUMBER)["Id"]}

        reply = await api("POST", "/sobjects/ContentVersion", json=body)

        assert reply.status == 201
        assert salesforce.files(NUMBER)[0]["VersionData"] == base64.b64decode(body["VersionData"])

    async def test_must_have_content(self, api):
        reply = await api("POST", "/sobjects/ContentVersion", json={"PathOnClient": "a.pdf"})

        assert reply.code == "REQUIRED_FIELD_MISSING"
