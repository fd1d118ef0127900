"""The strip on top of every card of a request: what the customer said, and who they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from cards.elements import Json, action_set, band, container, rich, run, text, toggle
from cards.labels import BY_CHANNEL, MOODS
from cards.plain_text import cut_at, dots_after
from retention.domain.case import CaseFacts

LONGEST_QUOTE = 280
"""Characters of the customer's words that stand open; the rest folds under "Ler tudo"."""

Span = tuple[int, int]


class Look(NamedTuple):
    """How marked words stand out beyond being bold, so that marks differ without colour."""

    underline: bool = False
    italic: bool = False


_NOTHING_MARKED: Mapping[Look, Iterable[Span]] = {}


def quote_band(
    facts: CaseFacts, *, marked: Mapping[Look, Iterable[Span]] = _NOTHING_MARKED
) -> Json:
    """Quote the customer word by word; the `marked` spans (start, end) of it stand out."""
    words = facts.verbatim
    cut = cut_at(words, LONGEST_QUOTE - 1)
    pieces = _pieces(len(words), cut, marked)
    head = [marked_run(words[start:end], looks) for start, end, looks in pieces if end <= cut]
    tail = [marked_run(words[start:end], looks) for start, end, looks in pieces if start >= cut]
    return band(
        text("Nas palavras do cliente", small=True, spacing="None"),
        rich(run("“"), *head, run(dots_after(words[:cut]) if tail else "”")),
        container(rich(run("…"), *tail, run("”")), id="quote-rest", visible=False, spacing="Small")
        if tail
        else None,
        action_set(toggle("Ler tudo", "quote-rest"), spacing="Small") if tail else None,
        rich(run(facts.customer, bold=True), run(f" · Caso {facts.crm_case_number}")),
        rich(run(_tone(facts), small=True), spacing="None"),
        id="quote",
        style="emphasis",
    )


def merged(spans: Iterable[Span], length: int) -> Sequence[Span]:
    """Bring spans that touch, overlap or nest to separate ones inside the text, in order."""
    result: list[Span] = []
    for start, end in sorted((max(start, 0), min(end, length)) for start, end in spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        elif start < end:
            result.append((start, end))
    return result


def marked_run(words: str, looks: Sequence[Look]) -> Json:
    """Make a piece of a paragraph that looks all of these ways; none is plain text."""
    return run(
        words,
        bold=bool(looks),
        underline=any(look.underline for look in looks),
        italic=any(look.italic for look in looks),
    )


def _pieces(
    length: int, cut: int, marked: Mapping[Look, Iterable[Span]]
) -> list[tuple[int, int, list[Look]]]:
    """Part the text at its cut and at the ends of each span: (start, end, looks)."""
    spans = {look: merged(some, length) for look, some in marked.items()}
    edges = {edge for some in spans.values() for span in some for edge in span}
    return [
        (start, end, [look for look, some in spans.items() if _is_inside(start, end, some)])
        for start, end in pairwise(sorted({0, cut, length, *edges}))
    ]


def _is_inside(start: int, end: int, spans: Iterable[Span]) -> bool:
    return any(first <= start and end <= last for first, last in spans)


def _tone(facts: CaseFacts) -> str:
    channel = BY_CHANNEL[facts.channel]
    return f"{channel[:1].upper()}{channel[1:]} · {MOODS[facts.mood].lower()}"
