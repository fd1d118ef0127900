"""Make what the Playground sends to the bot look like what Teams sends.

The Playground speaks as one user, in en-US, with random ids, and keeps channel text without a
mention to itself. `mark_message` hides a note in the message that the page posts; the Playground
carries it to the bot's endpoint as one more mention of the bot, where `as_teams` reads it and takes
it out. So who wrote a message travels with the message: no state, no race between two people.
"""

import html
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from dev.world import Person, World

Json = dict[str, Any]

_NOTE = "dev-proxy:"
_AT = re.compile(r"<at>(.*?)</at>")


def mark_message(message: Json, *, world: World, author: Person, is_new_post: bool) -> Json:
    """Note the author in a message posted by the page, so that the Playground delivers it.

    The note mentions the bot, hence text without a mention reaches the bot as well, as it does in
    Teams where the app has the RSC permission ChannelMessage.Read.Group.
    """
    note = _NOTE + json.dumps({"author": author.id, "isNewPost": is_new_post})
    mention = {"mentioned": {"id": world.bot.id}, "text": note}
    return {**message, "mentions": [*message.get("mentions", []), mention]}


def as_teams(
    activity: Json,
    *,
    world: World,
    owners: Mapping[str, Person],
    next_id: Callable[[], str],
) -> Json:
    """Return the activity as Teams would send it.

    Args:
        activity: an activity of the Playground.
        world: who and what exists.
        owners: the person of each personal chat, by conversation id.
        next_id: gives a new message id, a number that always rises.
    """
    note, entities = _take_note(activity.get("entities", []))
    conversation = activity["conversation"]["id"]
    author = owners.get(conversation) or world.member(note.get("author", activity["from"]["id"]))
    result = {
        **activity,
        "id": next_id() if activity["type"] == "message" else f"f:{activity['id']}",
        "locale": "pt-BR",
        "entities": [_in_brazil(entity) for entity in entities],
    }
    if author:
        result["from"] = author.account()
    if "localTimezone" in activity:
        result["localTimezone"] = "America/Sao_Paulo"
    if note.get("isNewPost"):  # Teams: the root message's id is the thread's `;messageid=`
        result["id"] = conversation.partition(";messageid=")[2]
    if activity["type"] == "message" and "text" in activity:
        result["attachments"] = [
            {"contentType": "text/html", "content": _as_html(activity["text"])}
        ]
    return result


def _take_note(entities: list[Json]) -> tuple[Json, list[Json]]:
    kept: list[Json] = []
    note: Json = {}
    for entity in entities:
        text = entity.get("text", "")
        if entity.get("type") == "mention" and text.startswith(_NOTE):
            note = json.loads(text.removeprefix(_NOTE))
        else:
            kept.append(entity)
    return note, kept


def _in_brazil(entity: Json) -> Json:
    if entity.get("type") != "clientInfo":
        return entity
    place = {"locale": "pt-BR", "country": "BR", "timezone": "America/Sao_Paulo"}
    return {"platform": "Web", **entity, **place}


def _as_html(text: str) -> str:
    """Repeat the text as HTML, as Teams does in an attachment that is no file."""
    parts = _AT.split(text)  # text, mentioned name, text, …
    mention = '<span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="{}">{}</span>'
    return "<p>{}</p>".format(
        "".join(
            mention.format(index // 2, html.escape(part)) if index % 2 else html.escape(part)
            for index, part in enumerate(parts)
        )
    )
