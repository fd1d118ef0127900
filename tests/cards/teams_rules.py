"""What Teams asks of a card beyond good will: the official schema, and rules of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema

from cards.elements import Json

MAX_BYTES = 20 * 1024
MOST_ACTIONS = 6
_NOT_ELEMENTS = ("data", "msteams", "choices.data")
_TEAMS_ONLY = {"msteams", "choices.data"}
_LINK = re.compile(r"^(https|mailto|tel|msteams):")
_MENTION = re.compile(r"<at>.*?</at>")


def findings(card: Json) -> list[str]:
    """List what is wrong with a card; empty when Teams will show it as meant."""
    elements = list(walk(card))
    found = [finding for element in elements for finding in _schema_findings(element)]
    found += [finding for element in elements for finding in _element_findings(element)]
    found += _card_findings(card, elements)
    return found


def walk(node: Any) -> Iterator[Json]:
    """Give every element, input and action of a card, fallbacks included."""
    if isinstance(node, list):
        for item in node:
            yield from walk(item)
    elif isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield node
        for key, value in node.items():
            if key not in _NOT_ELEMENTS:
                yield from walk(value)


def shown_actions(card: Json) -> list[Json]:
    """Give the buttons of a card, without the fallbacks behind them."""
    return [action for row in walk(card) for action in row.get("actions", [])]


def titles(card: Json) -> list[str]:
    """Give the words on the buttons of a card, in their order."""
    return [action["title"] for action in shown_actions(card)]


def inputs(card: Json) -> dict[str, Json]:
    """Give the inputs of a card by id."""
    return {e["id"]: e for e in walk(card) if e["type"].startswith("Input.")}


def all_text(card: Json) -> str:
    """Give every word a card shows, folded ones included, one element a line."""
    return "\n".join(_texts(card))


def _texts(card: Json) -> Iterator[str]:
    for element in walk(card):
        if element["type"] == "TextBlock":
            yield element["text"]
        if element["type"] == "RichTextBlock":
            yield "".join(piece["text"] for piece in element["inlines"])
        for fact in element.get("facts", []):
            yield f"{fact['title']}: {fact['value']}"
        for key in ("label", "title", "placeholder"):
            if key in element:
                yield str(element[key])
        for choice in element.get("choices", []):
            yield choice["title"]


def _card_findings(card: Json, elements: list[Json]) -> Iterator[str]:
    size = len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAX_BYTES:
        yield f"{size} bytes"
    if card.get("version") != "1.5" or card.get("lang") != "pt" or not card.get("fallbackText"):
        yield "version, lang or fallbackText"
    ids = [e["id"] for e in elements if e["type"].startswith("Input.")]
    if len(ids) != len(set(ids)):
        yield f"inputs of the same id: {ids}"
    known = {e.get("id") for e in elements}
    targets = {t for e in elements for t in e.get("targetElements", [])}
    if not targets <= known:
        yield f"toggle without target: {targets - known}"
    actions = shown_actions(card)
    seen = _seen_actions(elements)
    if seen > MOST_ACTIONS:
        yield f"{seen} buttons"
    if sum(action.get("style") == "positive" for action in actions) > 1:
        yield "two positive buttons"
    if any(_MENTION.search(words) for words in _markdown(elements)):
        yield "a mention without its entity"


def _seen_actions(elements: list[Json]) -> int:
    """Count the buttons in sight; the secondary ones of a row share one, the "…"."""
    rows = [element.get("actions", []) for element in elements]
    secondary = [[each for each in row if each.get("mode") == "secondary"] for row in rows]
    return sum(
        len(row) - len(hidden) + bool(hidden) for row, hidden in zip(rows, secondary, strict=True)
    )


def _markdown(elements: list[Json]) -> Iterator[str]:
    """Give the texts in which Teams looks for Markdown and mentions."""
    for element in elements:
        if element["type"] == "TextBlock":
            yield element["text"]
        for fact in element.get("facts", []):
            yield fact["value"]
        for choice in element.get("choices", []):
            yield choice["title"]


def _element_findings(element: Json) -> Iterator[str]:
    kind = element["type"]
    if kind.startswith("Input.") and not (element.get("label") and element.get("errorMessage")):
        yield f"{element['id']}: label or errorMessage"
    if kind == "TextBlock" and element.get("wrap") is not True:
        yield f"not wrapped: {element['text'][:40]}"
    if kind == "TextBlock" and (element.get("isSubtle") or element.get("color")):
        yield f"pale or coloured: {element['text'][:40]}"
    if kind == "Action.OpenUrl" and not _LINK.match(element["url"]):
        yield f"link: {element['url']}"
    if kind.startswith("Action.") and not element.get("title"):
        yield f"{kind} without title"
    if kind == "Action.Execute":
        yield from _execute_findings(element)


def _execute_findings(action: Json) -> Iterator[str]:
    fallback = action.get("fallback", {})
    if fallback.get("type") != "Action.Submit":
        yield f"{action['verb']}: no Action.Submit to fall back to"
    elif fallback["data"] != {"verb": action["verb"], **action["data"]}:
        yield f"{action['verb']}: the fallback carries other data"
    elif fallback.get("associatedInputs") != action.get("associatedInputs"):
        yield f"{action['verb']}: the fallback reads other inputs"
    elif not fallback["msteams"]["feedback"]["hide"]:
        yield f"{action['verb']}: the fallback shows the banner of Teams"


# ---- the official schema, element by element -----------------------------------------------------
# As a whole it cannot be used: it forbids in each part what the other parts of an allOf permit.


@cache
def _definitions() -> dict[str, Any]:
    path = files("adaptive_cards") / "schemas" / "schema-1.5.json"
    definitions: dict[str, Any] = json.loads(path.read_text("utf-8"))["definitions"]
    return definitions


def _schema_findings(element: Json) -> Iterator[str]:
    kind = element["type"]
    if kind.startswith("Chart."):
        yield from _chart_findings(element)
        return
    definition = _definitions().get(kind)
    if definition is None:
        yield f"unknown type {kind}"
        return
    properties = _properties(kind)
    for name in definition.get("required", []):
        if name not in element:
            yield f"{kind} without {name}"
    for name, value in element.items():
        if name.startswith("$") or name in _TEAMS_ONLY:
            continue
        if name not in properties:
            yield f"{kind}.{name} is no property"
        elif not _holds_elements(properties[name]):
            schema = {"definitions": _definitions(), **properties[name]}
            for error in jsonschema.Draft6Validator(schema).iter_errors(value):
                yield f"{kind}.{name}: {error.message[:120]}"


def _chart_findings(chart: Json) -> Iterator[str]:
    """Teams: charts are newer than the schema; a client that cannot draw one shows its fallback."""
    if chart.get("fallback", {}).get("type") != "FactSet":
        yield "a chart without its numbers as text"
    elif len(chart["fallback"]["facts"]) != len(chart["data"]):
        yield "a chart whose text has other numbers"
    if not chart.get("title"):
        yield "a chart without title"


@cache
def _properties(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    pending = [_definitions()[kind]]
    while pending:
        part = pending.pop()
        pending += [_resolved(ref) for ref in (*part.get("allOf", []), *part.get("anyOf", []))]
        for name, schema in part.get("properties", {}).items():
            found[name] = schema or found.get(name, {})
    return found


def _resolved(part: dict[str, Any]) -> Any:
    return _definitions()[part["$ref"].rsplit("/", 1)[-1]] if "$ref" in part else part


def _holds_elements(schema: dict[str, Any]) -> bool:
    """Tell whether a property holds further elements, which are checked on their own."""
    written = json.dumps(schema)
    return "ImplementationsOf" in written or any(
        f'/definitions/{name}"' in written for name in ("Column", "Fact", "Input.Choice", "TextRun")
    )
