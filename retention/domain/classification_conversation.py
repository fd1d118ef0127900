"""A pasted conversation: which of it the customer said.

People paste whole chats: "Cliente: ...", "[14:02] Ana: ...", "22/11/2026 14:02 - João: ...", or a
line with name and time and the words below it. Only the customer's turns tell what the customer
means.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from retention.domain.text import fold

_DATE = r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?"
_HOUR = r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?"
_WHEN = rf"(?:{_DATE},?[ ](?:as[ ])?{_HOUR}|{_HOUR},?[ ]{_DATE})"
_STAMP = rf"[\[(](?:{_WHEN}|{_HOUR})[\])]"
_TURN = re.compile(
    rf"""
    ^[ \t]*
    (?: (?P<when> {_STAMP} | {_WHEN}(?=\s) ) | {_HOUR}(?=\s) )?
    [ \t]* [-\u2013]? [ \t]*
    (?: [*_]{{0,2}} (?P<name> [^\W_][^:\n]{{0,39}}? | \+[\d\s()-]{{8,24}} )
        [ \t]* (?: [-\u2013(] [ \t]* (?:{_WHEN}|{_HOUR}) \)? )?
        [ \t]* [*_]{{0,2}}:[*_]{{0,2}} (?=\s) )?
    """,
    re.VERBOSE | re.MULTILINE,
)
_DAY = r"(?:hoje|ontem|segunda|terca|quarta|quinta|sexta|sabado|domingo)(?:-feira)?"
_NAME = r"[^\W\d_][\w'. -]{1,38}?"
_HEADING = re.compile(
    rf"""
    ^[ \t]*
    (?: (?P<stamped> {_STAMP} ) [ \t]* (?P<behind> {_NAME} ) [ \t]* $ (?! \n [ \t]* {_STAMP} )
      | (?P<before> {_NAME} ) (?: [ \t]*\n[ \t]* | [ \t]+ ) (?:{_DAY},?[ ])? (?:{_WHEN}|{_HOUR})
        [ \t]* $
    ) \n
    """,
    re.VERBOSE | re.MULTILINE,
)
"""Teams, when messages are copied: a line of its own tells who and when."""
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_CALL = 3
_LONGEST_NAME = 5
_PARTICLES = frozenset(("de", "da", "do", "das", "dos", "e"))
_INVISIBLE = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202c\u2068\u2069\ufeff"), " ")
"""Marks of writing direction, which WhatsApp strews in."""
_SILENCE = "\n"
"""What stands for each character somebody else said: no cue reaches over a line's end."""


@dataclass(frozen=True, slots=True)
class Speakers:
    """How those who speak are called, and what only staff says, folded."""

    customer: frozenset[str]
    staff: frozenset[str]
    courtesies: tuple[str, ...]

    def label(self, name: str) -> str:
        """Return the word that tells on whose side a name is; "" for a stranger.

        "Cliente", "Suporte Ana" and "Ana Suporte" tell; a sentence that happens to stand before
        a colon does not.
        """
        words = _WORD.findall(fold(name))
        labels = [word for word in words if word in self.customer or word in self.staff]
        if not labels:
            return ""
        leads = words[0] == labels[0] and len(words) <= _LONGEST_CALL
        return labels[0] if leads or _is_name(name) else ""


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one person says at a time: who ("" for nobody), and where."""

    name: str
    label: str
    start: int
    said_from: int
    end: int


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a turn may begin: a line with a name, a time, or both."""

    name: str
    label: str
    is_timed: bool
    start: int
    end: int


def customer_side(text: str, speakers: Speakers, staff: Collection[str] = ()) -> str:
    """Return a text of the same length in which only the customer still speaks.

    `staff` are names of our own people; who speaks under one, in full or by two words of it, is
    no customer. A text that is no conversation comes back as it is, and so does one in which
    nobody can be told apart from the staff.
    """
    if ":" not in text:  # behind a name, or in a time
        return text
    turns = list(_turns(text.translate(_INVISIBLE), speakers))
    heard = _customers(turns, fold(text), speakers, staff)
    if not heard:
        return text
    parts = [text[: turns[0].start]]
    for turn in turns:
        silent = turn.said_from if turn.name in heard else turn.end
        parts += (_SILENCE * (silent - turn.start), text[silent : turn.end])
    return "".join(parts)


def _turns(text: str, speakers: Speakers) -> Iterator[_Turn]:
    """Yield the turns of a text; lines without a speaker go on with the turn before."""
    marks = _marks(text, speakers)
    times_of = Counter(mark.name for mark in marks)
    starts = [mark for mark in marks if mark.is_timed or mark.label or times_of[mark.name] > 1]
    if not any(mark.is_timed or mark.label for mark in marks) or _is_form(marks):
        return
    ends = [mark.start for mark in starts[1:]] + [len(text)]
    for mark, end in zip(starts, ends, strict=True):
        yield _Turn(mark.name, mark.label, mark.start, mark.end, end)


def _marks(text: str, speakers: Speakers) -> list[_Mark]:
    """Return every line that may begin a turn, in order."""
    folded = fold(text)
    found: dict[int, _Mark] = {}
    for match in _TURN.finditer(folded):
        if match["when"] or match["name"]:
            name = text[slice(*match.span("name"))] if match["name"] else ""
            label = speakers.label(name)
            found[match.start()] = _Mark(fold(name), label, bool(match["when"]), *match.span())
    for match in _HEADING.finditer(folded):
        name = text[slice(*match.span("behind" if match["behind"] else "before"))]
        if _is_name(name):
            mark = _Mark(fold(name), speakers.label(name), True, *match.span())
            found[match.start()] = mark
    return [found[start] for start in sorted(found)]


def _is_form(marks: Collection[_Mark]) -> bool:
    """Tell "Cliente: ... Empresa: ... Motivo: ..." from talk: no times, no answer, more fields."""
    names = [mark.name for mark in marks]
    is_talk = any(mark.is_timed for mark in marks) or len(set(names)) < len(names)
    return not is_talk and not all(mark.label for mark in marks)


def _customers(
    turns: Iterable[_Turn], text: str, speakers: Speakers, staff: Collection[str]
) -> set[str]:
    """Return who is taken for the customer."""
    labels = {turn.name: turn.label for turn in turns if turn.name}
    customers = {name for name, label in labels.items() if label in speakers.customer}
    if customers:
        return customers
    ours = [frozenset(_WORD.findall(fold(name))) for name in staff]
    courteous = {
        turn.name
        for turn in turns
        if any(phrase in text[turn.said_from : turn.end] for phrase in speakers.courtesies)
    }
    return {
        name
        for name, label in labels.items()
        if not label and name not in courteous and not _is_one_of(name, ours)
    }


def _is_name(text: str) -> bool:
    """Tell whether words are written like a name: few, each with a capital."""
    words = [word for word in _WORD.findall(text) if word not in _PARTICLES]
    return 0 < len(words) <= _LONGEST_NAME and all(word[0].isupper() for word in words)


def _is_one_of(name: str, people: Iterable[frozenset[str]]) -> bool:
    words = frozenset(_WORD.findall(name))
    return any(words == person or (len(words) > 1 and words <= person) for person in people)
