"""Teams, as the bot sees it: an in-process fake of the Bot Connector REST API.

Keeps the state of every message, records every call in order, and fails on request. Its answers
have the shapes of `fixtures/teams/connector-*.json`.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self

import orjson
from aiohttp import web

Json = dict[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE_LIMIT_BYTES = 100 * 1024
"""Of the whole message in UTF-16, as Teams counts it."""


@dataclass(frozen=True)
class RosterMember:
    """Somebody of the team; `mri` is the bot's own id for them, `object_id` Entra's."""

    mri: str
    object_id: str
    name: str
    tenant_id: str = "7f3a1c52-8d0e-4b6f-9a41-2c5e8b7d9013"
    role: str = "user"
    sign_in_name: str = ""

    def json(self) -> Json:
        return {
            "id": self.mri,
            "objectId": self.object_id,
            "name": self.name,
            "givenName": self.name.partition(" ")[0],
            "surname": self.name.partition(" ")[2],
            "email": f"{self.object_id}@empresa.example",
            "userPrincipalName": self.sign_in_name or f"{self.object_id}@empresa.example",
            "tenantId": self.tenant_id,
            "userRole": self.role,
        }


@dataclass(frozen=True)
class TeamRoom:
    """The team the bot is installed in.

    A channel is told by id, name and kind; Teams gives the General channel no name.
    """

    id: str
    name: str
    group_id: str
    channels: tuple[tuple[str, str | None, str | None], ...]

    def json(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "aadGroupId": self.group_id,
            "channelCount": len(self.channels),
        }

    def conversations_json(self) -> Json:
        told = [{"id": id_, "name": name, "type": kind} for id_, name, kind in self.channels]
        return {"conversations": [_known(each) for each in told]}


@dataclass
class Call:
    """One request, as it came; `status` is 0 while unanswered, 499 when the line was cut."""

    kind: str
    method: str
    conversation_id: str
    activity_id: str
    body: Json
    at: float
    authorization: str | None
    path: str
    port: int = 0
    """The caller's."""
    status: int = 0


@dataclass
class Message:
    """A message of the bot as people see it now."""

    id: str
    activity: Json
    at: float = field(default_factory=time.time)
    """When it was accepted, in seconds of the wall clock."""
    edits: int = 0

    @property
    def text(self) -> str:
        return str(self.activity.get("text") or "")

    @property
    def cards(self) -> list[Json]:
        attachments = self.activity.get("attachments") or []
        return [each["content"] for each in attachments if each["contentType"] == CARD]

    @property
    def mentions(self) -> list[str]:
        """The ids really mentioned: Teams ignores a mention whose text is not in the message."""
        found = _mentioned(self.activity.get("entities"), within=self.text)
        for card in self.cards:
            words = orjson.dumps(card.get("body")).decode()
            found += _mentioned(card.get("msteams", {}).get("entities"), within=words)
        return found


@dataclass
class _Fault:
    method: str | None
    path: str
    times: int | None
    every: int
    status: int | None
    headers: Mapping[str, str]
    body: Json | None
    delay: float
    drop: bool
    delivered: bool
    seen: int = field(default=0)

    def strikes(self, call: Call) -> bool:
        if self.method not in {None, call.method} or self.path not in call.path or self.times == 0:
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        if self.times is not None:
            self.times -= 1
        return True


Point = Literal["asked", "accepted", "answered"]
"""Where a call is held: nothing done yet; done, not answered; answered, every byte written."""


@dataclass
class Hold:
    """The next call that matches stops at a point; at the first two its line is cut in the end."""

    point: Point
    matches: Callable[[Call], bool]
    at_once: Callable[[], None]
    call: Call | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def reach(self) -> None:
        self.at_once()
        self.reached.set()

    def release(self) -> None:
        self.released.set()


