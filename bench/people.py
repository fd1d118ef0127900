"""What people do with a bot: each turn is checked, for an error that is fast is no result."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from bench.activities import Activities, Json, button
from bench.teams import Teams
from bench.wire import Client
from bench.world import ANA, FERNANDA
from cards.actions.case import ClaimCase
from cards.actions.intake import ContinueForm, RegisterCase

_WORDS = "Já cansei. Só quero cancelar. Me manda logo pra quem resolve isso."
_CASOS: Iterator[int] = itertools.count(50_000_000)
_CARD = "application/vnd.microsoft.card.adaptive"


class BadAnswer(Exception):
    """A bot did not do what was measured."""


@dataclass
class Request:
    """A request for a case on its way: the thread, and the card its author sees."""

    thread: str
    card: Json = field(default_factory=dict)


class People:
    """Take turns with one bot."""

    def __init__(self, teams: Teams, client: Client) -> None:
        self._teams, self._client = teams, client
        self._activities = Activities(teams.service_url)
        self._casos = _CASOS
        self.latencies: list[float] = []
        """Of all turns, in seconds."""

    async def ask(self, text: str) -> Request:
        """Type a command; one card comes into the thread before the turn is answered."""
        thread, activity = self._activities.typed(ANA, text)
        status, _ = await self._post(activity)
        if not 200 <= status < 300 or self._teams.writes[thread] != 1:  # noqa: PLR2004 - HTTP
            raise BadAnswer(f"{text}: {status}, {self._teams.writes[thread]} messages")
        return Request(thread)

    async def help(self) -> None:
        await self.ask("/ajuda")

    async def request(self) -> Request:
        return await self.ask("/cancelamento")

    async def fill_in(self, request: Request) -> None:
        """Give the facts: the second screen comes back."""
        typed = {
            "crm_case": str(next(self._casos)),
            "customer": "Padaria Três Irmãos",
            "channel": "phone",
            "verbatim": _WORDS,
        }
        form = self._teams.card(request.thread)
        data = button(form, ContinueForm.verb) | typed
        request.card = await self._press(ANA, request, ContinueForm.verb, data)

    async def register(self, request: Request) -> None:
        data = button(request.card, RegisterCase.verb)
        request.card = await self._press(ANA, request, RegisterCase.verb, data)

    async def claim(self, request: Request) -> None:
        data = button(request.card, ClaimCase.verb)
        request.card = await self._press(FERNANDA, request, ClaimCase.verb, data)

    async def _post(self, activity: bytes) -> tuple[int, bytes]:
        began = time.perf_counter()
        answer = await self._client.post(activity)
        self.latencies.append(time.perf_counter() - began)
        return answer

    async def _press(self, who: tuple[str, str], request: Request, verb: str, data: Json) -> Json:
        message = self._teams.card_id[request.thread]
        activity = self._activities.pressed(who, request.thread, message, verb, data)
        status, body = await self._post(activity)
        answer = orjson.loads(body) if status == 200 else {}  # noqa: PLR2004 - HTTP: OK
        if answer.get("type") != _CARD or b'"notice"' in body:
            raise BadAnswer(f"{verb}: {status} {body[:300]!r}")
        card: Json = answer["value"]
        return card
