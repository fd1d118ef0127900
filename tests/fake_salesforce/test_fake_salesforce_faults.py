"""The laws of the fake's faults: what was committed before the client lost sight of it."""

import asyncio

import pytest
from aiohttp import ClientConnectionError

from dev.salesforce import faults
from tests.fake_salesforce.conftest import NUMBER


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        (faults.lock(), (400, "UNABLE_TO_LOCK_ROW")),
        (faults.unavailable(), (503, "SERVER_UNAVAILABLE")),
        (faults.broken(), (500, "UNKNOWN_EXCEPTION")),
        (faults.limit(), (403, "REQUEST_LIMIT_EXCEEDED")),
        (faults.too_many_at_once(), (403, "REQUEST_LIMIT_EXCEEDED")),
        (faults.expired_session(), (401, "INVALID_SESSION_ID")),
    ],
)
async def test_a_refusal_does_nothing_and_comes_as_often_as_told(
    api, case_url, salesforce, fault, refusal
):
    salesforce.fail_next(fault, times=2)
    replies = [await api("PATCH", case_url, json={"Status": "Working"}) for _ in range(2)]
    before = salesforce.case(NUMBER)["Status"]

    third = await api("PATCH", case_url, json={"Status": "Working"})

    assert [(each.status, each.code) for each in replies] == [refusal] * 2
    assert (before, third.status) == ("New", 204)


async def test_another_voice_speaks_no_json(api, salesforce):
    salesforce.fail_next(faults.another_voice(200))

    other = await api("GET", "/sobjects/Case/describe")
    own = await api("GET", "/sobjects/Case/describe")

    assert (other.status, other.headers["Content-Type"][:9]) == (200, "text/html")
    assert own.body["name"] == "Case"


async def test_a_fault_waits_for_its_request(api, case_url, salesforce):
    salesforce.fail_next(faults.unavailable(), on="PATCH /sobjects/Case")

    read = await api("GET", case_url)
    changed = await api("PATCH", case_url, json={"Status": "Working"})

    assert (read.status, changed.status) == (200, 503)


@pytest.mark.parametrize(
    ("fault", "status"), [(faults.reset, "New"), (faults.reset_after_commit, "Working")]
)
async def test_a_connection_breaks_before_or_after_the_commit(
    api, case_url, salesforce, fault, status
):
    salesforce.fail_next(fault)

    with pytest.raises(ClientConnectionError):
        await api("PATCH", case_url, json={"Status": "Working"})

    assert salesforce.case(NUMBER)["Status"] == status


@pytest.mark.parametrize(
    ("fault", "status"), [(faults.hang, "New"), (faults.hang_after_commit, "Working")]
)
async def test_an_answer_never_comes_before_or_after_the_commit(
    api, case_url, salesforce, fault, status
):
    salesforce.fail_next(fault)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(api("PATCH", case_url, json={"Status": "Working"}), 0.2)

    assert salesforce.case(NUMBER)["Status"] == status


async def test_an_answer_comes_when_it_is_let_go(api, case_url, salesforce):
    let_go = asyncio.Event()
    salesforce.fail_next(faults.held(let_go.wait()), on=case_url)
    asking = asyncio.create_task(api("GET", case_url))
    other = await api("GET", "/sobjects/Case/describe")

    assert (other.status, asking.done()) == (200, False)
    let_go.set()
    assert (await asking).status == 200


async def test_an_answer_may_come_late(api, case_url, salesforce):
    salesforce.fail_next(faults.slow(0.05))
    loop = asyncio.get_running_loop()
    begun = loop.time()

    reply = await api("GET", case_url)

    assert reply.status == 200
    assert loop.time() - begun >= 0.05


async def test_every_request_is_noted(api, case_url, salesforce):
    await api(
        "PATCH", case_url, json={"Status": "Working"}, headers={"Sforce-Auto-Assign": "FALSE"}
    )

    (received,) = salesforce.received_at(case_url, method="PATCH")
    assert received.body == {"Status": "Working"}
    assert received.headers["sforce-auto-assign"] == "FALSE"
