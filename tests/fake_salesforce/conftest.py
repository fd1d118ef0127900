"""The fake, held to the OpenAPI slice during every test, and a client that reads its answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from dev.salesforce import FakeSalesforce
from dev.salesforce.oauth import JWT_BEARER
from dev.salesforce.org import INTEGRATION_USERNAME
from dev.salesforce.rest import BASE
from tests.fake_salesforce.contract import Contract

CONSUMER_KEY = "3MVG9.fake"
SECRET = "consumer-secret"
EXAMPLES = Path(__file__).parent.parent / "fixtures" / "salesforce" / "examples"


def example(number: str) -> Any:
    (path,) = EXAMPLES.glob(f"{number}-*.json")
    return json.loads(path.read_text(encoding="utf-8"))


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Reply:
    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        return str(self.body[0]["errorCode"])


class Client:
    """A client without any cleverness: one request, one answer."""

    def __init__(self, http: ClientSession, salesforce: FakeSalesforce) -> None:
        self._http, self._salesforce = http, salesforce
        self.token = ""

    async def login(self, **form: str) -> Reply:
        reply = await self.send("POST", "/services/oauth2/token", data=form)
        if reply.status == 200:
            self.token = reply.body["access_token"]
        return reply

    async def send(self, method: str, path: str, **rest: Any) -> Reply:
        session = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers = session | rest.pop("headers", {})
        url = self._salesforce.url + path
        async with self._http.request(method, url, headers=headers, **rest) as response:
            raw = await response.text()
            body = json.loads(raw) if raw[:1] in ("[", "{") else raw or None
            return Reply(response.status, body, response.headers)

    async def __call__(self, method: str, path: str, **rest: Any) -> Reply:
        return await self.send(method, BASE + path, **rest)

    async def query(self, text: str) -> Reply:
        return await self("GET", "/query", params={"q": text})

    async def composite(self, *parts: dict[str, Any], all_or_none: bool = True) -> Reply:
        body = {"allOrNone": all_or_none, "compositeRequest": list(parts)}
        return await self("POST", "/composite", json=body)


def part(reference: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    made = {"method": method, "url": BASE + path, "referenceId": reference}
    made |= {"body": body} if body else {}
    return made | ({"httpHeaders": headers} if headers else {})


@pytest.fixture(scope="session")
def private_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def private_pem(private_key):
    return private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="session")
def public_pem(private_key):
    key = private_key.public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def salesforce(clock, public_pem):
    contract = Contract()
    async with FakeSalesforce(clock=clock, middlewares=[contract.middleware]) as served:
        served.register(CONSUMER_KEY, public_key=public_pem, secret=SECRET)
        yield served
    assert contract.violations == []


@pytest.fixture
def assertion(private_key, salesforce, clock):
    """Sign an assertion as the product does; keyword arguments replace its claims."""

    def sign(*, key=private_key, **claims):
        standard = {
            "iss": CONSUMER_KEY,
            "sub": INTEGRATION_USERNAME,
            "aud": salesforce.url,
            "exp": int(clock().timestamp()) + 120,
        }
        return jwt.encode(standard | claims, key, algorithm="RS256")

    return sign


@pytest.fixture
async def stranger(salesforce):
    """A client without a session."""
    async with ClientSession() as http:
        yield Client(http, salesforce)


@pytest.fixture
async def api(stranger, assertion):
    """A client with a session of the integration user."""
    await stranger.login(grant_type=JWT_BEARER, assertion=assertion())
    return stranger


@pytest.fixture
def case_url(salesforce):
    return f"/sobjects/Case/{salesforce.case(NUMBER)['Id']}"


NUMBER = "00012345"
ANA, FERNANDA = "ana.souza@empresa.com.br", "fernanda.lima@empresa.com.br"
FORMER = "carla.dias@empresa.com.br"
UNASSIGNED = {"Sforce-Auto-Assign": "FALSE"}
