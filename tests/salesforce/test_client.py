"""The HTTP client: what is tried again, what is not, and what others learn of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from dev.salesforce import faults
from dev.salesforce.errors import row_locked
from retention.salesforce import soql
from retention.salesforce.client import SalesforceClient
from retention.salesforce.composite import Part
from retention.salesforce.errors import (
    FateUnknown,
    LoginFailed,
    Refused,
    RowLocked,
    Unavailable,
)
from retention.salesforce.login import Logins, flow_of
from retention.services.ports.failures import RetryAfter
from tests.salesforce.orgs import AGENT, BY_SECRET, config

NUMBER = "00012346"


class Watch:
    def __init__(self):
        self.calls = []
        self.usage = []

    def call(self, operation, outcome, seconds):
        self.calls.append((operation, outcome))

    def used(self, used, limit):
        self.usage.append((used, limit))


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def make_client(org, session, pause, watch):
    def make_client(*, total_seconds=20.0):
        return SalesforceClient(
            session=session,
            logins=Logins(
                session=session,
                url=org.url,
                flow=flow_of(config(org.url, **BY_SECRET)),
                clock=pause,
            ),
            api_version="v67.0",
            total_seconds=total_seconds,
            clock=pause,
            sleep=pause.sleep,
            observe_call=watch.call,
            observe_usage=watch.used,
        )

    return make_client


@pytest.fixture
def client(make_client):
    return make_client()


@pytest.fixture
def case_path(org):
    return f"sobjects/Case/{org.case(NUMBER)['Id']}"


@pytest.fixture
def comment(org):
    return {"ParentId": org.case(NUMBER)["Id"], "CommentBody": "x", "IsPublished": False}


def of_calls(org):
    return [one for one in org.received if "/services/data/" in one.path]


class TestSession:
    async def test_an_ended_session_is_renewed_once_and_the_same_request_sent_again(
        self, org, client, case_path
    ):
        await client.user_id()
        org.end_sessions()

        await client.request("op", "PATCH", case_path, body={"Status": "Working"})

        first, second = of_calls(org)
        authorization = "authorization"
        assert first.headers[authorization] != second.headers[authorization]
        assert (first.body, first.headers["sforce-auto-assign"]) == (
            second.body,
            second.headers["sforce-auto-assign"],
        )
        assert org.sessions.granted == 2

    async def test_ten_calls_whose_session_ended_make_one_login(self, org, client, case_path):
        await client.user_id()
        org.end_sessions()

        await asyncio.gather(*(client.request("op", "GET", case_path) for _ in range(10)))

        assert org.sessions.granted == 2

    async def test_a_second_401_stands(self, org, client, case_path):
        org.fail_next(faults.expired_session(), on="GET /sobjects", times=2)

        with pytest.raises(LoginFailed):
            await client.request("op", "GET", case_path)

        assert len(of_calls(org)) == 2


class TestRetries:
    async def test_a_locked_row_is_tried_five_times(self, org, client, comment):
        org.fail_next(faults.lock(), on="POST /sobjects", times=4)

        await client.request("op", "POST", "sobjects/CaseComment", body=comment)

        assert len(of_calls(org)) == 5
        assert len(org.comments(NUMBER)) == 1

    async def test_a_row_that_stays_locked_is_left_to_the_caller(self, org, client, comment, pause):
        org.fail_next(faults.lock(), on="POST /sobjects", times=9)

        with pytest.raises(RowLocked):
            await client.request("op", "POST", "sobjects/CaseComment", body=comment)

        assert len(of_calls(org)) == 5
        assert len(set(pause.slept)) == 4

    @pytest.mark.parametrize("fault", [faults.unavailable(), faults.broken(), faults.reset])
    async def test_what_may_be_repeated_is_tried_three_times(self, org, client, case_path, fault):
        org.fail_next(fault, on="GET /sobjects", times=2)

        await client.request("op", "GET", case_path)

        assert len(of_calls(org)) == 3

    async def test_an_outage_is_left_to_the_caller(self, org, client, case_path):
        org.fail_next(faults.unavailable(), on="GET /sobjects", times=9)

        with pytest.raises(Unavailable):
            await client.request("op", "GET", case_path)

        assert len(of_calls(org)) == 3

    @pytest.mark.parametrize(
        ("fault", "written"),
        [
            (faults.unavailable(), 0),
            (faults.broken(), 0),
            (faults.reset, 0),
            (faults.reset_after_commit, 1),
            (faults.hang, 0),
            (faults.hang_after_commit, 1),
        ],
    )
    async def test_a_post_of_unknown_fate_is_not_repeated(
        self, org, make_client, comment, fault, written
    ):
        client = make_client(total_seconds=0.2)
        org.fail_next(fault, on="POST /sobjects", times=9)

        with pytest.raises(FateUnknown) as caught:
            await client.request("op", "POST", "sobjects/CaseComment", body=comment)

        assert caught.value.outcome_unknown
        assert (len(of_calls(org)), len(org.comments(NUMBER))) == (1, written)

    @pytest.mark.parametrize(
        ("fault", "seconds"), [(faults.limit(), 60), (faults.too_many_at_once(), 5)]
    )
    async def test_a_limit_is_not_pressed(self, org, client, case_path, fault, seconds):
        org.fail_next(fault, on="GET /sobjects", times=9)

        with pytest.raises(RetryAfter) as caught:
            await client.request("op", "GET", case_path)

        assert caught.value.seconds == seconds
        assert len(of_calls(org)) == 1

    async def test_no_try_begins_after_the_time_is_over(self, org, make_client, case_path, pause):
        org.fail_next(faults.unavailable(), on="GET /sobjects", times=9)

        with pytest.raises(Unavailable):
            await make_client(total_seconds=0.05).request("op", "GET", case_path)

        assert pause.slept == []


class TestAnotherVoice:
    """A proxy, a firewall, a page about maintenance: answers that are not Salesforce's own."""

    @pytest.mark.parametrize("status", [200, 302, 403, 404, 408, 425, 501, 520])
    async def test_it_is_no_answer_to_a_write(self, org, client, comment, status):
        org.fail_next(faults.another_voice(status), on="POST /sobjects")

        with pytest.raises(FateUnknown):
            await client.request("op", "POST", "sobjects/CaseComment", body=comment)

        assert len(of_calls(org)) == 1

    @pytest.mark.parametrize("status", [200, 403, 404])
    async def test_it_is_no_answer_to_a_transaction(self, org, client, comment, status):
        org.fail_next(faults.another_voice(status), on="/composite")
        part = Part("one", "POST", "sobjects/CaseComment", comment)

        with pytest.raises(FateUnknown):
            await client.transaction("op", [part], idempotent=False)

    @pytest.mark.parametrize("status", [200, 403, 404, 520])
    async def test_what_may_be_repeated_is_asked_again(self, org, client, case_path, status):
        org.fail_next(faults.another_voice(status), on="GET /sobjects", times=2)

        answer = await client.request("op", "GET", case_path)

        assert answer["CaseNumber"] == NUMBER