class FakeConnector:
    """`async with FakeConnector(roster) as teams:` serves on `teams.service_url`.

    With `token`, calls that do not bear it are answered 401. Without `team` the bot is in none; its
    roster is `roster`. Without `keeps_bodies`, a long run
    remembers of each call only that it came.
    """

    def __init__(
        self,
        roster: Iterable[RosterMember] = (),
        *,
        token: str | None = None,
        port: int = 0,
        keeps_bodies: bool = True,
        team: TeamRoom | None = None,
    ) -> None:
        self.roster = list(roster)
        self.team = team
        self.calls: list[Call] = []
        self.service_url = ""
        self._token, self._port, self._keeps_bodies = token, port, keeps_bodies
        self._messages: dict[tuple[str, str], Message] = {}
        self._threads: dict[str, list[str]] = {}
        self._faults: list[_Fault] = []
        self._holds: list[Hold] = []
        self._last_id = 1_795_270_000_000
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def start(self) -> None:
        app = web.Application(client_max_size=8 * 1024 * 1024)
        base = "/br/v3/conversations"
        one, messages = f"{base}/{{conversation}}", f"{base}/{{conversation}}/activities"
        routes = (
            ("POST", base, "create", self._create),
            ("POST", messages, "send", self._send),
            ("POST", f"{messages}/{{activity}}", "send", self._send),
            ("PUT", f"{messages}/{{activity}}", "update", self._update),
            ("DELETE", f"{messages}/{{activity}}", "delete", self._delete),
            ("GET", f"{one}/members/{{member}}", "member", self._member),
            ("GET", f"{one}/pagedmembers", "members", self._members),
            ("GET", "/br/v3/teams/{conversation}", "team", self._team),
            ("GET", "/br/v3/teams/{conversation}/conversations", "channels", self._channels),
        )
        for method, path, kind, answer in routes:
            app.router.add_route(method, path, self._handler(kind, answer))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.service_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/br/"

    async def close(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    # ---- what tests ask --------------------------------------------------------------------------

    def thread(self, conversation_id: str) -> list[Message]:
        """List the bot's messages in a thread or chat, oldest first, as people see them now."""
        channel = _channel(conversation_id)
        ids = self._threads.get(conversation_id, [])
        return [self._messages[channel, each] for each in ids if (channel, each) in self._messages]

    def conversations(self) -> list[str]:
        """List the threads and chats the bot wrote in, oldest first."""
        return list(self._threads)

    def of_kind(self, kind: str) -> list[Call]:
        """List the calls of one kind: create, send, update, delete, member."""
        return [call for call in self.calls if call.kind == kind]

    async def until(self, true: Callable[[], object], *, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until something is true, looking again after each answered call."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(lambda: bool(true()))

    def inject(
        self,
        *,
        method: str | None = None,
        path: str = "",
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        json: Json | None = None,
        times: int | None = 1,
        every: int = 1,
        delay: float = 0.0,
        drop: bool = False,
        delivered: bool = False,
    ) -> None:
        """Make matching calls fail: `times` of them (None: for ever), each `every`-th one.

        `path` is a part of the decoded path. `delay` (seconds) comes first; alone it only slows
        down. `drop` cuts the line instead of answering. `delivered` does what was asked before the
        fault and its delay, as when only the answer is lost.
        """
        self._faults.append(
            _Fault(method, path, times, every, status, headers or {}, json, delay, drop, delivered)
        )

    def clear_faults(self) -> None:
        """Work again from now on."""
        self._faults.clear()

    def hold(
        self,
        matches: Callable[[Call], bool],
        point: Point,
        at_once: Callable[[], None] = lambda: None,
    ) -> Hold:
        """Hold the next matching call at a point; `at_once` is called in that very moment.

        It comes before any fault. Whoever is held at "asked" is never acted upon.
        """
        self._holds.append(held := Hold(point, matches, at_once))
        return held

    def forget(self, hold: Hold) -> None:
        """Let a hold go: whoever waits there, or would have."""
        if hold in self._holds:
            self._holds.remove(hold)
        hold.release()

    # ---- HTTP ------------------------------------------------------------------------------------

    def _handler(
        self, kind: str, answer: Callable[[Call], web.Response]
    ) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            raw = await request.read()
            call = Call(
                kind=kind,
                method=request.method,
                conversation_id=request.match_info.get("conversation", ""),
                activity_id=request.match_info.get(
                    "activity", request.match_info.get("member", "")
                ),
                body=orjson.loads(raw) if raw else {},
                at=time.monotonic(),
                authorization=request.headers.get("Authorization"),
                path=request.path,
                port=_port_of(request),
            )
            self.calls.append(call)
            held = next((each for each in self._holds if each.matches(call)), None)
            if held is None:
                response = await self._answer(call, raw, answer, request)
            else:
                response = await self._held(held, call, raw, answer, request)
            call.status = response.status
            if not self._keeps_bodies:
                call.body = {}
            async with self._changed:
                self._changed.notify_all()
            return response

        return handle

    async def _answer(
        self,
        call: Call,
        raw: bytes,
        answer: Callable[[Call], web.Response],
        request: web.Request,
    ) -> web.StreamResponse:
        if self._token is not None and call.authorization != f"Bearer {self._token}":
            return _error(401, "Unauthorized", "Authorization has been denied for this request.")
        fault = next((each for each in self._faults if each.strikes(call)), None)
        if fault is None:
            return self._perform(call, raw, answer)
        performed = None
        if fault.delivered:
            performed = self._perform(call, raw, answer)
            async with self._changed:
                self._changed.notify_all()
        await asyncio.sleep(fault.delay)
        if performed is None and fault.status is None and not fault.drop:
            performed = self._perform(call, raw, answer)
        if fault.drop:
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=499)
        if fault.status is not None:
            return _json(
                fault.status,
                fault.body or {"error": {"code": "Injected", "message": "injected"}},
                fault.headers,
            )
        assert performed is not None
        return performed

    async def _held(
        self,
        held: Hold,
        call: Call,
        raw: bytes,
        answer: Callable[[Call], web.Response],
        request: web.Request,
    ) -> web.StreamResponse:
        self._holds.remove(held)
        held.call = call
        if held.point == "asked":
            held.reach()
        else:
            response = self._perform(call, raw, answer)
            if held.point == "answered":
                await response.prepare(request)
                await response.write_eof()
            held.reach()
            if held.point == "answered":
                return response
        await held.released.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=499)

    def _perform(
        self, call: Call, raw: bytes, answer: Callable[[Call], web.Response]
    ) -> web.Response:
        if len(raw.decode().encode("utf-16-le")) > MESSAGE_LIMIT_BYTES:
            return _error(413, "MessageSizeTooBig", "Message size too large.")
        return answer(call)

    # ---- what Teams does -------------------------------------------------------------------------

    def _create(self, call: Call) -> web.Response:
        first = call.body.get("activity")
        if channel := call.body.get("channelData", {}).get("channel"):
            if first is None:
                return _error(400, "BadArgument", "A channel conversation needs an activity.")
            root = self._next_id()
            thread = f"{channel['id']};messageid={root}"
            self._add(thread, root, first)
            return _json(201, {"id": thread, "activityId": root})
        members = call.body.get("members") or []
        if len(members) != 1:
            return _error(400, "BadArgument", "One member is needed.")
        member = self._find(members[0]["id"])
        if member is None:
            return _error(403, "BotNotInConversationRoster", "The bot is not part of the roster.")
        chat = f"a:{hashlib.sha256(member.mri.encode()).hexdigest()}"
        if first is None:
            return _json(201, {"id": chat})
        activity_id = self._next_id()
        self._add(chat, activity_id, first)
        return _json(201, {"id": chat, "activityId": activity_id})

    def _send(self, call: Call) -> web.Response:
        text, attachments = call.body.get("text"), call.body.get("attachments")
        thread = call.conversation_id
        if text and attachments:
            # Teams splits such an activity into two messages and gives no id back.
            for half in ({**call.body, "attachments": []}, {**call.body, "text": ""}):
                self._add(thread, self._next_id(), half)
            return _json(201, {})
        activity_id = self._next_id()
        if thread.startswith("19:") and ";" not in thread:
            thread = f"{thread};messageid={activity_id}"
        self._add(thread, activity_id, call.body)
        return _json(201, {"id": activity_id})

    def _update(self, call: Call) -> web.Response:
        message = self._messages.get((_channel(call.conversation_id), call.activity_id))
        if message is None:
            return _error(404, "ActivityNotFoundInConversation", "Conversation not found.")
        message.activity, message.edits = call.body, message.edits + 1
        return _json(200, {"id": message.id})

    def _delete(self, call: Call) -> web.Response:
        if self._messages.pop((_channel(call.conversation_id), call.activity_id), None) is None:
            return _error(404, "ActivityNotFoundInConversation", "Conversation not found.")
        return web.Response(status=200)

    def _member(self, call: Call) -> web.Response:
        member = self._find(call.activity_id)
        if member is None:
            return _error(404, "MemberNotFoundInConversation", "The member was not found.")
        return _json(200, member.json())

    def _members(self, call: Call) -> web.Response:
        return _json(200, {"members": [member.json() for member in self.roster]})

    def _team(self, call: Call) -> web.Response:
        return self._of_team(call, lambda team: team.json())

    def _channels(self, call: Call) -> web.Response:
        return self._of_team(call, lambda team: team.conversations_json())

    def _of_team(self, call: Call, told: Callable[[TeamRoom], Json]) -> web.Response:
        if self.team is None or self.team.id != call.conversation_id:
            return _error(403, "BotNotInConversationRoster", "The bot is not part of the roster.")
        return _json(200, told(self.team))

    def _find(self, member_id: str) -> RosterMember | None:
        return next((m for m in self.roster if member_id in {m.mri, m.object_id}), None)

    def _add(self, thread: str, activity_id: str, activity: Json) -> None:
        self._messages[_channel(thread), activity_id] = Message(activity_id, activity)
        self._threads.setdefault(thread, []).append(activity_id)

    def _next_id(self) -> str:
        self._last_id += 1
        return str(self._last_id)


def _port_of(request: web.Request) -> int:
    peer = request.transport and request.transport.get_extra_info("peername")
    return int(peer[1]) if peer else 0


def _channel(conversation_id: str) -> str:
    return conversation_id.partition(";")[0]


def _known(facts: Json) -> Json:
    return {name: value for name, value in facts.items() if value is not None}


def _mentioned(entities: list[Json] | None, *, within: str) -> list[str]:
    return [
        each["mentioned"]["id"]
        for each in entities or []
        if each.get("type") == "mention" and each["text"] in within
    ]


def _json(status: int, body: Json, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status, body=orjson.dumps(body), content_type="application/json", headers=headers
    )


def _error(status: int, code: str, message: str) -> web.Response:
    return _json(status, {"error": {"code": code, "message": message}})
