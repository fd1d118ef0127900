"""The dozen Adaptive Card elements we use, as functions returning JSON (schema 1.5).

What people typed goes through `run` (a TextRun knows no Markdown). Where only a TextBlock, a
FactSet or a choice will do, it goes through `plain` first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar

from cards.plain_text import breakable, plain

Json = dict[str, Any]
Band = Literal["emphasis", "accent", "good", "warning", "attention"]
Spacing = Literal["None", "Small", "Medium", "Large"]
Value = TypeVar("Value", bound=str)


def card(*body: Json | None, fallback_text: str) -> Json:
    """Make a whole card; `fallback_text` is read out and shown by clients that cannot draw it.

    Those show it as Markdown (schema), so nothing in it is taken for markup.
    """
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "lang": "pt",
        "fallbackText": plain(fallback_text),
        "body": [element for element in body if element is not None],
    }


def heading(words: str, *, section: bool = False, spacing: Spacing | None = None) -> Json:
    """Make the card's title, or the title of a section of it."""
    # Without a size written out, `heading` grows to Large.
    size = "Default" if section else "Large"
    return _known(
        type="TextBlock",
        text=words,
        wrap=True,
        style="heading",
        size=size,
        weight="Bolder",
        spacing=spacing,
    )


def text(
    words: str,
    *,
    small: bool = False,
    bold: bool = False,
    spacing: Spacing = "Small",
    id: str | None = None,  # noqa: A002 - the schema's word
) -> Json:
    """Make a paragraph of our own words, in Markdown."""
    return _known(
        type="TextBlock",
        text=words,
        wrap=True,
        size="Small" if small else None,
        weight="Bolder" if bold else None,
        spacing=spacing,
        id=id,
    )


def run(
    words: str,
    *,
    bold: bool = False,
    italic: bool = False,
    underline: bool = False,
    small: bool = False,
    url: str = "",
) -> Json:
    """Make a piece of a paragraph, shown literally; with a `url` it is a link."""
    made: Json = {"type": "TextRun", "text": breakable(words)}
    if bold:
        made["weight"] = "Bolder"
    if italic:
        made["italic"] = True
    if underline:
        made["underline"] = True
    if small:
        made["size"] = "Small"
    if url:
        made["selectAction"] = open_url(words, url)
    return made


def rich(*runs: Json, spacing: Spacing = "Small") -> Json:
    """Make a paragraph of runs: the place for what people typed."""
    return {"type": "RichTextBlock", "inlines": list(runs), "spacing": spacing}


def container(
    *items: Json | None,
    spacing: Spacing = "Large",
    id: str | None = None,  # noqa: A002 - the schema's word
    visible: bool = True,
) -> Json:
    """Make a section."""
    return _known(
        type="Container",
        id=id,
        spacing=spacing,
        isVisible=None if visible else False,
        items=[item for item in items if item is not None],
    )


def band(*items: Json | None, id: str, style: Band, spacing: Spacing = "None") -> Json:  # noqa: A002
    """Make a coloured strip from edge to edge. The colour only repeats what its words say."""
    return {
        **container(*items, spacing=spacing, id=id),
        "style": style,
        "bleed": True,
    }


def facts(pairs: Iterable[tuple[str, str]], *, spacing: Spacing | None = None) -> Json:
    """Make a table of title and value; titles of one word never wrap on a phone."""
    rows = [{"title": title, "value": breakable(value)} for title, value in pairs]
    return _known(type="FactSet", facts=rows, spacing=spacing)


def text_input(
    id: str,  # noqa: A002 - the schema's word
    label: str,
    *,
    error: str,
    value: str = "",
    placeholder: str = "",
    max_length: int,
    required: bool = False,
    multiline: bool = False,
    regex: str = "",
) -> Json:
    """Make a text field. The client checks first, the server always."""
    return _known(
        type="Input.Text",
        id=id,
        label=breakable(label),
        errorMessage=error,
        placeholder=placeholder or None,
        value=value or None,
        isRequired=required or None,
        isMultiline=multiline or None,
        maxLength=max_length,
        regex=regex or None,
    )


