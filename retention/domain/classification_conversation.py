"""A pasted conversation: which of it the customer said.

People paste whole chats: "Cliente: ...", "[14:02] Ana: ...", "22/11/2026 14:02 - João: ...". Only
the customer's turns tell what the customer means.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from retention.domain.text import fold

_DATE = r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?"
_HOUR = r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?"
_WHEN = rf"(?:{_DATE},?[ ](?:as[ ])?{_HOUR}|{_HOUR},?[ ]{_DATE})"
_TURN = re.compile(
    rf"""
    ^[ \t]*
    (?: (?P<when> \[(?:{_WHEN}|{_HOUR})\] | {_WHEN}(?=\s) ) | {_HOUR}(?=\s) )?
    [ \t]* [-\u2013]? [ \t]*
    (?: (?P<name> [^\W_][^:\n]{{0,39}}? | \+[\d\s()-]{{8,24}} )
        [ \t]* (?: [-\u2013(] [ \t]* (?:{_WHEN}|{_HOUR}) \)? )? [ \t]* :(?=\s) )?
    """,
    re.VERBOSE | re.MULTILINE,
)
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_CALL = 3
_SILENCE = "\n"
"""What stands for each character somebody else said: no cue reaches over a line's end."""


@dataclass(frozen=True, slots=True)
class Speakers:
    """How those who speak are called, and what only staff says, folded."""

    customer: frozenset[str]
    staff: frozenset[str]
    courtesies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one person says at a time: who ("" for nobody), and where."""

    name: str
    start: int
    said_from: int
    end: int


def customer_side(text: str, speakers: Speakers) -> str:
    """Return a text of the same length in which only the customer still speaks.

    A text that is no conversation comes back as it is, and so does one in which nobody can be
    told apart from the staff.
    """
    folded = fold(text)
    turns = list(_turns(folded, speakers))
    heard = _customers(turns, folded, speakers)
    if not heard:
        return text
    parts = [text[: turns[0].start]]
    for turn in turns:
        silent = turn.said_from if turn.name in heard else turn.end
        parts += (_SILENCE * (silent - turn.start), text[silent : turn.end])
    return "".join(parts)


def _turns(text: str, speakers: Speakers) -> Iterator[_Turn]:
    """Yield the turns of a folded text; lines without a speaker go on with the turn before."""
    found = [match for match in _TURN.finditer(text) if match["when"] or match["name"]]
    lines_of = Counter(match["name"] for match in found)
    labels = speakers.customer | speakers.staff
    if not any(match["when"] or _is_called(match["name"], labels) for match in found):
        return
    starts = [
        match
        for match in found
        if match["when"] or _is_called(match["name"], labels) or lines_of[match["name"]] > 1
    ]
    ends = [match.start() for match in starts[1:]] + [len(text)]
    for match, end in zip(starts, ends, strict=True):
        yield _Turn(match["name"] or "", match.start(), match.end(), end)


def _customers(turns: Iterable[_Turn], text: str, speakers: Speakers) -> set[str]:
    """Return who is taken for the customer."""
    names = {turn.name for turn in turns if turn.name}
    customers = {name for name in names if _is_called(name, speakers.customer)}
    if customers:
        return customers
    staff = {name for name in names if _is_called(name, speakers.staff)} | {
        turn.name
        for turn in turns
        if any(phrase in text[turn.said_from : turn.end] for phrase in speakers.courtesies)
    }
    return names - staff


def _is_called(name: str | None, labels: frozenset[str]) -> bool:
    """Tell "Cliente" and "Cliente Ana" from a sentence that happens to stand before a colon."""
    words = _WORD.findall(name or "")
    return 0 < len(words) <= _LONGEST_CALL and words[0] in labels
