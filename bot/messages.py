"""Outgoing activities: a card, or a text with real mentions. Never both in one message.

Teams splits text and card of one activity into two messages and gives no id back, so the card could
not be edited later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cards.elements import Json

CARD_TYPE = "application/vnd.microsoft.card.adaptive"


def card_message(card: Json, *, summary: str = "") -> dict[str, Any]:
    """Build a message that shows one card; `summary` is what the notification says."""
    message: dict[str, Any] = {
        "type": "message",
        "attachments": [{"contentType": CARD_TYPE, "content": card}],
    }
    return message | ({"summary": summary} if summary else {})


def text_message(
    text: str, *, summary: str = "", mentioned: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Build a markdown text. `mentioned` maps a tag of the text, `<at>name</at>`, to an MRI."""
    message: dict[str, Any] = {"type": "message", "text": text, "textFormat": "markdown"}
    entities = [
        {
            "type": "mention",
            "text": tag,
            "mentioned": {"id": mri, "name": tag.removeprefix("<at>").removesuffix("</at>")},
        }
        for tag, mri in (mentioned or {}).items()
    ]
    if entities:
        message["entities"] = entities
    return message | ({"summary": summary} if summary else {})
