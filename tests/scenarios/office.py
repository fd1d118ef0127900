"""The whole bot over HTTP, between a fake Teams and the people of the local world."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

import app
from config.classifier import load_classifier
from config.salesforce import SalesforceSettings
from config.settings import Settings
from retention.domain.classification import Classifier
from retention.services.ports.clock import Clock
from tests import records
from tests.fake_connector import FakeConnector, RosterMember

Json = dict[str, Any]
TENANT = "11111111-1111-1111-1111-111111111111"
TEAM = "19:team-retencao@thread.tacv2"
CHANNEL = "19:rc-backoffice@thread.tacv2"
BOT = {"id": "28:00000000-0000-0000-0000-00000000b070", "name": "Bot Retenção"}
ROSTER = (
    RosterMember("29:rc-ana", "00000000-0000-0000-0000-0000000000a1", "Ana Souza"),
    RosterMember("29:rc-bruno", "00000000-0000-0000-0000-0000000000a2", "Bruno Carvalho"),
    RosterMember("29:fin-fernanda", "00000000-0000-0000-0000-0000000000b1", "Fernanda Lima"),
    RosterMember("29:fin-gustavo", "00000000-0000-0000-0000-0000000000b2", "Gustavo Rocha"),
    RosterMember("29:lead-helena", "00000000-0000-0000-0000-0000000000c1", "Helena Martins"),
    RosterMember("29:lead-igor", "00000000-0000-0000-0000-0000000000c2", "Igor Alves"),
)
FIXTURES = Path(__file__).parent.parent / "fixtures" / "teams" / "inbound"

FACTS = {
    "Nº do Caso": "00012345",
    "Cliente": "Padaria Sol",
    "Canal de origem": "Telefone",
    "Nas palavras do cliente": "Já cansei. Só quero cancelar. Me manda logo pra quem resolve isso.",
}


def fixture(name: str) -> Json:
    """Read a real Teams payload with the ids of the local world."""
    payload: Json = json.loads((FIXTURES / f"{name}.json").read_text())
    return payload


def walk(node: Any) -> Iterator[Json]:
    """Visit every object of a card; the fallbacks of buttons are left out."""
    if isinstance(node, list):
        for item in node:
            yield from walk(item)
    elif isinstance(node, dict):
        yield node
        for name, item in node.items():
            if name not in {"fallback", "data"}:
                yield from walk(item)


def words(card: Json) -> str:
    """Give everything a person reads on a card."""
    parts: list[str] = []
    for node in walk(card):
        if node.get("type") == "RichTextBlock":
            parts.append("".join(str(run.get("text", "")) for run in node["inlines"]))
        elif node.get("type") != "TextRun":
            texts = ("text", "title", "label", "value")
            parts += [str(node[name]) for name in texts if isinstance(node.get(name), str)]
    return "\n".join(parts)


def buttons(card: Json) -> dict[str, Json]:
    """Give the server buttons of a card by title."""
    return {node["title"]: node for node in walk(card) if node.get("type") == "Action.Execute"}


def inputs(card: Json) -> dict[str, Json]:
    """Give the inputs of a card by label."""
    return {
        node["label"]: node for node in walk(card) if str(node.get("type")).startswith("Input.")
    }


def filled(card: Json, typed: dict[str, str]) -> dict[str, str]:
    """Fill a card as a client does: by visible label, choices by title, presets kept."""
    fields = inputs(card)
    missing = typed.keys() - fields.keys()
    assert not missing, f"no inputs {missing}; the card has {list(fields)}"
    values = {}
    for label, node in fields.items():
        value = typed.get(label, str(node.get("value", "")))
        by_title = {choice["title"]: choice["value"] for choice in node.get("choices", ())}
        values[node["id"]] = ",".join(by_title.get(part, part) for part in [value])
    return values


def chat(who: str) -> str:
    """Give the conversation in which somebody writes to the bot in private."""
    return f"a:chat-{who}"


def public(teams: FakeConnector) -> list[Json]:
    """Give everything people of the channel can read, whole."""
    threads = [each for each in teams.conversations() if each.startswith(CHANNEL)]
    return [message.activity for thread in threads for message in teams.thread(thread)]


@dataclass(frozen=True)
class Answer:
    """What a button's presser got back."""

    status: int
    body: Any

    @property
    def card(self) -> Json:
        assert self.body["type"] == "application/vnd.microsoft.card.adaptive", self.body
        card: Json = self.body["value"]
        return card

    @property
    def sentence(self) -> str:
        assert self.body["type"] == "application/vnd.microsoft.activity.message", self.body
        return str(self.body["value"])


