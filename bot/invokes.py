"""The bodies Teams expects as answers to invokes. HTTP 200 always; Teams shows others as faults."""

from __future__ import annotations

from typing import Any

import orjson

from bot.messages import CARD_TYPE
from cards.elements import Json
from cards.sentences import NOT_OFFERED

_MESSAGE_TYPE = "application/vnd.microsoft.activity.message"


def read_action(value: Any) -> tuple[str, dict[str, Any]]:
    """Read verb and data of an `adaptiveCard/action`; other shapes have the verb of no button.

    Teams: `data` is the button's data merged with the inputs by their ids; a phone may leave empty
    inputs out.
    """
    action = value.get("action") if isinstance(value, dict) else None
    if not isinstance(action, dict) or not isinstance(action.get("verb"), str):
        return "", {}
    data = action.get("data")
    return action["verb"], data if isinstance(data, dict) else {}


def card(content: Json | orjson.Fragment) -> dict[str, Any]:
    """Replace the card for whoever pressed."""
    return {"statusCode": 200, "type": CARD_TYPE, "value": content}


def message(text: str) -> dict[str, Any]:
    """Say a sentence to whoever pressed; the card stays."""
    return {"statusCode": 200, "type": _MESSAGE_TYPE, "value": text}


def not_offered(name: str) -> dict[str, Any]:
    """Answer the invokes of doors this bot does not have, in the shape each of them expects."""
    if name.startswith("task/"):
        return {"task": {"type": "message", "value": NOT_OFFERED}}
    if name.startswith("composeExtension/"):
        return {"composeExtension": {"type": "message", "text": NOT_OFFERED}}
    if name == "application/search":
        return {
            "statusCode": 200,
            "type": "application/vnd.microsoft.search.searchResponse",
            "value": {"results": []},
        }
    return {}
