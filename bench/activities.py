"""Activities as Teams sends them: what is typed in the channel, and buttons that are pressed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import orjson

from bench.world import APP_ID, CHANNEL, LOCAL_BOT, TEAM, TENANT

Json = dict[str, Any]
_BOT_NAME = "Bot Retenção"
_IDS: Iterator[int] = itertools.count(1_795_266_000_000)
"""One row for all bots, so that no two threads are ever mistaken for each other."""
_MOMENT = "2026-11-20T16:05:12.4410214Z"


class Activities:
    """Writes activities for one far end; `service_url` tells which, and so which bot is meant."""

    def __init__(self, service_url: str) -> None:
        self._service_url = service_url
        is_production = service_url.startswith("https:")
        self._bot = {"id": f"28:{APP_ID}" if is_production else LOCAL_BOT, "name": _BOT_NAME}
        self._ids = _IDS

    def typed(self, who: tuple[str, str], text: str) -> tuple[str, bytes]:
        """Write a message that mentions the bot, as a new post; gives its thread too."""
        number = next(self._ids)
        thread = f"{CHANNEL};messageid={number}"
        mention = f"<at>{_BOT_NAME}</at>"
        activity = {
            **self._about(who, thread, str(number)),
            "type": "message",
            "textFormat": "plain",
            "text": f"{mention} {text}\n",
            "attachments": [
                {
                    "contentType": "text/html",
                    "content": f"<div><span itemscope>{_BOT_NAME}</span>&nbsp;{text}</div>",
                }
            ],
            "entities": [
                {"type": "mention", "mentioned": self._bot, "text": mention},
                {
                    "type": "clientInfo",
                    "locale": "pt-BR",
                    "country": "BR",
                    "platform": "Web",
                    "timezone": "America/Sao_Paulo",
                },
            ],
        }
        return thread, orjson.dumps(activity)

    def pressed(
        self, who: tuple[str, str], thread: str, message: str, verb: str, data: Json
    ) -> bytes:
        """Write the press of a button on a message of a thread."""
        number = next(self._ids)
        action = {"type": "Action.Execute", "id": verb, "verb": verb, "data": data}
        activity = {
            **self._about(who, thread, f"f:{number}"),
            "type": "invoke",
            "name": "adaptiveCard/action",
            "replyToId": message,
            "value": {"action": action, "trigger": "manual"},
        }
        return orjson.dumps(activity)

    def _about(self, who: tuple[str, str], thread: str, activity_id: str) -> Json:
        object_id, name = who
        return {
            "id": activity_id,
            "timestamp": _MOMENT,
            "localTimestamp": _MOMENT,
            "localTimezone": "America/Sao_Paulo",
            "serviceUrl": self._service_url,
            "channelId": "msteams",
            "from": {"id": f"29:{object_id}", "name": name, "aadObjectId": object_id},
            "recipient": self._bot,
            "conversation": {
                "isGroup": True,
                "conversationType": "channel",
                "tenantId": TENANT,
                "id": thread,
            },
            "channelData": {
                "teamsChannelId": CHANNEL,
                "teamsTeamId": TEAM,
                "channel": {"id": CHANNEL},
                "team": {"id": TEAM},
                "tenant": {"id": TENANT},
            },
            "locale": "pt-BR",
        }


def button(card: Json, verb: str) -> Json:
    """Find what a button of a card carries, with its inputs filled as they were offered."""
    nodes = list(_nodes(card))
    action = next(node for node in nodes if node.get("verb") == verb)
    if action.get("associatedInputs") == "none":
        return dict(action["data"])
    inputs = (node for node in nodes if str(node.get("type")).startswith("Input."))
    return {**action["data"], **{node["id"]: str(node.get("value", "")) for node in inputs}}


def _nodes(part: Any) -> Iterator[Json]:
    if isinstance(part, list):
        for item in part:
            yield from _nodes(item)
    elif isinstance(part, dict):
        yield part
        for name, item in part.items():
            if name not in {"data", "fallback"}:
                yield from _nodes(item)
