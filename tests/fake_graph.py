"""Microsoft Graph, as the bot sees it: the channel of a `FakeConnector`, read back.

Its answers have the shapes of the documentation's samples. What the bot sent comes changed, as
Teams changes it: Markdown as HTML, a mention as `<at id>`, an emoji as an element, a card as text.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import escape
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web

from tests.fake_connector import CARD, FakeConnector, Message

Json = dict[str, Any]

APP_ID = "3c9d2f14-6b7a-4e85-8f21-0a4d9e6c1b37"
TEAM = "fbe2bf47-16c8-47cf-b4a5-4b9b187c508b"
CHANNEL = "19:4a95f7d8db4c4e7fae857bcebe0623e6@thread.tacv2"
TOKEN = "graph-token"
_DEFAULT_PAGE, _LARGEST_PAGE = 20, 50
_EMOJI = re.compile("[\U0001f300-\U0001faff]")
_AT = re.compile(r"<at>(.*?)</at>")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)

Fault = Callable[[web.Request], web.Response]


class FakeGraph:
    """`async with FakeGraph(teams) as graph:` serves on `graph.base_url`.

    `requests` lists what was asked, as paths with queries. `faults` holds answers, or statuses, to
    give to the coming requests instead. For `lag` requests the newest message is not there yet.
    """

    def __init__(self, teams: FakeConnector) -> None:
        self.base_url = ""
        self.requests: list[str] = []
        self.faults: list[int | Fault] = []
        self.permitted = True
        self.is_silent = False
        self.lag = 0
        self.page = _LARGEST_PAGE
        """The most messages it gives in one page, whatever is asked for."""
        self._teams = teams
        self._others: list[tuple[str, Json]] = []
        self._deleted: set[str] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        messages = "/v1.0/teams/{team}/channels/{channel}/messages"
        app.router.add_get(messages, self._handler(self._roots))
        app.router.add_get(f"{messages}/{{root}}/replies", self._handler(self._replies))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    # ---- what tests ask --------------------------------------------------------------------------

    def say(self, thread: str, html: str, *, application: str | None = None) -> None:
        """Let somebody else write in a thread: a person, or another application."""
        at = datetime.now(UTC)
        sender = _application(application) if application else _PERSON
        message_id = f"{at.timestamp() * 1000:.0f}-{len(self._others)}"
        self._others.append((thread, _message(message_id, at, sender, html)))

    def delete(self, message_id: str) -> None:
        """Let somebody delete a message in Teams: Graph lists it all the same."""
        self._deleted.add(message_id)

    # ---- HTTP ------------------------------------------------------------------------------------

    def _handler(self, found: Callable[[web.Request], list[Json] | None]) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.requests.append(request.path_qs)
            if self.is_silent:
                await asyncio.Event().wait()
            if self.faults:
                fault = self.faults.pop(0)
                return _error(fault, "Injected") if isinstance(fault, int) else fault(request)
            if request.headers.get("Authorization") != f"Bearer {TOKEN}":
                return _error(401, "InvalidAuthenticationToken")
            if not self.permitted:
                return _error(403, "Forbidden")
            if (request.match_info["team"], request.match_info["channel"]) != (TEAM, CHANNEL):
                return _error(404, "NotFound")
            messages = found(request)
            return _error(404, "NotFound") if messages is None else self._paged(request, messages)

        return handle

    def _paged(self, request: web.Request, messages: list[Json]) -> web.Response:
        top = int(request.query.get("$top", _DEFAULT_PAGE))
        if not 0 < top <= _LARGEST_PAGE:
            return _error(400, "BadRequest")
        if self.lag:
            self.lag -= 1
            messages = messages[1:]
        first, size = int(request.query.get("$skiptoken", 0)), min(top, self.page)
        answer: Json = {"@odata.context": "", "value": messages[first : first + size]}
        if first + size < len(messages):
            path = f"{self.base_url}{request.rel_url.raw_path}"
            answer["@odata.nextLink"] = f"{path}?$top={top}&$skiptoken={first + size}"
        return web.json_response(answer)

    # ---- what stands in the channel --------------------------------------------------------------

    def _roots(self, _request: web.Request) -> list[Json]:
        return _newest_first(one for thread in self._threads() for one in self._in(thread)[:1])

    def _replies(self, request: web.Request) -> list[Json] | None:
        thread = f"{CHANNEL};messageid={request.match_info['root']}"
        if thread not in self._threads():
            return None
        return _newest_first(iter(self._in(thread)[1:]))

    def _threads(self) -> list[str]:
        said = [thread for thread, _ in self._others]
        every = dict.fromkeys([*self._teams.conversations(), *said])
        return [thread for thread in every if thread.startswith(f"{CHANNEL};")]

    def _in(self, thread: str) -> list[Json]:
        """Give the messages of a thread, its root first."""
        ours = [self._ours(each) for each in self._teams.thread(thread)]
        others = [message for where, message in self._others if where == thread]
        root = thread.partition(";messageid=")[2]
        if all(each["id"] != root for each in ours):
            begun = datetime.fromtimestamp(0, UTC)
            ours.insert(0, _message(root, begun, _PERSON, "<p>/cancelamento</p>"))
        return sorted([*ours, *others], key=lambda each: str(each["createdDateTime"]))

    def _ours(self, message: Message) -> Json:
        at = datetime.fromtimestamp(message.at, UTC)
        attachments = [
            {
                "id": f"card{number}",
                "contentType": CARD,
                "contentUrl": None,
                "content": orjson.dumps(card, option=orjson.OPT_INDENT_2).decode(),
                "name": None,
                "thumbnailUrl": None,
            }
            for number, card in enumerate(message.cards)
        ]
        shown = "".join(f'<attachment id="{each["id"]}"></attachment>' for each in attachments)
        html = shown or _html(message.text)
        deleted = _written(at) if message.id in self._deleted else None
        told = _message(message.id, at, _application(APP_ID), html, attachments)
        return told | {"deletedDateTime": deleted}


def _html(markdown: str) -> str:
    """Render what the bot writes as Teams hands it on."""
    pieces = list(enumerate(_AT.split(markdown)))
    words = "".join(
        f'<at id="{number // 2}">{escape(piece)}</at>&nbsp;' if number % 2 else _rendered(piece)
        for number, piece in pieces
    )
    return f"<p>{words}</p>\n".replace("\n\n", "</p>\n<p>")


def _rendered(markdown: str) -> str:
    literal = escape(_ESCAPED.sub(r"\1", markdown), quote=False)
    return _EMOJI.sub(r'<emoji id="some" alt="\g<0>" title="Some"></emoji>', literal)


_PERSON: Json = {
    "application": None,
    "device": None,
    "user": {"id": "8ea0e38b", "displayName": "Robin Kline", "userIdentityType": "aadUser"},
}


def _application(app_id: str) -> Json:
    bot = {"id": app_id, "displayName": "Bot", "applicationIdentityType": "bot"}
    return {"application": bot, "device": None, "user": None}


def _message(
    message_id: str, at: datetime, sender: Json | None, html: str, attachments: Any = ()
) -> Json:
    return {
        "id": message_id,
        "replyToId": None,
        "etag": message_id,
        "messageType": "message",
        "createdDateTime": _written(at),
        "lastModifiedDateTime": _written(at),
        "lastEditedDateTime": None,
        "deletedDateTime": None,
        "subject": None,
        "summary": None,
        "importance": "normal",
        "from": sender,
        "body": {"contentType": "html", "content": html},
        "channelIdentity": {"teamId": TEAM, "channelId": CHANNEL},
        "attachments": list(attachments),
        "mentions": [],
        "reactions": [],
    }


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _newest_first(messages: Iterator[Json]) -> list[Json]:
    return sorted(messages, key=lambda each: str(each["createdDateTime"]))[::-1]


def _error(status: int, code: str) -> web.Response:
    headers = {"Retry-After": "10"} if status == 429 else None
    body = {"error": {"code": code, "message": "", "innerError": {}}}
    return web.json_response(body, status=status, headers=headers)
