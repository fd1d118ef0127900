"""Local mode is for this machine alone: it asks nobody for a token, so nobody else may reach it.

The peer's address does not suffice. A reverse proxy on this machine speaks for the whole network,
and a web page in a browser here speaks for whoever wrote it, under a name of its own that leads to
127.0.0.1 (DNS rebinding).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from config.settings import is_loopback

_FORWARDED: Final = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
)
log = structlog.get_logger(__name__)


@web.middleware
async def loopback_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer 403 without a body to whatever did not begin on this machine."""
    if why := _why_not_local(request):
        log.info("request.refused", status=403, reason=why)
        return web.Response(status=403)
    return await handler(request)


def _why_not_local(request: web.Request) -> str | None:
    if not is_loopback(request.remote or ""):
        return "not-loopback"
    if any(name in request.headers for name in _FORWARDED):
        return "forwarded"
    if not _names_loopback(f"//{request.headers.get('Host', '')}"):
        return "host"
    origin = request.headers.get("Origin")
    if origin is not None and not _names_loopback(origin):
        return "origin"
    return None


def _names_loopback(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False
