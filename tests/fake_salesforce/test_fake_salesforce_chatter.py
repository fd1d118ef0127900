"""The laws of the fake's Chatter: mentions are checked, posts are bounded and read back."""

import pytest

from tests.fake_salesforce.conftest import ANA, FERNANDA, FORMER, NUMBER, example
from tests.fake_salesforce.test_fake_salesforce_queries import shape

URL = "/chatter/feed-elements"


@pytest.fixture
def post(salesforce):
    """The post of the product: the lead is mentioned, then told why."""
    body = example("07")["request"]["body"]
    body["subjectId"] = salesforce.case(NUMBER)["Id"]
    body["body"]["messageSegments"][0]["id"] = salesforce.user_id(FERNANDA)
    del body["capabilities"]
    return body


class TestAPost:
    async def test_looks_as_documented(self, api, salesforce, post):
        reply = await api("POST", URL, json=post)

        assert reply.status == 201
        assert shape(reply.body) == shape(example("07")["response"]["body"])
        assert reply.body["actor"]["id"] == salesforce.integration_user_id
        assert reply.body["body"]["text"].startswith("@Fernanda Lima caso 00001234")

    @pytest.mark.parametrize(
        ("headers", "shown"),
        [({}, "1 &lt; 2 &amp; 3"), ({"X-Chatter-Entity-Encoding": "false"}, "1 < 2 & 3")],
    )
    async def test_comes_back_as_html_unless_that_is_forbidden(
        self, api, salesforce, post, headers, shown
    ):
        post["body"]["messageSegments"] = [{"type": "Text", "text": "1 < 2 & 3"}]

        reply = await api("POST", URL, json=post, headers=headers)

        assert reply.body["body"]["text"] == shown
        assert reply.body["body"]["messageSegments"][0]["text"] == shown
        assert salesforce.posts(NUMBER)[0]["Body"] == "1 < 2 & 3"

    @pytest.mark.parametrize("who", ["queue", "former", "nobody"])
    async def test_mentions_neither_a_queue_nor_who_has_left(self, api, salesforce, post, who):
        ids = {"queue": salesforce.queue_id(), "former": salesforce.user_id(FORMER), "nobody": "x"}
        post["body"]["messageSegments"][0]["id"] = ids[who]

        reply = await api("POST", URL, json=post)

        assert (reply.status, salesforce.posts(NUMBER)) == (400, [])

    @pytest.mark.parametrize(("length", "status"), [(10_000, 201), (10_001, 400)])
    async def test_has_at_most_10000_characters(self, api, post, length, status):
        post["body"]["messageSegments"] = [{"type": "Text", "text": "ã" * length}]

        reply = await api("POST", URL, json=post)

        assert reply.status == status

    @pytest.mark.parametrize(("mentions", "status"), [(25, 201), (26, 400)])
    async def test_has_at_most_25_mentions(self, api, post, mentions, status):
        post["body"]["messageSegments"] = post["body"]["messageSegments"][:1] * mentions

        reply = await api("POST", URL, json=post)

        assert reply.status == status

    async def test_needs_a_case_that_exists(self, api, post):
        post["subjectId"] = "5003h0000000000AAA"

        reply = await api("POST", URL, json=post)

        assert reply.status == 404

    async def test_needs_segments(self, api, post):
        post["body"]["messageSegments"] = []

        reply = await api("POST", URL, json=post)

        assert reply.status == 400


class TestAFeed:
    async def test_is_listed_newest_first_and_page_by_page(self, api, salesforce, clock):
        for number in range(3):
            salesforce.post_as(ANA, NUMBER, f"{number}")
            clock.advance(seconds=1)
        case_id = salesforce.case(NUMBER)["Id"]

        first = await api("GET", f"/chatter/feeds/record/{case_id}/feed-elements?pageSize=2")
        second = await api.send("GET", first.body["nextPageUrl"])

        texts = [
            [element["body"]["text"] for element in reply.body["elements"]]
            for reply in (first, second)
        ]
        assert texts == [["2", "1"], ["0"]]
        assert second.body["nextPageUrl"] is None

    async def test_holds_the_replies(self, api, salesforce):
        post_id = salesforce.post_as(ANA, NUMBER, "Alguém viu?")
        salesforce.reply_as(FERNANDA, post_id, "Sim.")
        case_id = salesforce.case(NUMBER)["Id"]

        reply = await api("GET", f"/chatter/feeds/record/{case_id}/feed-elements")

        comments = reply.body["elements"][0]["capabilities"]["comments"]["page"]
        assert comments["total"] == 1
        assert comments["items"][0]["body"]["text"] == "Sim."
        assert comments["items"][0]["user"]["displayName"] == "Fernanda Lima"


async def test_a_mention_can_be_validated_first(api, salesforce):
    wanted = example("07")["validate_first"]
    people = [salesforce.user_id(FERNANDA), salesforce.user_id(FORMER), salesforce.queue_id()]
    params = wanted["request"]["params"] | {
        "parentId": salesforce.case(NUMBER)["Id"],
        "recordIds": ",".join([*people, "0053h0000000000AAA"]),
    }

    reply = await api("GET", "/chatter/mentions/validations", params=params)

    assert shape(reply.body) == shape(wanted["response"]["body"])
    assert [each["validationStatus"] for each in reply.body["mentionValidations"]] == [
        "Ok",
        "Disallowed",
        "Disallowed",
        "Inaccessible",
    ]
