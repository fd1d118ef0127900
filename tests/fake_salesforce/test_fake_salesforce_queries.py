"""The laws of the fake's SOQL: the known statements run over the rows, any other is an error."""

import re
from urllib.parse import quote

import pytest

from dev.salesforce.query import STATEMENTS
from dev.salesforce.rest import BASE
from tests.fake_salesforce.conftest import ANA, FERNANDA, NUMBER, example, part


def statement(name, **values):
    """Return a known statement with other literals, as `CaseNumber="00012345"`."""
    text = STATEMENTS[name]
    for field, value in values.items():
        text, count = re.subn(rf"(\b{field} (?:!?=|IN) \(?')[^']*'", rf"\g<1>{value}'", text)
        assert count
    return text


async def records(api, name, **values):
    reply = await api.query(statement(name, **values))
    assert reply.status == 200, reply.body
    return reply.body["records"]


def shape(value):
    """Tell the names in a JSON value; of a list those of its first item."""
    match value:
        case dict():
            return {name: shape(each) for name, each in value.items()}
        case [first, *_]:
            return [shape(first)]
    return ...


class TestAStatement:
    @pytest.mark.parametrize("name", STATEMENTS)
    async def test_that_is_known_runs(self, api, name):
        reply = await api.query(STATEMENTS[name])

        assert reply.status == 200
        assert reply.body["done"] is True

    @pytest.mark.parametrize(
        "text",
        [
            "SELECT Id FROM Case",
            "SELECT Id, CaseNumber FROM Case WHERE CaseNumber = '00012345'",
            STATEMENTS["case_by_number"].replace(" LIMIT 2", ""),
            STATEMENTS["poll_hist"].replace("CreatedDate ASC", "CreatedDate DESC"),
            "SELECT Id FORM Case",
            "SELECT Id FROM Case WHERE IsClosed = true AND Status = 'New' OR Status = 'x'",
            "SELECT Id FROM Case WHERE Subject LIKE '%a%'",
            "",
        ],
    )
    async def test_that_is_not_known_is_an_error_and_never_an_empty_answer(self, api, text):
        reply = await api.query(text)

        assert (reply.status, reply.code) == (400, "MALFORMED_QUERY")

    @pytest.mark.parametrize(
        ("text", "code", "message"),
        [
            (
                "SELECT Statuss FROM Case",
                "INVALID_FIELD",
                "No such column 'Statuss' on sobject of type Case",
            ),
            (
                "SELECT Owner.Phone FROM Case",
                "INVALID_FIELD",
                "No such column 'Phone' on sobject of type Name",
            ),
            ("SELECT Id FROM Casee", "INVALID_TYPE", "sObject type 'Casee' is not supported."),
            (
                "SELECT Id FROM FeedItem WHERE Body = 'oi'",
                "INVALID_FIELD",
                "field 'Body' can not be filtered in a query call",
            ),
        ],
    )
    async def test_with_a_name_that_does_not_exist_says_which(self, api, text, code, message):
        reply = await api.query(text)

        assert (reply.code, reply.body[0]["message"]) == (code, message)

    async def test_does_not_see_an_object_that_is_hidden(self, api, salesforce):
        salesforce.org.hidden = {"FeedItem"}

        reply = await api.query(STATEMENTS["poll_feed"])

        assert (reply.status, reply.code) == (400, "INVALID_TYPE")

    async def test_may_read_further_columns(self, api):
        text = statement("case_by_number", CaseNumber=NUMBER)

        reply = await api.query(text.replace(" FROM", ", Account.Plan__c FROM"))

        assert reply.body["records"][0]["Account"]["Plan__c"] == "Plano Completo"

    async def test_keeps_what_is_escaped_inside_a_literal(self, api, salesforce):
        name = r"FOOD\' OR Name != \'"

        found = await records(api, "queue", Name=name.replace("\\", r"\\"), DeveloperName="x")

        assert found == []

    async def test_compares_text_without_regard_to_case(self, api):
        assert await records(api, "user", Email=ANA.upper())


