"""Local mode: what began on this machine comes in, whatever was only passed on by it does not."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from bot.loopback import loopback_only


async def answer(_request):
    return web.Response(text="come in")


@pytest.fixture
async def client():
    application = web.Application(middlewares=[loopback_only])
    application.add_routes([web.get("/healthz", answer), web.post("/api/messages", answer)])
    async with TestClient(TestServer(application)) as http:
        yield http


async def post(client, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.post("/api/messages", headers=named, json={}) as response:
        return response.status, await response.text()


async def test_this_machine_comes_in(client):
    assert await post(client) == (200, "come in")


@pytest.mark.parametrize("host", ["localhost:3978", "127.0.0.1:3978", "[::1]:3978", "127.0.0.1"])
async def test_every_name_of_this_machine_will_do(client, host):
    assert (await post(client, Host=host))[0] == 200


@pytest.mark.parametrize(
    "host", ["retencao.contoso.com", "rebound.evil.example:3978", "10.0.0.5:3978", "", "[", "::1"]
)
async def test_a_name_that_leads_here_from_outside_is_refused(client, host):
    assert await post(client, Host=host) == (403, "")


@pytest.mark.parametrize(
    "header",
    [
        "Forwarded",
        "Via",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Real-IP",
        "x-forwarded-for",
    ],
)
async def test_what_a_proxy_passes_on_is_refused(client, header):
    assert await post(client, **{header: "127.0.0.1"}) == (403, "")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example"]
)
async def test_a_page_from_elsewhere_is_refused(client, origin):
    assert await post(client, Origin=origin) == (403, "")


async def test_a_page_of_this_machine_comes_in(client):
    assert (await post(client, Origin="http://127.0.0.1:56150"))[0] == 200


async def test_every_address_is_closed_not_only_that_of_teams(client):
    async with client.get("/healthz", headers={"Host": "retencao.contoso.com"}) as response:
        assert response.status == 403


@pytest.mark.parametrize("peer", ["10.0.0.5", "2001:db8::1", ""])
async def test_another_machine_is_refused(peer):
    request = make_mocked_request("POST", "/api/messages", headers={"Host": "localhost"})

    response = await loopback_only(request.clone(remote=peer), answer)

    assert response.status == 403
