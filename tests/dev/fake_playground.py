"""As much of the Playground as the proxy talks to, without Node; it keeps what it was sent."""

from typing import Any

from aiohttp import web

from dev.page import PATCHES

Json = dict[str, Any]

OWN_CHAT = "a:personal-ana"


class FakePlayground:
    def __init__(self) -> None:
        self.received: list[tuple[str, str, Json]] = []
        self.streams: list[web.WebSocketResponse] = []
        self._chats = {"29:rc-ana": OWN_CHAT}

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/", self._index),
                web.get("/static/js/main.abc.js", self._script),
                web.get("/_internal/v1/config", self._config),
                web.get("/_ws_conversation/v1/conversations/stream", self._stream),
                web.post("/_connector/v3/conversations", self._create),
                web.route("*", "/{rest:.*}", self._anything),
            ]
        )
        return app

    def last(self, path_end: str) -> Json:
        """Return the last body sent to a path that ends so."""
        return next(body for _, path, body in reversed(self.received) if path.endswith(path_end))

    async def _index(self, _: web.Request) -> web.Response:
        html = "<html><body><div id=root></div></body></html>"
        return web.Response(text=html, content_type="text/html")

    async def _script(self, _: web.Request) -> web.Response:
        return web.Response(text=";".join(PATCHES), content_type="text/javascript")

    async def _config(self, _: web.Request) -> web.Response:
        chat = {"id": OWN_CHAT, "name": "Personal Chat"}
        inner = {"personalChat": chat, "groupChats": [{"id": "g"}], "users": []}
        return web.json_response({"config": inner})

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        self.streams.append(stream)
        await stream.send_json({"action": "createMessage", "actionConversationId": "hello"})
        async for _ in stream:
            pass
        return stream

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.received.append((request.method, request.path, body))
        if body.get("isGroup"):
            created = {"id": f"{body['channelData']['channel']['id']};messageid=7"}
            return web.json_response({**created, "activityId": "7"}, status=201)
        person = body["members"][0]["id"]
        chat = self._chats.setdefault(person, f"chat-of-{person}")
        return web.json_response({"id": chat}, status=201)

    async def _anything(self, request: web.Request) -> web.Response:
        body = await request.json() if request.body_exists else {}
        self.received.append((request.method, request.path, body))
        status = 201 if request.method == "POST" else 200
        return web.json_response({"id": "1700000000009"}, status=status)
