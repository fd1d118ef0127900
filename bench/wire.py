"""HTTP/1.1 by hand, for the far end of a benchmark.

Per turn the harness serves one request and makes one, exactly the work that is measured: on aiohttp
it would cost as much as the floor. It reads what bots send: a head, and a body with its length or
in chunks.
"""

from __future__ import annotations

import asyncio
import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

_HEAD_ENDS = b"\r\n\r\n"
_REASONS = {200: b"OK", 201: b"Created", 401: b"Unauthorized", 404: b"Not Found"}


@dataclass(frozen=True, slots=True)
class Request:
    method: bytes
    path: bytes
    authorization: bytes
    body: bytes


class _Messages(asyncio.Protocol, ABC):
    """Cuts what comes in into messages: the head without its empty line, and the body."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._data = self._data + data if self._data else data
        while (cut := self._data.find(_HEAD_ENDS)) >= 0:
            head, start = self._data[:cut], cut + len(_HEAD_ENDS)
            found = _body_of(head, self._data, start)
            if found is None:
                return
            body, end = found
            self._data = self._data[end:]
            self.received(head, body)

    @abstractmethod
    def received(self, head: bytes, body: bytes) -> None:
        """Take one whole message."""


def _header(head: bytes, name: bytes) -> bytes:
    """Find a header, by its name in small letters; empty when it is missing."""
    at = head.lower().find(b"\r\n" + name + b":")
    if at < 0:
        return b""
    start = at + len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else None].strip()


def _body_of(head: bytes, data: bytes, start: int) -> tuple[bytes, int] | None:
    """Give the body and where it ends; None while part of it is still to come."""
    if _header(head, b"transfer-encoding").lower() == b"chunked":
        return _chunks(data, start)
    end = start + int(_header(head, b"content-length") or 0)
    return (data[start:end], end) if len(data) >= end else None


def _chunks(data: bytes, start: int) -> tuple[bytes, int] | None:
    body = b""
    while (line := data.find(b"\r\n", start)) >= 0:
        size = int(data[start:line], 16)
        start = line + 2
        if len(data) < start + size + 2:
            return None
        body += data[start : start + size]
        start += size + 2
        if not size:
            return body, start
    return None


Answer = Callable[[int, bytes], None]
"""Write the answer to a request: its status and a JSON body. Now, or later."""
Handler = Callable[[Request, Answer], None]


class _ServerSide(_Messages):
    def __init__(self, handler: Handler) -> None:
        super().__init__()
        self._handler = handler

    def received(self, head: bytes, body: bytes) -> None:
        method, path, _ = head.split(b"\r\n", 1)[0].split(b" ", 2)
        request = Request(method, path, _header(head, b"authorization"), body)
        self._handler(request, self._answer)

    def _answer(self, status: int, body: bytes) -> None:
        self.transport.write(
            b"HTTP/1.1 %d %s\r\nContent-Type: application/json; charset=utf-8\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (status, _REASONS[status], len(body), body)
        )


async def serve(
    handler: Handler, host: str, port: int = 0, tls: ssl.SSLContext | None = None
) -> asyncio.Server:
    """Listen; port 0 takes a free one."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: _ServerSide(handler), host, port, ssl=tls, backlog=1024)


def port_of(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


class _ClientSide(_Messages):
    """One kept connection, one request at a time."""

    is_open = True

    def __init__(self) -> None:
        super().__init__()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._answer

    def received(self, head: bytes, body: bytes) -> None:
        self.is_open = _header(head, b"connection").lower() != b"close"
        if not self.is_open:
            self.transport.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("closed by the bot"))


class Client:
    """Posts to one bot over connections that are kept."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self._port = port
        self._idle: list[_ClientSide] = []
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        self._head = (
            "POST /api/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"{bearer}Content-Length: "
        ).encode()

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """Deliver an activity; returns the status and the body of the answer."""
        return await self._ask(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))

    async def get(self, path: str) -> tuple[int, bytes]:
        return await self._ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def close(self) -> None:
        for connection in self._idle:
            connection.transport.close()

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        connection = await self._connection()
        answer = await connection.ask(request)
        if connection.is_open:
            self._idle.append(connection)
        return answer

    async def _connection(self) -> _ClientSide:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_ClientSide, "127.0.0.1", self._port)
        return connection
