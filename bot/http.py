"""The HTTP edge: POST /api/messages, GET /healthz, /readyz and /metrics. It writes every answer.

`CloudAdapter.process` of 4.17.1 serialises invoke answers twice and answers 500 to them, and to
hostile tokens; so the edge checks, calls `process_activity` and answers.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from structlog.contextvars import bind_contextvars

from bot.auth import ActivityValidator, Forbidden, Unauthenticated
from bot.botframework import TurnRunner, UnreadableActivity
from bot.connector_errors import UntrustedServiceUrl
from bot.health import Probe, look
from bot.metrics import Metrics
from bot.room import Room
from bot.service_url import ServiceUrl
from retention.services.ports.effects import Backlog

MAX_BODY_BYTES = 1024 * 1024
_BODY_SECONDS = 10.0
"""How long a body may take to arrive: nobody keeps a place for ever."""
_BACKLOG_SECONDS = 2.0
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
"""U+0000 in a JSON text, which Teams never sends and PostgreSQL does not store."""
_BAD_ADDRESS = "service_url"
log = structlog.get_logger(__name__)


class _Refused(Exception):
    """The request ends here, with a bare status. `reason` is for the log."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Edge:
    def __init__(
        self,
        *,
        runner: TurnRunner,
        validator: ActivityValidator,
        room: Room,
        service_url: ServiceUrl,
        metrics: Metrics,
        probes: Mapping[str, Probe],
        backlog: Callable[[], Awaitable[Backlog]],
    ) -> None:
        self._metrics = metrics
        self._probes = probes
        self._backlog = backlog
        self._runner = runner
        self._validator = validator
        self._room = room
        self._service_url = service_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/messages", self.messages),
            web.get("/healthz", healthz),
            web.get("/readyz", self.readyz),
            web.get("/metrics", self.metrics),
        ]

    async def messages(self, request: web.Request) -> web.Response:
        """Take one activity from Teams."""
        started = time.perf_counter()
        kind = "other"
        bind_contextvars(turn=_turn_name())  # a request has a task of its own, and so a context
        try:
            body = await self._accepted(request)
            kind = body["type"]
            response = await self._run(body)
        except _Refused as refused:
            log.info("request.refused", status=refused.status, reason=refused.reason)
            response = web.Response(status=refused.status)
        except Exception:  # the last net: Teams shows a 5xx as a fault and may send it again
            log.exception("turn.failed")
            response = web.Response(status=200)
        seconds = time.perf_counter() - started
        self._metrics.turn(kind, response.status, seconds)
        log.info("turn.answered", status=response.status, ms=round(seconds * 1000))
        return response

    async def readyz(self, request: web.Request) -> web.Response:
        """Answer 200 when the bot can do its work, else 503; the body says what was found."""
        findings = await look(self._probes)
        ready = all(finding.ok for finding in findings.values())
        body = {name: {"ok": one.ok, "note": one.note} for name, one in findings.items()}
        return web.json_response({"ready": ready, **body}, status=200 if ready else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        """Give everything counted, in Prometheus' text format."""
        try:
            async with asyncio.timeout(_BACKLOG_SECONDS):
                backlog = await self._backlog()
        except Exception as error:  # noqa: BLE001 - without the database, the rest is wanted all the more
            log.warning("metrics.without_backlog", error=type(error).__name__)
            backlog = None
        text = self._metrics.render(backlog)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _accepted(self, request: web.Request) -> dict[str, Any]:
        """Read the activity of a request that may come in. Raises _Refused."""
        body = await _json_object(request)
        try:
            await self._validator.validate(request.headers.get("Authorization"), body)
        except Unauthenticated as error:
            raise _Refused(401, error.reason) from error
        except Forbidden as error:
            raise _Refused(403, error.reason) from error
        return body

    async def _run(self, body: dict[str, Any]) -> web.Response:
        if why := self._why_dropped(body):
            return self._drop(why)
        try:
            answer = await self._runner.run(body)
        except UnreadableActivity:
            return self._drop("shape")
        if answer is None:
            return web.Response(status=200)
        return web.Response(body=orjson.dumps(answer), content_type="application/json")

    def _why_dropped(self, body: Mapping[str, Any]) -> str | None:
        """Tell why nobody will answer an activity; None when somebody does.

        Its address is remembered on the way, for it is the one that is valid now.
        """
        if not _is_well_formed(body):
            return "shape"
        if (foreign := self._room.why_foreign(body)) is not None:
            return foreign
        try:
            self._service_url.heard(body["serviceUrl"])
        except UntrustedServiceUrl:
            return _BAD_ADDRESS
        return None

    def _drop(self, why: str) -> web.Response:
        """Say nothing. Teams takes anything but 2xx for a fault, and sends the activity again."""
        self._metrics.dropped(why)
        note = log.warning if why == _BAD_ADDRESS else log.info
        note("activity.dropped", why=why)
        return web.Response(status=200)


def _turn_name() -> str:
    """Name a turn in the log. It need not be a secret, and asking the kernel for one takes time."""
    return f"{random.getrandbits(48):012x}"


async def healthz(request: web.Request) -> web.Response:
    """Answer 200: the server listens only once everything is wired and the engine runs."""
    return web.json_response({"status": "ok"})


async def _json_object(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise _Refused(415, "content-type")
    try:
        if request.content.is_eof():  # as most bodies: it came along with the headers
            raw = await request.read()
        else:
            async with asyncio.timeout(_BODY_SECONDS):
                raw = await request.read()
        body = orjson.loads(raw)
        if b"\\u0000" in raw:
            body = orjson.loads(_NUL.sub(rb"\1", raw))
    except web.HTTPRequestEntityTooLarge as error:
        raise _Refused(413, "too-large") from error
    except TimeoutError as error:
        raise _Refused(408, "slow-body") from error
    except (web.RequestPayloadError, ConnectionError) as error:
        raise _Refused(400, "unreadable-body") from error
    except orjson.JSONDecodeError as error:
        raise _Refused(400, "malformed-json") from error
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise _Refused(400, "no-activity")
    return body


def _is_well_formed(body: Mapping[str, Any]) -> bool:
    """Tell whether the parts every handler reads have the shapes Teams gives them."""
    conversation = body.get("conversation")
    return (
        body.get("channelId") == "msteams"
        and isinstance(conversation, dict)
        and isinstance(conversation.get("id"), str)
        and conversation["id"] != ""
        and isinstance(body.get("from"), dict)
        and isinstance(body.get("recipient"), dict)
        and isinstance(body.get("channelData"), dict)
        and isinstance(body.get("serviceUrl"), str)
    )
