"""The fake Connector answers as the recorded shapes of Teams do, and we understand those shapes."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest

from bot.connector_errors import error_code
from tests.fake_connector import MESSAGE_LIMIT_BYTES, FakeConnector, RosterMember

FIXTURES = Path(__file__).parent.parent / "fixtures" / "teams"
THREAD = "19:5e8d0c7b4a3f4d1e9b6a2c8f7d5e3a10@thread.tacv2;messageid=1795266318870"


def fixture(name):
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def member_of(recorded):
    return RosterMember(mri=recorded["id"], object_id=recorded["objectId"], name=recorded["name"])


@pytest.fixture
async def teams():
    async with FakeConnector([member_of(fixture("connector-member-response"))]) as fake:
        yield fake


@pytest.fixture
async def request_json(teams):
    async with aiohttp.ClientSession(f"{teams.service_url}v3/") as session:

        async def request_json(method, *parts, body=None):
            path = "/".join(["conversations", *(quote(part, safe="") for part in parts)])
            async with session.request(method, path, json=body) as answer:
                return answer.status, await answer.json()

        yield request_json


class TestFakeConnector:
    async def test_a_sent_message_is_answered_with_its_id(self, request_json):
        status, answer = await request_json(
            "POST", THREAD, "activities", body=fixture("outgoing-message-mention-lead")
        )

        assert status == 201
        assert answer.keys() == fixture("connector-sendactivity-response").keys()
        assert answer["id"].isdecimal()

    async def test_a_channel_conversation_is_answered_with_thread_and_message(self, request_json):
        recorded = fixture("connector-createconversation-channel-response")

        _, answer = await request_json(
            "POST", body=fixture("connector-createconversation-channel-request")
        )

        channel, _, root = answer["id"].partition(";messageid=")
        assert answer.keys() == recorded.keys()
        assert channel == recorded["id"].partition(";")[0]
        assert root == answer["activityId"]

    async def test_a_personal_conversation_is_answered_with_its_chat(self, request_json):
        _, answer = await request_json(
            "POST", body=fixture("connector-createconversation-personal-request")
        )

        assert answer.keys() == fixture("connector-createconversation-personal-response").keys()
        assert answer["id"].startswith("a:")

    async def test_a_member_is_answered_in_full(self, request_json):
        recorded = fixture("connector-member-response")

        _, answer = await request_json("GET", THREAD, "members", recorded["id"])

        assert answer.keys() == recorded.keys()
        assert [answer[name] for name in ("id", "objectId", "name", "givenName", "surname")] == [
            recorded[name] for name in ("id", "objectId", "name", "givenName", "surname")
        ]

    async def test_an_update_of_an_unknown_message_is_answered_404(self, request_json):
        status, answer = await request_json("PUT", THREAD, "activities", "1", body={})

        assert (status, answer) == (404, fixture("connector-error-404-activity"))

    async def test_a_message_too_big_is_answered_413(self, request_json):
        text = "x" * (MESSAGE_LIMIT_BYTES // 2)

        status, answer = await request_json("POST", THREAD, "activities", body={"text": text})

        assert (status, answer) == (413, fixture("connector-error-413"))

    async def test_an_unknown_member_is_answered_404(self, request_json):
        status, answer = await request_json("GET", THREAD, "members", "29:nobody")

        assert (status, error_code(json.dumps(answer).encode())) == (
            404,
            "MemberNotFoundInConversation",
        )

    @pytest.mark.parametrize(
        "name", ["outgoing-message-mention-lead", "outgoing-card-with-mention"]
    )
    async def test_a_mention_counts_when_its_text_is_in_the_message(
        self, request_json, teams, name
    ):
        await request_json("POST", THREAD, "activities", body=fixture(name))

        assert len(teams.thread(THREAD)[0].mentions) == 1

    async def test_a_mention_of_other_text_is_ignored(self, request_json, teams):
        activity = {**fixture("outgoing-message-mention-lead"), "text": "Lia Ramos"}

        await request_json("POST", THREAD, "activities", body=activity)

        assert teams.thread(THREAD)[0].mentions == []

    async def test_text_with_a_card_becomes_two_messages(self, request_json, teams):
        activity = {**fixture("outgoing-card-with-mention"), "text": "oi"}

        _, answer = await request_json("POST", THREAD, "activities", body=activity)

        assert "id" not in answer
        assert [(each.text, len(each.cards)) for each in teams.thread(THREAD)] == [
            ("oi", 0),
            ("", 1),
        ]

    async def test_a_message_to_the_bare_channel_opens_a_thread(self, request_json, teams):
        channel = THREAD.partition(";")[0]

        _, answer = await request_json("POST", channel, "activities", body={"text": "oi"})

        assert teams.conversations() == [f"{channel};messageid={answer['id']}"]

    async def test_a_wait_ends_when_it_becomes_true(self, request_json, teams):
        await request_json("POST", THREAD, "activities", body={"text": "oi"})

        await teams.until(lambda: teams.of_kind("send"))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("403-not-in-roster", "BotNotInConversationRoster"),
        ("403-writes-blocked", "MessageWritesBlocked"),
        ("404-activity", "ActivityNotFoundInConversation"),
        ("412", "PreconditionFailed"),
        ("413", "MessageSizeTooBig"),
        ("429", "Throttled"),
    ],
)
def test_the_code_of_every_recorded_error_is_read(name, code):
    body = (FIXTURES / f"connector-error-{name}.json").read_bytes()

    assert error_code(body) == code
