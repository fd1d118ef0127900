"""What goes wrong between a client and Salesforce, to be scripted by `FakeSalesforce.fail_next`.

A fault stands in for a request's handler, which it may call: before it nothing was committed, after
it everything was.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from aiohttp import web

from dev.salesforce.errors import SalesforceError, requests_used_up, row_locked, session_ended

Handle = Callable[[], Awaitable[web.StreamResponse]]
Fault = Callable[[web.Request, Handle], Awaitable[web.StreamResponse]]

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: close at once, with RST


def answers(error: SalesforceError) -> Fault:
    """Refuse, having done nothing."""

    async def fault(_request: web.Request, _handle: Handle) -> web.StreamResponse:
        return web.json_response(error.body, status=error.status)

    return fault


def lock() -> Fault:
    return answers(row_locked("5003h0000000001AAA"))


def unavailable() -> Fault:
    return answers(
        SalesforceError(
            "SERVER_UNAVAILABLE", "Server too busy", status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    )


def broken() -> Fault:
    return answers(
        SalesforceError(
            "UNKNOWN_EXCEPTION",
            "An unexpected error occurred.",
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
        )
    )


def limit() -> Fault:
    """Say that the requests of the day are used up."""
    return answers(requests_used_up())


def too_many_at_once() -> Fault:
    return answers(
        SalesforceError(
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentPerOrgLongTxn Limit exceeded.",
            status=HTTPStatus.FORBIDDEN,
        )
    )


def another_voice(status: int) -> Fault:
    """Let something else answer: a proxy, a firewall, a page about maintenance."""

    async def fault(_request: web.Request, _handle: Handle) -> web.StreamResponse:
        page = "<html><body>Please come back later.</body></html>"
        return web.Response(status=status, text=page, content_type="text/html")

    return fault


def expired_session() -> Fault:
    """Answer 401 once, though the session goes on: a token that was renewed at the same time."""
    return answers(session_ended())


async def reset(request: web.Request, _handle: Handle) -> web.StreamResponse:
    """Break the connection, having done nothing."""
    return _reset(request)


async def reset_after_commit(request: web.Request, handle: Handle) -> web.StreamResponse:
    """Do it, and break the connection in place of an answer."""
    await handle()
    return _reset(request)


async def hang(_request: web.Request, _handle: Handle) -> web.StreamResponse:
    """Never answer, having done nothing."""
    return await _forever()


async def hang_after_commit(_request: web.Request, handle: Handle) -> web.StreamResponse:
    """Do it, and never answer."""
    await handle()
    return await _forever()


def slow(seconds: float) -> Fault:
    """Do it, some time later."""

    async def fault(_request: web.Request, handle: Handle) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await handle()

    return fault


def held(until: Awaitable[Any]) -> Fault:
    """Do it, and answer when the awaitable is done: latency without a clock."""

    async def fault(_request: web.Request, handle: Handle) -> web.StreamResponse:
        response = await handle()
        await until
        return response

    return fault


def _reset(request: web.Request) -> web.StreamResponse:
    if (transport := request.transport) is not None:  # else the client was faster
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    return web.Response()


async def _forever() -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets this event")
