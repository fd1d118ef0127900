"""The HTTP edge: bad input ends with a bare status, never with 5xx."""

from __future__ import annotations

import asyncio
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.auth import NoAuthentication
from bot.http import Edge
from bot.metrics import Metrics
from bot.service_url import ServiceUrl
from tests.databases import database_of
from tests.fake_connector import FakeConnector
from tests.scenarios.office import fixture, open_office, used_before

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def sqlite_url(tmp_path):
    yield from database_of("sqlite", tmp_path, used_before)


@pytest.fixture
async def office(sqlite_url):
    async with FakeConnector() as teams, open_office(sqlite_url, teams) as running:
        yield running


async def post(office, data, content_type="application/json"):
    headers = {"Content-Type": content_type}
    async with office.client.post("/api/messages", data=data, headers=headers) as response:
        return response.status, await response.text()


async def test_healthz_answers_once_the_bot_can_serve(office):
    async with office.client.get("/healthz") as response:
        assert response.status == 200


async def test_readyz_tells_of_the_parts_that_the_operators_page_explains(office):
    page = (ROOT / "docs" / "operacao.md").read_text("utf-8")
    [shown] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)

    async with office.client.get("/readyz") as response:
        answer = await response.json()

    assert set(answer) == set(json.loads(shown))
    for part in set(answer) - {"ready"}:
        assert f"| `{part}` |" in page


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"{", 400),
        (b"", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"type": 7}', 400),
        (b"\xff\xfe", 400),
        (io.BytesIO(b"x" * 2_000_000), 413),
    ],
)
async def test_what_is_no_activity_ends_at_the_door(office, data, status):
    assert await post(office, data) == (status, "")


@pytest.mark.parametrize(
    "header", [{"X-Forwarded-For": "10.0.0.5"}, {"Host": "retencao.contoso.com"}]
)
async def test_in_local_mode_nobody_comes_in_through_a_proxy(office, header):
    body = fixture("channel-message-mention") | {"serviceUrl": office.teams.service_url}

    async with office.client.post("/api/messages", json=body, headers=header) as response:
        assert (response.status, await response.text()) == (403, "")
    assert office.teams.calls == []


async def test_a_body_that_is_not_packed_as_it_says_ends_at_the_door(office):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}

    async with office.client.post("/api/messages", data=b"{}", headers=headers) as response:
        assert (response.status, await response.text()) == (400, "")


class Caller:
    """A request whose body never ends as it should."""

    content_type = "application/json"

    def __init__(self, read):
        self.read = read
        self.content = SimpleNamespace(is_eof=lambda: False)


async def never():
    await asyncio.Event().wait()


async def hang_up():
    raise ConnectionResetError


@pytest.mark.parametrize(("read", "status"), [(never, 408), (hang_up, 400)])
async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch, read, status):
    monkeypatch.setattr("bot.http._BODY_SECONDS", 0.05)
    nothing: Any = None
    edge = Edge(
        runner=nothing,
        validator=NoAuthentication(),
        room=nothing,
        service_url=ServiceUrl(None),
        metrics=Metrics(),
        probes={},
        backlog=nothing,
    )
    caller: Any = Caller(read)

    assert (await edge.messages(caller)).status == status


async def test_another_content_type_is_refused(office):
    assert (await post(office, b"{}", "text/plain"))[0] == 415


@pytest.mark.parametrize(
    "change",
    [
        {"type": "somethingNew"},
        {"type": "event", "name": "x"},
        {"channelId": "emulator"},
        {"conversation": None},
        {"conversation": []},
        {"from": "ana"},
        {"channelData": []},
        {"serviceUrl": 7},
        {"serviceUrl": "https://attacker.example/"},
        {"text": None},
        {"text": {"a": 1}},
        {"entities": {"a": 1}},
        {"entities": 5},
        {"value": []},
        {"value": {"verb": ["x"]}, "text": ""},
        {"recipient": {}},
        {"channelData": {"tenant": "abc"}},
        {"channelData": {"tenant": {"id": []}}},
        {"type": "conversationUpdate", "membersAdded": 5},
        {"type": "conversationUpdate", "membersAdded": [5, {"id": 7}]},
        {"type": "installationUpdate", "action": ["add"]},
        {"type": "invoke", "name": "adaptiveCard/action", "value": 5},
        {"type": "invoke", "name": ["x"]},
        {"conversation": {"id": 5, "conversationType": []}},
        {"conversation": {"conversationType": "channel"}},
        {"text": "/caso a\u0000b"},
        {"text": f"/caso {' '.join(f'palavra{n}' for n in range(2000))}"},
    ],
)
async def test_odd_activities_are_answered_2xx(office, change):
    body = fixture("channel-message-mention") | {"serviceUrl": office.teams.service_url} | change

    async with office.client.post("/api/messages", json=body) as response:
        assert response.status == 200
