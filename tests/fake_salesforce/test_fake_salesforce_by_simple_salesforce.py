"""A client that we did not write works with the fake: simple-salesforce, over a mapped address."""

import asyncio

import pytest
from requests import Session
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest
from simple_salesforce.format import format_soql

from dev.salesforce import FakeSalesforce
from dev.salesforce.org import INTEGRATION_USERNAME
from dev.salesforce.query import STATEMENTS
from tests.fake_salesforce.conftest import CONSUMER_KEY, NUMBER, UNASSIGNED, part
from tests.fake_salesforce.contract import Contract

MY_DOMAIN = "https://acme.my.salesforce.com"


class ToTheFake(HTTPAdapter):
    """Send what is addressed to the org to the fake."""

    def __init__(self, url):
        super().__init__()
        self._url = url

    def send(self, request, *arguments, **further):
        request.url = request.url.replace(MY_DOMAIN, self._url)
        return super().send(request, *arguments, **further)


@pytest.fixture
async def acme(public_pem):
    contract = Contract()
    async with FakeSalesforce(my_domain=MY_DOMAIN, middlewares=[contract.middleware]) as served:
        served.register(CONSUMER_KEY, public_key=public_pem)
        yield served
    assert contract.violations == []


@pytest.fixture
async def session(acme):
    with Session() as session:
        session.mount(MY_DOMAIN, ToTheFake(acme.url))
        yield session


@pytest.fixture
async def client(session, private_pem):
    return await asyncio.to_thread(
        Salesforce,
        username=INTEGRATION_USERNAME,
        consumer_key=CONSUMER_KEY,
        privatekey=private_pem,
        domain="acme.my",
        version="67.0",
        session=session,
    )


async def test_it_logs_in_by_jwt_and_queries(client):
    text = STATEMENTS["case_by_number"].replace("'00001234'", "{}")

    found = await asyncio.to_thread(client.query, format_soql(text, NUMBER))

    assert found["records"][0]["Account"]["Name"] == "Padaria Sol"
    assert client.api_usage["api-usage"].used == 1


async def test_it_changes_a_case(client, acme):
    case_id = acme.case(NUMBER)["Id"]
    fields = {"Status": "Working", "OwnerId": acme.queue_id()}

    status = await asyncio.to_thread(client.Case.update, case_id, fields, headers=UNASSIGNED)

    assert status == 204
    assert fields.items() <= acme.case(NUMBER).items()


async def test_it_composes(client, acme):
    case_id = acme.case(NUMBER)["Id"]
    comment = {"ParentId": case_id, "CommentBody": "Olá"}
    parts = [
        part("case", "PATCH", f"/sobjects/Case/{case_id}", {"Status": "Working"}, **UNASSIGNED),
        part("comment", "POST", "/sobjects/CaseComment", comment),
    ]
    body = {"allOrNone": True, "compositeRequest": parts}

    answer = await asyncio.to_thread(client.restful, "composite", method="POST", json=body)

    assert [each["httpStatusCode"] for each in answer["compositeResponse"]] == [204, 201]


async def test_it_describes(client):
    described = await asyncio.to_thread(client.Case.describe)

    assert described["name"] == "Case"


async def test_it_logs_in_anew_when_its_session_has_ended(client, acme):
    acme.end_sessions()

    await asyncio.to_thread(client.query, STATEMENTS["queue"])

    assert acme.sessions.granted == 2


async def test_it_understands_a_refusal(client):
    with pytest.raises(SalesforceMalformedRequest, match=r"soql\.json"):
        await asyncio.to_thread(client.query, "SELECT Id FROM Case")
