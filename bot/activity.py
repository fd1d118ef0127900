"""What the parts of an activity mean, read from its body as Teams sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def conversation_of(body: Mapping[str, Any]) -> str:
    return str((body.get("conversation") or {}).get("id") or "")


def thread_of(body: Mapping[str, Any]) -> str:
    """Teams: a thread is `<channel>;messageid=<root>`; without it, this post is the root."""
    conversation = conversation_of(body)
    if is_personal(body) or ";messageid=" in conversation:
        return conversation
    return f"{conversation};messageid={body.get('id') or ''}"


def bot_name_of(body: Mapping[str, Any]) -> str:
    return str((body.get("recipient") or {}).get("name") or "")


def is_personal(body: Mapping[str, Any]) -> bool:
    return (body.get("conversation") or {}).get("conversationType") == "personal"


def pressed_message(body: Mapping[str, Any]) -> str:
    """Teams: `replyToId` of a button press is the id of the message that holds the card."""
    return str(body.get("replyToId") or "") if body.get("value") is not None else ""


def delivery_of(body: Mapping[str, Any]) -> str:
    """Name a delivery: edits reuse the id of the message, so the type belongs to the key."""
    return f"{conversation_of(body)}|{body.get('id') or ''}|{body.get('type')}"