class TestDailyLimit:
    async def test_others_are_turned_away_without_a_call(self, org, client, case_path, pause):
        org.fail_next(faults.limit(), on="GET /sobjects")
        with pytest.raises(RetryAfter):
            await client.request("op", "GET", case_path)
        pause.now += 20

        with pytest.raises(RetryAfter) as caught:
            await client.query("op", soql.comments([org.case(NUMBER)["Id"]], org.clock()))

        assert caught.value.seconds == 40
        assert len(of_calls(org)) == 1

    async def test_one_call_a_minute_finds_out_whether_it_is_lifted(
        self, org, client, case_path, pause
    ):
        org.fail_next(faults.limit(), on="GET /sobjects", times=3)
        for _ in range(3):
            with pytest.raises(RetryAfter):
                await client.request("op", "GET", case_path)
            pause.now += 60

        await client.request("op", "GET", case_path)
        await client.request("op", "GET", case_path)

        assert len(of_calls(org)) == 5

    async def test_while_one_finds_out_the_others_wait_a_moment(
        self, org, client, case_path, pause
    ):
        org.fail_next(faults.limit(), on="GET /sobjects")
        with pytest.raises(RetryAfter):
            await client.request("op", "GET", case_path)
        pause.now += 60

        both: list[Any] = await asyncio.gather(
            *(client.request("op", "GET", case_path) for _ in range(2)), return_exceptions=True
        )

        first, second = both
        assert first["CaseNumber"] == NUMBER
        assert isinstance(second, RetryAfter)
        assert second.seconds <= 5

    async def test_a_refusal_is_an_answer_too(self, org, client, case_path, pause):
        org.fail_next(faults.limit(), on="GET /sobjects")
        with pytest.raises(RetryAfter):
            await client.request("op", "GET", case_path)
        pause.now += 60
        with pytest.raises(Refused):
            await client.request("op", "GET", "sobjects/Nothing")

        await client.request("op", "GET", case_path)

        assert len(of_calls(org)) == 3

    async def test_an_outage_tells_nothing_of_it(self, org, client, comment, pause):
        org.fail_next(faults.limit(), on="POST /sobjects")
        org.fail_next(faults.unavailable(), on="POST /sobjects")
        with pytest.raises(RetryAfter):
            await client.request("op", "POST", "sobjects/CaseComment", body=comment)
        pause.now += 60
        with pytest.raises(FateUnknown):
            await client.request("op", "POST", "sobjects/CaseComment", body=comment)

        with pytest.raises(RetryAfter):
            await client.request("op", "POST", "sobjects/CaseComment", body=comment)

        assert len(of_calls(org)) == 2

    async def test_it_is_told_once(self, org, client, case_path, pause):
        org.fail_next(faults.limit(), on="GET /sobjects", times=2)

        with capture_logs() as logs:
            for _ in range(2):
                with pytest.raises(RetryAfter):
                    await client.request("op", "GET", case_path)
                pause.now += 60
            await client.request("op", "GET", case_path)

        told = [entry["event"] for entry in logs if entry["event"].startswith("crm.limit")]
        assert told == ["crm.limit_reached", "crm.limit_lifted"]

    async def test_too_many_calls_at_once_keep_nobody_else_away(self, org, client, case_path):
        org.fail_next(faults.too_many_at_once(), on="GET /sobjects")
        with pytest.raises(RetryAfter):
            await client.request("op", "GET", case_path)

        await client.request("op", "GET", case_path)

        assert len(of_calls(org)) == 2