def choice_input(
    id: str,  # noqa: A002 - the schema's word
    label: str,
    choices: Mapping[Value, str],
    *,
    error: str,
    value: str = "",
    placeholder: str = "",
    required: bool = False,
    expanded: bool = False,
    several: bool = False,
) -> Json:
    """Make a choice; `choices` maps each value to its title."""
    return _known(
        type="Input.ChoiceSet",
        id=id,
        label=breakable(label),
        errorMessage=error,
        style="expanded" if expanded else "compact",
        wrap=True,
        isMultiSelect=several or None,
        isRequired=required or None,
        placeholder=placeholder or None,
        # A preselected value outside the list would be sent although nobody saw it.
        value=value if value in choices else None,
        choices=[{"title": title, "value": str(choice)} for choice, title in choices.items()],
    )


def of_the_conversation(choice: Json) -> Json:
    """Let a choice of people find every member of the conversation by name, too.

    Teams: the client looks them up itself, and sends the Entra object id, as the choices do. One
    that cannot, shows the choices alone.
    """
    dataset = "graph.microsoft.com/users?scope=currentContext"
    return {**choice, "choices.data": {"type": "Data.Query", "dataset": dataset}}


def moment_input(
    kind: Literal["Date", "Time"],
    id: str,  # noqa: A002 - the schema's word
    label: str,
    *,
    error: str,
    value: str = "",
    earliest: str = "",
    latest: str = "",
    required: bool = False,
) -> Json:
    """Make a date (YYYY-MM-DD) or time (HH:MM) field."""
    return _known(
        type=f"Input.{kind}",
        id=id,
        label=breakable(label),
        errorMessage=error,
        isRequired=required or None,
        value=value or None,
        min=earliest or None,
        max=latest or None,
    )


def action_set(*actions: Json | None, spacing: Spacing = "Medium") -> Json:
    """Make a row of buttons."""
    shown = [action for action in actions if action is not None]
    return {"type": "ActionSet", "spacing": spacing, "actions": shown}


def open_url(title: str, url: str) -> Json:
    return {"type": "Action.OpenUrl", "title": title, "url": url}


def toggle(title: str, *targets: str) -> Json:
    """Make a button that folds and unfolds elements; it stays in place, so focus is kept."""
    return {"type": "Action.ToggleVisibility", "title": title, "targetElements": [*targets]}


def columns(*each: Json, spacing: Spacing = "Small") -> Json:
    """Stand a few columns side by side, all of one width."""
    return {"type": "ColumnSet", "spacing": spacing, "columns": list(each)}


def figure(number: str, word: str, amount: str = "", *, press: Json | None = None) -> Json:
    """Make a column of one large number, its word under it; pressing it acts."""
    return _known(
        type="Column",
        width="stretch",
        items=[
            {**text(number, bold=True, spacing="None"), "size": "ExtraLarge"},
            text(word, spacing="None"),
            *([text(amount, small=True, bold=True, spacing="None")] if amount else []),
        ],
        selectAction=press,
    )


def pressable(section: Json, press: Json | None) -> Json:
    """Let pressing a section act."""
    return {**section, "selectAction": press} if press else section


def as_words(card: Json) -> str:
    """Give what a card says as lines of text; where Teams alone draws a part, its fallback."""
    return "\n".join(_lines(card["body"]))


def _lines(elements: Iterable[Json]) -> Iterator[str]:
    for element in elements:
        kind = element["type"]
        if kind == "TextBlock":
            yield element["text"]
        elif kind == "RichTextBlock":
            yield "".join(piece["text"] for piece in element["inlines"])
        elif kind == "FactSet":
            yield from (f"{fact['title']}: {fact['value']}" for fact in element["facts"])
        elif kind == "ColumnSet":
            yield " · ".join(" ".join(_lines(column["items"])) for column in element["columns"])
        elif kind.startswith("Chart."):
            yield from _lines([element["fallback"]])
        else:
            yield from _lines(element.get("items", ()))


def _known(**properties: Any) -> Json:
    return {name: value for name, value in properties.items() if value is not None}
