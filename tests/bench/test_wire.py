"""The harness reads HTTP as bots write it: whole, in pieces, several at once, in chunks."""

from __future__ import annotations

import pytest

from bench.wire import Client, _body_of, _header, port_of, serve

HEAD = b"POST /v3/x HTTP/1.1\r\nHost: a\r\nContent-Length: 4"


def test_headers_are_found_whatever_their_case():
    assert _header(HEAD, b"content-length") == b"4"
    assert _header(HEAD, b"authorization") == b""


@pytest.mark.parametrize("body", [b"", b"{}", b'{"'])
def test_a_body_that_is_not_whole_is_waited_for(body):
    assert _body_of(HEAD, body, 0) is None


def test_a_body_ends_where_its_length_says():
    assert _body_of(HEAD, b'{"a"GET', 0) == (b'{"a"', 4)


def test_chunks_are_joined():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"

    assert _body_of(head, b"2\r\n{}\r\n1\r\n \r\n0\r\n\r\nHTTP", 0) == (b"{} ", 18)
    assert _body_of(head, b"2\r\n{}\r\n", 0) is None


async def test_what_is_posted_is_answered():
    asked = []

    def answer(request, write):
        asked.append(request)
        write(200, request.body)

    server = await serve(answer, "127.0.0.1")
    client = Client(port_of(server), token="ey")

    assert [await client.post(b"{}"), await client.post(b"[1]")] == [(200, b"{}"), (200, b"[1]")]
    assert [(one.path, one.authorization) for one in asked] == [
        (b"/api/messages", b"Bearer ey")
    ] * 2

    client.close()
    server.close()