class TestCaseByNumber:
    async def test_looks_as_documented(self, api):
        reply = await api.query(statement("case_by_number", CaseNumber=NUMBER))

        assert shape(reply.body) == shape(example("03")["response"]["body"])
        (case,) = reply.body["records"]
        assert case["Owner"]["attributes"]["type"] == "Name"
        assert case["Account"]["Name"] == "Padaria Sol"

    async def test_of_no_case_is_empty(self, api):
        reply = await api.query(statement("case_by_number", CaseNumber="99999999"))

        assert reply.body == example("03")["not_found"]["body"]

    async def test_without_customer_has_nulls(self, api):
        (case,) = await records(api, "case_by_number", CaseNumber="00012349")

        assert (case["AccountId"], case["Account"], case["Contact"]) == (None, None, None)

    async def test_tells_that_a_queue_owns_it(self, api, salesforce):
        salesforce.change(NUMBER, "OwnerId", salesforce.queue_id(), by=FERNANDA)

        (case,) = await records(api, "case_by_number", CaseNumber=NUMBER)

        assert case["Owner"]["Name"] == "FOOD - ADMINISTRATIVO/FINANCEIRO"

    async def test_does_not_find_what_is_deleted(self, api, salesforce):
        salesforce.delete_case(NUMBER, by=ANA)

        assert await records(api, "case_by_number", CaseNumber=NUMBER) == []


async def test_a_case_is_found_by_the_key_it_was_created_with(api):
    body = {"Subject": "Novo", "SuppliedName": "01JD7W8K3Q", "SuppliedCompany": "Padaria Sol"}
    made = await api("POST", "/sobjects/Case", json=body)

    (found,) = await records(api, "case_by_key", SuppliedName="01JD7W8K3Q")

    assert (found["Id"], found["CaseNumber"]) == (made.body["id"], "00012400")


class TestTheCustomersCases:
    async def test_are_the_last_ten_newest_first(self, api, salesforce):
        case = salesforce.case(NUMBER)

        found = await records(api, "history", AccountId=case["AccountId"], Id=case["Id"])

        created = [each["CreatedDate"] for each in found]
        assert (len(found), created) == (10, sorted(created, reverse=True))
        assert NUMBER not in [each["CaseNumber"] for each in found]


class TestTheQueue:
    async def test_looks_as_documented(self, api):
        reply = await api.query(STATEMENTS["queue"])

        assert shape(reply.body) == shape(example("04")["response"]["body"])

    async def test_serves_cases(self, api):
        reply = await api.query(STATEMENTS["queue_case"])

        documented = example("04")["check_case_enabled"]["response"]["body"]
        assert shape(reply.body) == shape(documented)


class TestThePoll:
    async def test_looks_as_documented(self, api, salesforce, clock):
        clock.advance(minutes=15)
        salesforce.change(NUMBER, "Status", "Working", by=FERNANDA)
        salesforce.comment_as(FERNANDA, NUMBER, "Boleto estornado.")
        case_id = salesforce.case(NUMBER)["Id"]
        names = ("poll_case", "poll_hist", "poll_comment", "poll_feed", "poll_feedcomment")
        texts = {name: STATEMENTS[name].replace("500000000000001AAA", case_id) for name in names}

        reply = await api.composite(
            *(part(name, "GET", f"/query?q={quote(text)}") for name, text in texts.items()),
            all_or_none=False,
        )

        wanted = example("12")["response"]["body"]["compositeResponse"]
        assert [shape(each) for each in reply.body["compositeResponse"]] == [
            shape(each) for each in wanted
        ]

    async def test_leaves_out_what_is_older_than_the_cursor(self, api, salesforce, clock):
        clock.advance(seconds=-1)
        salesforce.comment_as(ANA, NUMBER, "Antes")
        case_id = salesforce.case(NUMBER)["Id"]

        reply = await api.query(STATEMENTS["poll_comment"].replace("500000000000001AAA", case_id))

        assert reply.body["records"] == []

    async def test_takes_many_cases_at_once(self, api, salesforce):
        numbers = (NUMBER, "00012346")
        for number in numbers:
            salesforce.post_as(FERNANDA, number, "Olá")
        ids = "', '".join(salesforce.case(number)["Id"] for number in numbers)

        reply = await api.query(STATEMENTS["poll_feed"].replace("500000000000001AAA", ids))

        assert [each["Body"] for each in reply.body["records"]] == ["Olá", "Olá"]

    async def test_hands_out_page_by_page(self, api, salesforce):
        salesforce.rest.page = 2
        for number in range(5):
            salesforce.comment_as(ANA, NUMBER, f"{number}")
        case_id = salesforce.case(NUMBER)["Id"]

        reply = await api.query(STATEMENTS["poll_comment"].replace("500000000000001AAA", case_id))
        found = list(reply.body["records"])
        while not reply.body["done"]:
            path = reply.body["nextRecordsUrl"].removeprefix(BASE)
            reply = await api("GET", path)
            found += reply.body["records"]

        assert [each["CommentBody"] for each in found] == ["0", "1", "2", "3", "4"]
        assert reply.body["totalSize"] == 5
