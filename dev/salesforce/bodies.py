"""What a request says: JSON, or a multipart with a file."""

from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import BodyPartReader, web

from dev.salesforce.errors import SalesforceError


async def read(request: web.Request) -> Any:
    """Return what a request says, a file as bytes in `VersionData`."""
    if request.method not in {"POST", "PATCH"}:
        return None
    if request.content_type == "application/json":
        body = decoded(await request.read())
        if body is None:
            raise SalesforceError("JSON_PARSER_ERROR", "Unexpected end of JSON")
        return body
    if request.content_type == "multipart/form-data":
        return await _multipart(request)
    raise SalesforceError(
        "UNSUPPORTED_MEDIA_TYPE",
        f"Content type not supported: {request.content_type}",
        status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    )


async def _multipart(request: web.Request) -> Any:
    fields: Any = None
    content: bytes | None = None
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "entity_content":
            fields = decoded(bytes(await part.read(decode=True)))
        elif part.name == "VersionData" and part.filename:
            content = bytes(await part.read(decode=True))
    if not isinstance(fields, dict):
        raise SalesforceError("INVALID_MULTIPART_REQUEST", "entity_content is missing")
    return fields if content is None else {**fields, "VersionData": content}


def decoded(raw: bytes) -> Any:
    """Return what JSON says; None where it is none."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