@dataclass
class Office:
    client: Any
    """An aiohttp TestClient, or whatever posts to a bot in another process."""
    teams: FakeConnector
    database_url: str
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1_795_300_000_001))

    async def deliver(self, activity: Json) -> tuple[int, Any]:
        """Post one activity as Teams does; the status and the parsed body."""
        activity = {**activity, "serviceUrl": self.teams.service_url}
        async with self.client.post("/api/messages", json=activity) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def say(self, who: str, text: str, *, thread: str = "", mention: bool = True) -> str:
        """Write in the channel (or a thread of it); returns the thread."""
        activity = self.message(who, text, thread=thread, mention=mention)
        status, _ = await self.deliver(activity)
        assert status == 200
        return str(activity["conversation"]["id"])

    def message(self, who: str, text: str, *, thread: str = "", mention: bool = True) -> Json:
        activity = fixture(
            "channel-message-mention" if mention else "channel-message-rsc-no-mention"
        )
        activity |= {"id": str(next(self._ids)), "from": _account(who)}
        activity["conversation"]["id"] = thread or f"{CHANNEL};messageid={activity['id']}"
        activity["text"] = f"<at>{BOT['name']}</at> {text}" if mention else text
        return activity

    async def whisper(self, who: str, text: str) -> str:
        """Write to the bot in private; returns the conversation."""
        activity = fixture("personal-message")
        activity |= {"id": str(next(self._ids)), "from": _account(who), "text": text}
        activity["conversation"]["id"] = chat(who)
        status, _ = await self.deliver(activity)
        assert status == 200
        return str(activity["conversation"]["id"])

    def card(self, thread: str) -> Json:
        """The newest card of a thread, as everybody sees it."""
        return [card for message in self.teams.thread(thread) for card in message.cards][-1]

    def texts(self, thread: str) -> list[str]:
        return [message.text for message in self.teams.thread(thread) if message.text]

    async def press(
        self,
        who: str,
        thread: str,
        title: str,
        typed: dict[str, str] | None = None,
        *,
        on: Json | None = None,
    ) -> Answer:
        """Press a button by its title, on the card everybody sees or on the presser's own view."""
        card = on or self.card(thread)
        button = buttons(card)[title]
        data = dict(button["data"])
        if button.get("associatedInputs") != "none":
            data |= filled(card, typed or {})
        return await self.execute(who, thread, button["verb"], data)

    async def execute(self, who: str, thread: str, verb: str, data: Json) -> Answer:
        """Send an Action.Execute, whether a card of ours holds it or not."""
        activity = self.invoke(who, thread, verb, data)
        status, body = await self.deliver(activity)
        return Answer(status, body)

    def invoke(self, who: str, thread: str, verb: str, data: Json) -> Json:
        activity = fixture("invoke-adaptivecard-action-execute")
        cards = [message.id for message in self.teams.thread(thread) if message.cards]
        activity |= {"id": f"f:{next(self._ids)}", "from": _account(who)}
        activity["replyToId"] = cards[-1] if cards else "0"
        activity["conversation"]["id"] = thread
        if not thread.startswith("19:"):
            activity["conversation"] = {"id": thread, "conversationType": "personal"}
        action = {"type": "Action.Execute", "verb": verb, "data": data}
        activity["value"] = {"action": action, "trigger": "manual"}
        return activity

    def submit(self, who: str, thread: str, data: Json) -> Json:
        """Press a button as a client does that knows Action.Submit only."""
        pressed = self.invoke(who, thread, "", {})
        activity = fixture("message-action-submit-fallback")
        same = {name: pressed[name] for name in ("id", "from", "replyToId", "conversation")}
        return activity | same | {"value": data}

    async def settle(self) -> None:
        """Wait until every durable effect has run."""
        async with asyncio.timeout(20):
            while records.unfinished(self.database_url):  # noqa: ASYNC110 - the engine tells nobody when it is idle
                await asyncio.sleep(0.02)

    async def register(
        self, who: str = "Ana Souza", *, path: str | None = None, **facts: str
    ) -> str:
        """Register a request through the whole form; returns its thread."""
        thread = await self.say(who, "/cancelamento")
        typed = FACTS | facts
        second = (await self.press(who, thread, "Continuar", typed)).card
        judged = {"Caminho": path} if path else {}
        await self.press(who, thread, "Registrar caso", judged, on=second)
        await self.settle()
        return thread

    def rows(self, query: str) -> list[Any]:
        return records.rows(self.database_url, query)


def _account(name: str) -> Json:
    member = next(member for member in ROSTER if member.name == name)
    return {"id": member.mri, "name": member.name, "aadObjectId": member.object_id}


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of Tuesday, 24 November 2026, in São Paulo (UTC-3); hour 24 is the next day."""
    return datetime(2026, 11, 24, 3, tzinfo=UTC) + timedelta(hours=hour, minutes=minute)


@cache
def _classifier(*, lexicon: Path) -> Classifier:
    return load_classifier(lexicon=lexicon)


def used_before(database_url: str) -> None:
    """Serve from a database once: its tables, and those of the engine, are there from then on."""

    async def serve_once() -> None:
        async with _running(database_url):
            pass

    asyncio.run(serve_once())


@asynccontextmanager
async def open_office(
    database_url: str,
    teams: FakeConnector,
    salesforce: SalesforceSettings | None = None,
    clock: Clock = lambda: at(14, 2),
) -> AsyncIterator[Office]:
    """Run the bot on a database against a fake Teams, and a CRM if there is one."""
    async with (
        _running(database_url, salesforce, clock) as application,
        TestClient(TestServer(application)) as client,
    ):
        yield Office(client, teams, database_url)


@asynccontextmanager
async def _running(
    database_url: str,
    salesforce: SalesforceSettings | None = None,
    clock: Clock = lambda: at(14, 2),
) -> AsyncIterator[web.Application]:
    settings = Settings(_env_file=None, database_url=database_url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "load_classifier", _classifier)
        running = app.running(settings, salesforce=salesforce, clock=clock)
        async with running as application:
            yield application
