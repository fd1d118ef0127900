"""What must hold of everything the bot answers and sends, however hostile the request was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.cards.teams_rules import findings, walk
from tests.fuzz.mutations import Shot

Json = dict[str, Any]
CARD = "application/vnd.microsoft.card.adaptive"
SENTENCE = "application/vnd.microsoft.activity.message"
SEARCH = "application/vnd.microsoft.search.searchResponse"
MAX_CARD_BYTES = 20 * 1024
STATUSES = {200, 400, 401, 403, 413, 415}
_ESCAPED = re.compile(r"\\[\\`*_\[\]()#~|<>&.+=-]")
_BOLD = re.compile(r"\*\*[^*\n]+\*\*")
_TYPED_BOLD = "**zq!**"
_MARKUP = re.compile(
    r"""
    \[[^\]]*\]\( | <[a-z/!] | [`_*~|] | &(?=\#?\w+;)
  | ^[ ]{0,3}(?:\#{1,6}\s|>|[-+]\s|\d+[.)]\s) | ^[ \t]{4}\S
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_MENTION = re.compile(r"<at\b", re.IGNORECASE)
_OWN_LINK = "https://teams.microsoft.com/l/"


def broken_by_answer(shot: Shot, status: int, text: str) -> Iterator[str]:
    """Say which laws an HTTP answer breaks."""
    if status not in STATUSES:
        yield f"status {status}"
    if status != 200 or not text:
        if shot.wants_answer:
            yield f"a button or dialog of Teams was answered with {status} and no body"
        return
    try:
        body = json.loads(text)
    except ValueError:
        yield "the answer is no JSON"
        return
    yield from _broken_by_body(body)


def _broken_by_body(body: Any) -> Iterator[str]:
    match body:
        case {"statusCode": 200, "type": type_, "value": dict(card)} if type_ == CARD:
            yield from broken_by_card(card)
        case {"statusCode": 200, "type": type_, "value": str(words)} if type_ == SENTENCE:
            if not words.strip():
                yield "an empty sentence"
        case {"statusCode": 200, "type": type_, "value": {"results": []}} if type_ == SEARCH:
            pass
        case {"task": {"type": "message", "value": str()}}:
            pass
        case {"composeExtension": {"type": "message", "text": str()}}:
            pass
        case {} if body == {}:
            pass
        case _:
            yield f"the answer has no known shape: {str(body)[:120]}"


def broken_by_message(activity: Json) -> Iterator[str]:
    """Say which laws a message the bot sent breaks: its card, or its text and mentions.

    Teams: a tag without an entity mentions nobody, so plain text needs no escapes.
    """
    text, entities = activity.get("text"), activity.get("entities") or []
    if isinstance(text, str):
        for entity in entities:
            if entity["text"] not in text:
                yield f"a mention that is not in the text: {entity['text']}"
            text = text.replace(entity["text"], "", 1)
        if activity.get("textFormat") != "plain":
            yield from (f"text: {found}" for found in markup_in(text))
        elif entities:
            yield f"plain text that mentions: {text[:80]!r}"
    for attachment in activity.get("attachments") or []:
        yield from broken_by_card(attachment["content"])


def broken_by_card(card: Json, *, whole: bool = False) -> Iterator[str]:
    """Say which laws a card breaks; `whole` asks the official schema too, which takes long."""
    size = len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAX_CARD_BYTES:
        yield f"a card of {size} bytes"
    for words in _markdown(card):
        yield from (f"card: {found}" for found in markup_in(words))
    for words in _literal(card):
        if _MENTION.search(words):
            yield f"a mention in literal text: {words[:80]!r}"
    for element in walk(card):
        if "url" in element and not str(element["url"]).startswith(_OWN_LINK):
            yield f"a link elsewhere: {element['url']}"
    if whole:
        yield from (f"schema: {found}" for found in findings(card))


def markup_in(words: str) -> list[str]:
    """List the markup that is neither escaped nor bold type of ours."""
    read = _ESCAPED.sub("x", words)
    left = read if _TYPED_BOLD in read else _BOLD.sub("", read)
    return [f"{left[max(found.start() - 20, 0) :][:60]!r}" for found in _MARKUP.finditer(left)][:3]


def _markdown(card: Json) -> Iterator[str]:
    """Give the texts in which Teams draws Markdown."""
    yield str(card.get("fallbackText", ""))
    for element in walk(card):
        if element["type"] == "TextBlock":
            yield element["text"]
        for fact in element.get("facts", ()):
            yield from (fact["title"], fact["value"])
        for choice in element.get("choices", ()):
            yield choice["title"]


def _literal(card: Json) -> Iterator[str]:
    """Give the texts that are drawn as they are, mentions apart."""
    for element in walk(card):
        if element["type"] == "TextRun":
            yield element["text"]
        for name in ("label", "title", "placeholder", "errorMessage"):
            if name in element:
                yield str(element[name])
