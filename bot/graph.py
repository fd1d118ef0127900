"""Reading the channel back through Microsoft Graph, to find a message whose answer was lost.

Graph: with the team's consent to `ChannelMessage.Read.Group` an application lists the root messages
of a channel and the replies to one, 50 a page at most, in no order that may be relied on. Nothing
invisible is known to survive in a message, so whoever looks compares what people can see, and the
data of a card's buttons.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Final
from urllib.parse import quote

import aiohttp
import structlog
from pydantic import AwareDatetime, BaseModel, Field
from pydantic.alias_generators import to_camel
from yarl import URL

from bot.connector_errors import json_object
from bot.messages import CARD_TYPE
from bot.tokens import GRAPH_RESOURCE, TokenProvider
from cards.elements import Json
from retention.services.ports.failures import TransientError

_PAGE: Final = 50
_MOST_PAGES: Final = 4
_LAG_SECONDS: Final = 2.0
"""How long a message that Teams took may still be missing from Graph; not documented."""
_FORBIDDEN_SECONDS: Final = 3600.0
_MENTION: Final = re.compile(r"<at\b.*?</at>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of ours as Graph tells it.

    `words` is the visible text without the mentions; `cards` the Adaptive Cards it shows.
    """

    id: str
    at: datetime
    words: str
    cards: tuple[Json, ...]


Recognise = Callable[[Sequence[Posted]], str | None]
"""Picks the message looked for out of ours, in whatever order they come; gives its id."""


def messages_url(base_url: str, *, team_group_id: str, channel_id: str) -> str:
    """Give the address of a channel's messages in Microsoft Graph; it is encoded already."""
    team, channel = quote(team_group_id, safe=""), quote(channel_id, safe="")
    return f"{base_url}/v1.0/teams/{team}/channels/{channel}/messages"


class ChannelReader:
    """Look for a message of ours among the channel's roots, or among the replies to one.

    Only after an attempt of unknown fate, so it need not be fast; but whoever waits for the message
    waits for the look too: one takes 3 s at most, and there is a second one 2 s later, for what
    Teams took may show in Graph a moment later.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        tokens: TokenProvider,
        app_id: str,
        team_group_id: str,
        channel_id: str,
        base_url: str = GRAPH_RESOURCE,
        look_seconds: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._session, self._tokens, self._app_id = session, tokens, app_id
        self._look_seconds, self._clock, self._sleep = look_seconds, clock, sleep
        self._messages = messages_url(base_url, team_group_id=team_group_id, channel_id=channel_id)
        self._forbidden_until = float("-inf")

    async def find(self, recognise: Recognise, *, root: str | None = None) -> str | None:
        """Give the id of the message that `recognise` picks; None: not there, or not to be told.

        Never raises. What cannot be read is logged; a missing permission is believed for an hour.
        """
        if self._clock() < self._forbidden_until:
            return None
        replies = f"/{quote(root, safe='')}/replies" if root else ""
        url = URL(f"{self._messages}{replies}?$top={_PAGE}", encoded=True)
        try:
            found = await self._look(url, recognise)
            if found is None:
                await self._sleep(_LAG_SECONDS)
                found = await self._look(url, recognise)
        except _NotRead as error:
            log.warning("thread.not_read", why=str(error))
            return None
        log.info("thread.read_back", found=found is not None)
        return found

    async def _look(self, url: URL, recognise: Recognise) -> str | None:
        """Read page after page until the message is among what was read."""
        ours: list[Posted] = []
        try:
            async with asyncio.timeout(self._look_seconds):
                for _ in range(_MOST_PAGES):
                    page = await self._page(url)
                    ours += self._ours(page)
                    following = URL(page.next_link or "", encoded=True)
                    if (found := recognise(ours)) or not _is_same_host(following, url):
                        return found
                    url = following
        except (aiohttp.ClientError, TimeoutError, TransientError, ValueError) as error:
            raise _NotRead(type(error).__name__) from error
        return None

    async def _page(self, url: URL) -> _Page:
        token = await self._tokens.token()
        async with self._session.get(
            url,
            headers={"Authorization": f"Bearer {token}"},
            allow_redirects=False,  # the token is for this host alone
        ) as answer:
            raw = await answer.read()
        if answer.status == 403:  # noqa: PLR2004 - HTTP: forbidden
            self._forbidden_until = self._clock() + _FORBIDDEN_SECONDS
        if answer.status != 200:  # noqa: PLR2004 - HTTP: OK
            raise _NotRead(str(answer.status))
        return _Page.model_validate_json(raw)

    def _ours(self, page: _Page) -> list[Posted]:
        return [
            Posted(
                id=message.id,
                at=message.created_date_time,
                words=_visible(message.body.content or ""),
                cards=tuple(
                    json_object(attachment.content or "")
                    for attachment in message.attachments
                    if attachment.content_type == CARD_TYPE
                ),
            )
            for message in page.value
            if message.deleted_date_time is None and message.application_id == self._app_id
        ]


class _NotRead(Exception):
    """The channel could not be read; the message says why, without words of anybody."""


def _is_same_host(url: URL, known: URL) -> bool:
    return url.absolute and url.origin() == known.origin()


# ---- what Graph answers --------------------------------------------------------------------------


class _Part(BaseModel, frozen=True, alias_generator=to_camel):
    """Part of an answer. Graph: what does not apply is null."""


class _Application(_Part):
    id: str


class _Sender(_Part):
    application: _Application | None = None


class _Body(_Part):
    content: str | None = None


class _Attachment(_Part):
    content_type: str | None = None
    content: str | None = None


class _Message(_Part):
    id: str
    created_date_time: AwareDatetime
    deleted_date_time: AwareDatetime | None = None
    sender: _Sender | None = Field(None, alias="from")
    body: _Body = _Body()
    attachments: tuple[_Attachment, ...] = ()

    @property
    def application_id(self) -> str | None:
        application = self.sender.application if self.sender else None
        return application.id if application else None


class _Page(_Part):
    value: tuple[_Message, ...]
    next_link: str | None = Field(None, alias="@odata.nextLink")


def _visible(content: str) -> str:
    return unescape(_TAG.sub(" ", _MENTION.sub(" ", content)))
