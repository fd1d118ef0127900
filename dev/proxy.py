"""The development proxy: it stands where Teams does, between people, the Playground and the bot.

    browser  --page, WebSocket-->  proxy  -->  Playground
    Playground --POST /api/messages-->  proxy  -->  bot
    bot  --REST /_connector/v3/...-->  proxy  -->  Playground

It lets one page act as six people, makes activities look like those of Teams (`dev.teams`) and
fills in what the Playground's Connector lacks. Requests are not authenticated: it listens on this
machine alone and refuses to run beside a bot that has a Teams app id.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    TCPConnector,
    web,
)
from yarl import URL

from dev import page, teams
from dev.world import Person, World

Json = dict[str, Any]

_HOP_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-encoding", "content-length", "host"}
    | {"keep-alive", "transfer-encoding", "upgrade"}
)


class AppIdPresent(RuntimeError):
    """The environment belongs to a bot that talks to the real Teams."""


def refuse_real_teams(environ: Mapping[str, str]) -> None:
    """Raise if the environment has a Teams app id: a bot that wants tokens gets none from here.

    Raises:
        AppIdPresent: `APP_ID` is set.
    """
    if environ.get("APP_ID"):
        raise AppIdPresent


class DevProxy:
    """The proxy of one Playground and one bot."""

    def __init__(self, *, world: World, acting: Person, bot_url: str, playground_url: str) -> None:
        self._world = world
        self._acting = acting
        self._bot = bot_url
        self._playground = playground_url
        self._chats: dict[str, Person] = {}  # every person's personal chat, by conversation id
        self._streams: set[web.WebSocketResponse] = set()  # every WebSocket of the open pages
        self._pages: set[web.WebSocketResponse] = set()  # of these, the ones with messages
        self._script: bytes | None = None
        self._last_id = 0

    def app(self) -> web.Application:
        """Return the application to serve; the Playground must be answering already."""
        app = web.Application(client_max_size=64 * 1024**2)
        app.cleanup_ctx.append(self._connect)
        app.on_shutdown.append(self._close_streams)
        conversation = "/_connector/v3/conversations/{conversation}"
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/static/js/{name:main.*\\.js}", self._page_script),
                web.get("/_internal/v1/config", self._page_config),
                web.get("/_ws{rest:.*}", self._stream),
                web.post("/_conversation/v1/{rest:.*}", self._from_page),
                web.post("/api/messages", self._to_bot),
                web.post("/_connector/v3/conversations", self._create_conversation),
                web.get(conversation + "/members/{member}", self._member),
                web.post(conversation + "/activities{rest:.*}", self._send_activity),
                web.put(conversation + "/activities/{id}", self._update_activity),
                web.route("*", "/{rest:.*}", self._relay),
            ]
        )
        return app

    async def _connect(self, _: web.Application) -> AsyncIterator[None]:
        async with ClientSession(
            connector=TCPConnector(limit=0), timeout=ClientTimeout(total=60), trust_env=False
        ) as self._http:
            for person in self._world.people:
                self._chats[await self._personal_chat(person)] = person
            yield

    async def _close_streams(self, _: web.Application) -> None:
        for stream in list(self._streams):
            await stream.close()

    # --- the page

    async def _index(self, request: web.Request) -> web.Response:
        response = await self._fetch(request)
        html = page.with_bar(_text(response), world=self._world, acting=self._acting)
        return web.Response(text=html, content_type="text/html")

    async def _page_script(self, request: web.Request) -> web.Response:
        if self._script is None:
            response = await self._fetch(request)
            self._script = page.patched_script(_text(response)).encode()
        return web.Response(body=self._script, content_type="text/javascript", charset="utf-8")

    async def _page_config(self, request: web.Request) -> web.Response:
        config = json.loads(_text(await self._fetch(request)))
        return web.json_response(page.with_people(config, world=self._world, chats=self._chats))

    async def _from_page(self, request: web.Request) -> web.Response:
        """Relay what a person does in the page: writes a message, presses a card's button."""
        body = await request.json()
        writes = request.path.endswith("/messages")
        place = request.path.split("/")[-2] if writes else body["conversation"]["id"]
        person = self._chats.get(place) or self._world.member(body["from"]["id"]) or self._acting
        body["from"]["id"] = person.id
        if writes:
            is_new_post = place in {self._world.channel.id, self._world.team.id}
            body = teams.mark_message(
                body, world=self._world, author=person, is_new_post=is_new_post
            )
        return await self._fetch(request, body=body)

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        """Relay one of the page's two WebSockets: the messages, or the log panel."""
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        self._streams.add(stream)
        if "conversation" in request.path:
            self._pages.add(stream)
        source = self._url(request.raw_path).with_scheme("ws")
        try:
            async with self._http.ws_connect(source, max_msg_size=0) as upstream:
                relay = asyncio.create_task(_relay_frames(upstream, stream))
                async for _ in stream:  # the page sends nothing; this ends when it goes away
                    pass
                relay.cancel()
        except ClientError:
            await stream.close()  # the page tries again
        finally:
            self._streams.discard(stream)
            self._pages.discard(stream)
        return stream

    # --- to the bot

    async def _to_bot(self, request: web.Request) -> web.Response:
        activity = teams.as_teams(
            await request.json(), world=self._world, owners=self._chats, next_id=self._next_id
        )
        return await self._fetch(request, body=activity, to=URL(self._bot))

    def _next_id(self) -> str:
        self._last_id = max(time.time_ns() // 1_000_000, self._last_id + 1)
        return str(self._last_id)

    # --- from the bot

    async def _create_conversation(self, request: web.Request) -> web.Response:
        """Create a personal chat, or a new post in the channel."""
        body = await request.json()
        if "channel" in body.get("channelData", {}):
            body["isGroup"] = True  # Teams does not need it; the Playground does
        else:
            person = self._world.member(body["members"][0]["id"])
            if person is None:
                return _error(404, "MemberNotFound", "The member was not found in the tenant.")
            body = {"members": [{"id": person.id}]}
        return await self._fetch(request, body=body)

    async def _member(self, request: web.Request) -> web.Response:
        """Answer by MRI, Entra object id or e-mail, as Teams; the Playground knows MRIs alone."""
        person = self._world.member(request.match_info["member"])
        if person is None:
            text = "The member was not found in the conversation."
            return _error(404, "MemberNotFoundInConversation", text)
        given_name, _, surname = person.name.partition(" ")
        return web.json_response(
            {
                **person.account(),
                "objectId": person.aad_object_id,
                "givenName": given_name,
                "surname": surname,
                "email": person.email,
                "userPrincipalName": person.email,
                "tenantId": self._world.tenant_id,
                "userRole": "user",
            }
        )

    async def _send_activity(self, request: web.Request) -> web.Response:
        body = await request.json()
        place = request.match_info["conversation"]
        if body.get("type") == "typing" and ";messageid=" in place:
            # In a channel the Playground's page would lose the next message.
            return web.Response(status=202)
        response = await self._fetch(request, body=body)
        if response.status == HTTPStatus.CREATED:
            sent = json.loads(_text(response))["id"]
            await self._show_in_chat("createMessage", place, sent, body)
        return response

    async def _update_activity(self, request: web.Request) -> web.Response:
        body = await request.json()
        response = await self._fetch(request, body=body)
        if response.status == HTTPStatus.OK:
            match = request.match_info
            await self._show_in_chat("updateMessage", match["conversation"], match["id"], body)
        return response

    async def _show_in_chat(self, action: str, place: str, activity_id: str, body: Json) -> None:
        """Tell the pages of a message in a personal chat.

        The Playground tells them only of the chat of its own user, who is the one acting first.
        """
        if self._chats.get(place, self._acting) is self._acting:
            return
        message = {
            "attachmentLayout": body.get("attachmentLayout", "list"),
            "attachments": body.get("attachments", []),
            "from": {"id": self._world.bot.id},
            "messageId": activity_id,
            "mentions": [],
            "text": body.get("text"),
            "textFormat": body.get("textFormat", "markdown"),
            "timestamp": time.time_ns() // 1_000_000,
        }
        frame = {"action": action, "actionConversationId": place, "message": message}
        for stream in list(self._pages):
            with suppress(ConnectionError):  # a page that is going away
                await stream.send_json(frame)

    # --- to the Playground

    async def _relay(self, request: web.Request) -> web.Response:
        return await self._fetch(request)

    async def _personal_chat(self, person: Person) -> str:
        url = self._url("/_connector/v3/conversations")
        async with self._http.post(url, json={"members": [{"id": person.id}]}) as response:
            response.raise_for_status()
            chat: str = (await response.json())["id"]
            return chat

    def _url(self, raw_path: str) -> URL:
        return URL(self._playground + raw_path, encoded=True)

    async def _fetch(
        self, request: web.Request, *, body: Json | None = None, to: URL | None = None
    ) -> web.Response:
        """Pass the request on, with another body if given; by default to the Playground."""
        data = await request.read() if body is None else json.dumps(body).encode()
        target = to or self._url(request.raw_path)
        headers = _end_to_end(request.headers)
        try:
            async with self._http.request(
                request.method, target, headers=headers, data=data
            ) as response:
                return web.Response(
                    status=response.status,
                    headers=_end_to_end(response.headers),
                    body=await response.read(),
                )
        except (ClientError, TimeoutError):
            return _error(502, "BadGateway", f"{target.origin()} did not answer.")


async def _relay_frames(source: ClientWebSocketResponse, target: web.WebSocketResponse) -> None:
    with suppress(ConnectionError):  # the page has gone
        async for frame in source:
            await target.send_str(frame.data)
        await target.close()


def _end_to_end(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _HOP_HEADERS}


def _text(response: web.Response) -> str:
    return bytes(response.body).decode()  # type: ignore[arg-type]  # always bytes here


def _error(status: int, code: str, message: str) -> web.Response:
    """Answer as Teams' Connector does when it refuses."""
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
