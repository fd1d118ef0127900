"""What a request says: JSON."""

from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web

from dev.salesforce.errors import SalesforceError


async def read(request: web.Request) -> Any:
    """Return what a request says; None where it says nothing."""
    if request.method not in {"POST", "PATCH"}:
        return None
    if request.content_type != "application/json":
        raise SalesforceError(
            "UNSUPPORTED_MEDIA_TYPE",
            f"Content type not supported: {request.content_type}",
            status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )
    body = decoded(await request.read())
    if body is None:
        raise SalesforceError("JSON_PARSER_ERROR", "Unexpected end of JSON")
    return body


def decoded(raw: bytes) -> Any:
    """Return what JSON says; None where it is none."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
