"""The strip on top of every card of a request: what the customer said, and who they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from cards.elements import Json, action_set, band, container, cut_at, rich, run, text, toggle
from cards.labels import BY_CHANNEL, MOODS
from retention.domain.case import CaseFacts

LONGEST_QUOTE = 280
"""Characters of the customer's words that stand open; the rest folds under "Ler tudo"."""

Span = tuple[int, int]


def quote_band(facts: CaseFacts, *, marked: Iterable[Span] = ()) -> Json:
    """Quote the customer word by word; the `marked` spans (start, end) of it are bold."""
    words = facts.verbatim
    cut = cut_at(words, LONGEST_QUOTE)
    pieces = _pieces(len(words), cut, merged(marked, len(words)))
    head = [run(words[start:end], bold=bold) for start, end, bold in pieces if end <= cut]
    tail = [run(words[start:end], bold=bold) for start, end, bold in pieces if start >= cut]
    return band(
        text("Nas palavras do cliente", small=True, spacing="None"),
        rich(run("“"), *head, run("…" if tail else "”")),
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


def _pieces(length: int, cut: int, marked: Sequence[Span]) -> list[tuple[int, int, bool]]:
    """Part the text at its cut and at the ends of each span: (start, end, bold)."""
    edges = sorted({0, cut, length, *(edge for span in marked for edge in span)})
    return [
        (start, end, any(first <= start and end <= last for first, last in marked))
        for start, end in pairwise(edges)
    ]


def _tone(facts: CaseFacts) -> str:
    channel = BY_CHANNEL[facts.channel]
    return f"{channel[:1].upper()}{channel[1:]} · {MOODS[facts.mood].lower()}"
