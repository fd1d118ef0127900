"""The laws of the fake's composite: all or nothing, judged part by part."""

import pytest

from dev.salesforce.errors import SalesforceError
from tests.fake_salesforce.conftest import NUMBER, example, part


@pytest.fixture
def write(salesforce, case_url):
    """The parts of the one write of the product: the Case, its comment, the log, read back."""
    documented = example("06")["request"]["body"]["compositeRequest"]
    case, comment, log, after = (dict(each) for each in documented)
    fields = {"OwnerId": salesforce.queue_id(), "Status": "Waiting External", "Priority": "High"}
    case_id = salesforce.case(NUMBER)["Id"]
    for each in (case, after):
        each["url"] = each["url"].replace("5003h00000A1b2CAAR", case_id)
    case["body"] = fields
    comment["body"] = comment["body"] | {"ParentId": case_id}
    log["body"] = log["body"] | {"Case__c": case_id}
    return case, comment, log, after


def statuses(reply):
    return [each["httpStatusCode"] for each in reply.body["compositeResponse"]]


def codes(reply):
    return [
        each["body"][0]["errorCode"] if each["httpStatusCode"] >= 400 else None
        for each in reply.body["compositeResponse"]
    ]


class TestAllOrNone:
    async def test_writes_everything(self, api, salesforce, write):
        reply = await api.composite(*write)

        wanted = example("06")["response_ok"]["body"]["compositeResponse"]
        assert statuses(reply) == [each["httpStatusCode"] for each in wanted]
        assert [each.keys() for each in reply.body["compositeResponse"]] == [
            each.keys() for each in wanted
        ]
        assert write[0]["body"].items() <= salesforce.case(NUMBER).items()
        assert write[0]["body"].items() <= reply.body["compositeResponse"][3]["body"].items()
        assert len(salesforce.logs(NUMBER)) == 1

    async def test_rolls_everything_back_when_one_part_is_refused(self, api, salesforce, write):
        before = salesforce.case(NUMBER), salesforce.comments(NUMBER)
        write[2]["body"]["Unknown__c"] = 1

        reply = await api.composite(*write)

        assert (reply.status, statuses(reply)) == (200, [400] * 4)
        halted = "PROCESSING_HALTED"
        assert codes(reply) == [halted, halted, "INVALID_FIELD", halted]
        assert (salesforce.case(NUMBER), salesforce.comments(NUMBER)) == before
        assert salesforce.history(NUMBER) == []

    async def test_is_proven_by_its_log_the_second_time(self, api, salesforce, write):
        await api.composite(*write)
        reply = await api.composite(*write)

        wanted = example("06")["response_already_applied"]["body"]["compositeResponse"]
        assert codes(reply) == [each["body"][0]["errorCode"] for each in wanted]
        marked = [row for row in salesforce.comments(NUMBER) if "[rb:" in row["CommentBody"]]
        assert len(marked) == 1

    async def test_meets_a_validation_rule(self, api, salesforce, write):
        wanted = example("06")["response_rolled_back"]["body"]["compositeResponse"]
        rule = wanted[0]["body"][0]
        error = SalesforceError(rule["errorCode"], rule["message"], fields=rule["fields"])
        salesforce.refuse_next("Case", error)

        reply = await api.composite(*write)

        assert reply.body["compositeResponse"] == wanted

    async def test_leaves_no_lock_behind(self, api, case_url, write):
        write[2]["body"]["Unknown__c"] = 1
        await api.composite(*write)

        reply = await api("PATCH", case_url, json={"Status": "Working"})

        assert reply.status == 204


class TestEachForItself:
    async def test_keeps_what_was_not_refused(self, api, salesforce, write):
        write[2]["body"]["Unknown__c"] = 1

        reply = await api.composite(*write, all_or_none=False)

        assert statuses(reply) == [204, 201, 400, 200]
        assert salesforce.case(NUMBER)["Status"] == "Waiting External"


class TestAReference:
    async def test_stands_for_what_an_earlier_part_answered(self, api, salesforce):
        reply = await api.composite(
            part("made", "POST", "/sobjects/Case", {"Subject": "Novo"}),
            part(
                "said",
                "POST",
                "/sobjects/CaseComment",
                {"ParentId": "@{made.id}", "CommentBody": "oi"},
            ),
            part("read", "GET", "/sobjects/Case/@{made.id}?fields=CaseNumber"),
        )

        assert statuses(reply) == [201, 201, 200]
        number = reply.body["compositeResponse"][2]["body"]["CaseNumber"]
        assert [row["CommentBody"] for row in salesforce.comments(number)] == ["oi"]

    async def test_to_a_part_that_failed_fails_too(self, api):
        reply = await api.composite(
            part("made", "POST", "/sobjects/Case", {"Subjectt": "Novo"}),
            part("read", "GET", "/sobjects/Case/@{made.id}"),
            all_or_none=False,
        )

        assert codes(reply) == ["INVALID_FIELD", "PROCESSING_HALTED"]


class TestAHeader:
    @pytest.mark.parametrize("on_part", [True, False])
    async def test_of_the_whole_is_not_that_of_its_parts(self, api, salesforce, case_url, on_part):
        header = {"Sforce-Auto-Assign": "FALSE"}
        fields = {"OwnerId": salesforce.queue_id()}
        one = part("case", "PATCH", case_url, fields, **(header if on_part else {}))

        await api("POST", "/composite", json={"compositeRequest": [one]}, headers=header)

        owner = salesforce.queue_id() if on_part else salesforce.queue_id("FOOD_TRIAGEM")
        assert salesforce.case(NUMBER)["OwnerId"] == owner


class TestTheWhole:
    @pytest.mark.parametrize(
        "parts",
        [
            [],
            [part(f"p{number}", "GET", "/sobjects/Case/x") for number in range(26)],
            [part(f"p{number}", "GET", "/query?q=x") for number in range(6)],
            [part("same", "GET", "/sobjects/Case/x")] * 2,
            [part("a-b", "GET", "/sobjects/Case/x")],
            [part("a", "GET", "/sobjects/Case/x", Authorization="Bearer x")],
            [{"method": "GET"}],
        ],
        ids=["none", "26", "6 queries", "same name", "bad name", "inherited header", "no url"],
    )
    async def test_is_refused_before_anything_is_done(self, api, parts):
        reply = await api.composite(*parts)

        assert reply.status == 400

    async def test_counts_as_one_request(self, api, salesforce, write):
        await api.composite(*write)

        assert salesforce.used_requests == 1

    async def test_has_no_chatter(self, api):
        reply = await api.composite(part("post", "POST", "/chatter/feed-elements", {"a": 1}))

        assert codes(reply) == ["NOT_FOUND"]