class TestQueries:
    async def test_all_pages_are_read(self, org, client):
        org.rest.page = 2
        for text in "abcde":
            org.comment_as(AGENT, NUMBER, text)
        statement = soql.comments([org.case(NUMBER)["Id"]], org.clock().replace(year=2020))

        rows = await client.query("op", statement)
        together = await client.queries("op", {"one": statement, "two": statement})

        assert [row["CommentBody"] for row in rows] == list("abcde")
        assert together.rows == {"one": rows, "two": rows}

    async def test_a_statement_that_salesforce_refuses_does_not_touch_the_others(self, org, client):
        org.comment_as(AGENT, NUMBER, "oi")
        good = soql.comments([org.case(NUMBER)["Id"]], org.clock().replace(year=2020))

        found = await client.queries("op", {"good": good, "bad": "SELECT Nothing FROM Case"})

        assert [row["CommentBody"] for row in found.rows["good"]] == ["oi"]
        assert found.refused["bad"].code == "INVALID_FIELD"
        assert "bad" not in found.rows


class TestTransaction:
    async def test_the_guilty_part_is_named_and_nothing_is_kept(self, org, client, comment):
        parts = [
            Part("first", "POST", "sobjects/CaseComment", comment),
            Part("second", "POST", "sobjects/CaseComment", {**comment, "CommentBody": "é" * 4000}),
            Part("third", "POST", "sobjects/CaseComment", comment),
        ]

        with pytest.raises(Refused) as caught:
            await client.transaction("op", parts, idempotent=False)

        assert (caught.value.code, caught.value.part) == ("STRING_TOO_LONG", "second")
        assert org.comments(NUMBER) == []

    async def test_a_locked_part_is_tried_again_with_the_whole(self, org, client, comment):
        org.refuse_next("CaseComment", row_locked("500"))

        await client.transaction(
            "op", [Part("one", "POST", "sobjects/CaseComment", comment)], idempotent=False
        )

        assert len(of_calls(org)) == 2
        assert len(org.comments(NUMBER)) == 1

    async def test_whoever_writes_a_case_always_keeps_its_owner(self, org, client, case_path):
        owner = org.case(NUMBER)["OwnerId"]

        await client.request("op", "PATCH", case_path, body={"Status": "Working"})
        await client.transaction(
            "op", [Part("case", "PATCH", case_path, {"Priority": "High"})], idempotent=True
        )

        assert org.case(NUMBER)["OwnerId"] == owner
        assert {one.headers.get("sforce-auto-assign") for one in of_calls(org)} == {"FALSE"}


class TestObservers:
    async def test_each_call_tells_its_operation_and_outcome(self, org, client, case_path, watch):
        org.fail_next(faults.unavailable(), on="GET /sobjects")

        await client.request("op", "GET", case_path)

        assert watch.calls == [("op", "SERVER_UNAVAILABLE"), ("op", "ok")]

    async def test_each_answer_tells_the_daily_calls(self, client, case_path, watch):
        await client.request("op", "GET", case_path)
        await client.request("op", "GET", case_path)

        assert watch.usage == [(1, 115_000), (2, 115_000)]
        assert client.usage == (2, 115_000)
        assert client.usage_share == 2 / 115_000

    async def test_before_the_first_answer_no_share_of_the_calls_is_known(self, client):
        assert client.usage_share is None

    async def test_logs_hold_no_token_and_nothing_of_what_was_said(self, org, client, comment):
        text = {**comment, "CommentBody": "Padaria Sol quer cancelar"}
        org.fail_next(faults.lock(), on="POST /sobjects")

        with capture_logs() as logs:
            await client.request("op", "POST", "sobjects/CaseComment", body=text)

        assert "Padaria" not in str(logs)
        assert "Bearer" not in str(logs)
        assert [entry["outcome"] for entry in logs if entry["event"] == "crm.called"] == [
            "UNABLE_TO_LOCK_ROW",
            "ok",
        ]
