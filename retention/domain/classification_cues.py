"""Cues: short phrases of the lexicon, in a small language of their own.

A cue is written the way people speak, over canonical words:

    word        that word                      cancel*       any word that begins so
    #           a number                       (a|b c)       either
    <name>      a macro of the lexicon         word? (a b)?  or nothing
    ..          up to three words, within the clause
    ...         up to eight words and commas, within the sentence
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from retention.domain.text import PUNCTUATION, SENTENCE_ENDS

_LEXEME = re.compile(r"\.\.\.|\.\.|<[a-z_]+>|[()|?]|[a-z0-9]+\*?|[*#,!]|(?P<bad>\S)")


class BadCue(ValueError):
    """A cue of the lexicon is not written in the cue language."""

    def __init__(self, cue: str, why: str) -> None:
        super().__init__(f"cue {cue!r}: {why}")
        self.cue, self.why = cue, why


@dataclass(frozen=True, slots=True)
class Words:
    """One word: any of these, or any that begins with one of these."""

    whole: frozenset[str] = frozenset()
    beginnings: frozenset[str] = frozenset()

    def __or__(self, other: Words) -> Words:
        return Words(self.whole | other.whole, self.beginnings | other.beginnings)


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to so many words but these, as few as will do."""

    longest: int
    barred: Words


@dataclass(frozen=True, slots=True)
class Row:
    """One item after the other."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """The first of several items that fits; may be nothing when it may be left out."""

    options: tuple[Item, ...]
    optional: bool = False


Item = Words | Gap | Row | Either

_GAPS = {"..": Gap(3, Words(PUNCTUATION)), "...": Gap(8, Words(SENTENCE_ENDS))}
_NUMBER = Words(beginnings=frozenset("0123456789"))


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue as it is written, and what it means."""

    text: str
    item: Item


def may_be_nothing(item: Item) -> bool:
    """Tell whether an item fits without taking a word."""
    if isinstance(item, Either):
        return item.optional or any(map(may_be_nothing, item.options))
    if isinstance(item, Row):
        return all(map(may_be_nothing, item.items))
    return isinstance(item, Gap)


def first_words(items: Iterable[Item]) -> Words | None:
    """Return what items in a row must begin with; None when that may be anything."""
    found = Words()
    for item in items:
        words = _begins_with(item)
        if words is None:
            return None
        found |= words
        if not may_be_nothing(item):
            return found
    return None


def _begins_with(item: Item) -> Words | None:
    """Return the words an item may begin with, if it takes any; None for a gap."""
    if isinstance(item, Words):
        return item
    if isinstance(item, Gap):
        return None
    if isinstance(item, Row):
        return first_words(item.items)
    found = Words()
    for option in item.options:
        words = _begins_with(option)
        if words is None:
            return None
        found |= words
    return found


class CueParser:
    """Read cues that may use the macros of one lexicon."""

    def __init__(self, macros: Mapping[str, Sequence[str]] | None = None) -> None:
        self._macros: dict[str, Item] = {}
        for name, options in (macros or {}).items():  # a macro may use those above it
            self._macros[name] = _either([self._read(option) for option in options])

    def parse(self, cue: str) -> Cue:
        """Return the cue ready to be looked for.

        Raises:
            BadCue: it is not written in the cue language.
        """
        return Cue(cue, self._read(cue))

    def _read(self, cue: str) -> Item:
        item = _Reader(cue, self._macros).read()
        if may_be_nothing(item):
            raise BadCue(cue, "would match nothing at all")
        return item


class _Reader:
    """Read one cue, by recursive descent."""

    def __init__(self, cue: str, macros: Mapping[str, Item]) -> None:
        self._cue = cue
        self._macros = macros
        self._lexemes: deque[str] = deque()
        for match in _LEXEME.finditer(cue):
            if match.lastgroup:
                raise BadCue(cue, f"{match.group()!r} is not allowed")
            self._lexemes.append(match.group())

    def read(self) -> Item:
        item = self._row()
        if self._lexemes:
            raise BadCue(self._cue, f"unexpected {self._lexemes[0]!r}")
        return item

    def _row(self) -> Item:
        items: list[Item] = []
        firm = False
        while self._lexemes and self._lexemes[0] not in {")", "|"}:
            item = self._item()
            if isinstance(item, Gap) and not firm:
                raise BadCue(self._cue, "begins with a gap")
            firm = firm or not may_be_nothing(item)
            items.append(item)
        if not items:
            raise BadCue(self._cue, "has an empty part")
        return items[0] if len(items) == 1 else Row(tuple(items))

    def _item(self) -> Item:
        lexeme = self._lexemes.popleft()
        if lexeme in _GAPS:
            return _GAPS[lexeme]
        if lexeme == "(":
            item = self._group()
        elif lexeme.startswith("<"):
            item = self._macro(lexeme[1:-1])
        elif lexeme == "?":
            raise BadCue(self._cue, "a ? without a word before it")
        else:
            item = _word(lexeme)
        if self._lexemes and self._lexemes[0] == "?":
            self._lexemes.popleft()
            return Either((item,), optional=True)
        return item

    def _group(self) -> Item:
        options = [self._row()]
        while self._lexemes and self._lexemes[0] == "|":
            self._lexemes.popleft()
            options.append(self._row())
        if not self._lexemes:
            raise BadCue(self._cue, "a ( is never closed")
        self._lexemes.popleft()
        return _either(options)

    def _macro(self, name: str) -> Item:
        if name not in self._macros:
            raise BadCue(self._cue, f"unknown macro <{name}>")
        return self._macros[name]


def _word(lexeme: str) -> Words:
    if lexeme == "#":
        return _NUMBER
    if lexeme.endswith("*"):
        return Words(beginnings=frozenset((lexeme[:-1],)))
    return Words(frozenset((lexeme,)))


def _either(options: Sequence[Item]) -> Item:
    merged: list[Item] = []
    for option in options:  # neighbours of one word each are one item
        if merged and isinstance(option, Words) and isinstance(merged[-1], Words):
            merged[-1] |= option
        else:
            merged.append(option)
    return merged[0] if len(merged) == 1 else Either(tuple(merged))
