"""Cues: short phrases of the lexicon, and finding them in a normalised text in linear time.

A cue is written the way people speak, over canonical words:

    word        that word                      cancel*       any word that begins so
    #           a number                       (a|b c)       either
    <name>      a macro of the lexicon         word? (a b)?  or nothing
    ..          up to three words, within the clause
    ...         up to eight words and commas, within the sentence

Gaps are bounded and every word is matched whole: no cue backtracks more than a constant per word.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from retention.domain.text import NormalisedText

_LEXEME = re.compile(r"\.\.\.|\.\.|<[a-z_]+>|[()|?]|[a-z0-9*#,!.]+|(?P<bad>\S)")
_GAPS = {"..": r"(?:[^ .!?,]+ ){0,3}?", "...": r"(?:[^ .!?]+ ){0,8}?"}

_REMEMBERED_WORDS = 4096

T = TypeVar("T")


class BadCue(ValueError):
    """A cue of the lexicon is not written in the cue language."""

    def __init__(self, cue: str, why: str) -> None:
        super().__init__(f"cue {cue!r}: {why}")
        self.cue, self.why = cue, why


@dataclass(frozen=True, slots=True)
class _Part:
    """A compiled piece: regex, the word beginnings it may start with, may it match nothing."""

    regex: str
    heads: frozenset[str]
    """Whole words end in a space; beginnings do not."""
    optional: bool


class CueCompiler:
    """Compile cues that may use the macros of one lexicon."""

    def __init__(self, macros: Mapping[str, Sequence[str]] | None = None) -> None:
        self._macros: dict[str, _Part] = {}
        for name, options in (macros or {}).items():  # a macro may use those above it
            self._macros[name] = _either([self._parse(option) for option in options])

    def check(self, cue: str) -> None:
        """Raise BadCue unless the cue can be read."""
        self._parse(cue)

    def compile(self, cue: str) -> tuple[re.Pattern[str], frozenset[str]]:
        """Return the cue's regex and the word beginnings it may start with.

        Raises:
            BadCue: the cue is not written in the cue language.
        """
        part = self._parse(cue)
        return re.compile(part.regex), part.heads

    def _parse(self, cue: str) -> _Part:
        part = _Parser(cue, self._macros).parse()
        if part.optional:
            raise BadCue(cue, "would match nothing at all")
        return part


class _Parser:
    """Read one cue, by recursive descent."""

    def __init__(self, cue: str, macros: Mapping[str, _Part]) -> None:
        self._cue = cue
        self._macros = macros
        self._lexemes: deque[str] = deque()
        for match in _LEXEME.finditer(cue):
            if match.group("bad"):
                raise BadCue(cue, f"{match.group()!r} is not allowed")
            self._lexemes.append(match.group())

    def parse(self) -> _Part:
        part = self._sequence()
        if self._lexemes:
            raise BadCue(self._cue, f"unexpected {self._lexemes[0]!r}")
        return part

    def _sequence(self) -> _Part:
        regexes: list[str] = []
        heads: set[str] = set()
        optional = True
        while self._lexemes and self._lexemes[0] not in {")", "|"}:
            part = self._item()
            regexes.append(part.regex)
            if optional:
                if not part.heads:
                    raise BadCue(self._cue, "begins with a gap")
                heads |= part.heads
            optional = optional and part.optional
        if not regexes:
            raise BadCue(self._cue, "has an empty part")
        return _Part("".join(regexes), frozenset(heads), optional)

    def _item(self) -> _Part:
        lexeme = self._lexemes.popleft()
        if lexeme in _GAPS:
            return _Part(_GAPS[lexeme], frozenset(), optional=True)
        if lexeme == "(":
            part = self._group()
        elif lexeme.startswith("<"):
            part = self._macro(lexeme[1:-1])
        elif lexeme == "?":
            raise BadCue(self._cue, "a ? without a word before it")
        else:
            part = _word(lexeme)
        if self._lexemes and self._lexemes[0] == "?":
            self._lexemes.popleft()
            return _Part(f"(?:{part.regex})?", part.heads, optional=True)
        return part

    def _group(self) -> _Part:
        options = [self._sequence()]
        while self._lexemes and self._lexemes[0] == "|":
            self._lexemes.popleft()
            options.append(self._sequence())
        if not self._lexemes:
            raise BadCue(self._cue, "a ( is never closed")
        self._lexemes.popleft()
        return _either(options)

    def _macro(self, name: str) -> _Part:
        if name not in self._macros:
            raise BadCue(self._cue, f"unknown macro <{name}>")
        return self._macros[name]


def _word(lexeme: str) -> _Part:
    regex = re.escape(lexeme).replace(r"\*", "[^ ]*").replace(r"\#", "[0-9][^ ]*")
    literal = re.split(r"[*#]", lexeme, maxsplit=1)[0]
    head = f"{literal} " if literal == lexeme else literal
    return _Part(f"{regex} ", frozenset({head}), optional=False)


def _either(options: Sequence[_Part]) -> _Part:
    return _Part(
        "(?:" + "|".join(option.regex for option in options) + ")",
        frozenset().union(*(option.heads for option in options)),
        optional=any(option.optional for option in options),
    )


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A cue found: what it stands for, and the first and last word (indexes, inclusive)."""

    value: T
    first: int
    last: int

    def covers(self, index: int) -> bool:
        return self.first <= index <= self.last


@dataclass(frozen=True, slots=True)
class _Cues(Generic[T]):
    """The cues that may start with one head, and one pattern that matches where any does."""

    any: re.Pattern[str]
    each: tuple[tuple[re.Pattern[str], T], ...]

    def at(self, canonical: str, offset: int) -> Iterator[tuple[T, int]]:
        """Yield value and end of every cue that matches there."""
        if self.any.match(canonical, offset):
            for pattern, value in self.each:
                match = pattern.match(canonical, offset)
                if match:
                    yield value, match.end()


class CueIndex(Generic[T]):
    """Many cues, each standing for a value, searched in one walk over the words."""

    def __init__(self, compiler: CueCompiler, cues: Iterable[tuple[str, T]]) -> None:
        by_head: dict[str, list[tuple[re.Pattern[str], T]]] = defaultdict(list)
        for cue, value in cues:
            pattern, heads = compiler.compile(cue)
            for head in heads:
                by_head[head].append((pattern, value))
        self._by_head = {head: _Cues(_any(each), tuple(each)) for head, each in by_head.items()}
        self._head_lengths = tuple(sorted({len(head) for head in by_head}))
        self._candidates = lru_cache(maxsize=_REMEMBERED_WORDS)(self._look_up)

    def find(self, text: NormalisedText) -> list[Hit[T]]:
        """Return every hit, ordered by its first word."""
        return [
            Hit(value, index, text.last_word_before(end))
            for index, (word, offset) in enumerate(zip(text.words, text.offsets, strict=True))
            for cues in self._candidates(word.form)
            for value, end in cues.at(text.canonical, offset)
        ]

    def _look_up(self, form: str) -> tuple[_Cues[T], ...]:
        first = form.split(" ", 1)[0] + " "  # an abbreviation may stand for several words
        heads = (first[:length] for length in self._head_lengths if length <= len(first))
        return tuple(self._by_head[head] for head in heads if head in self._by_head)


def _any(cues: Sequence[tuple[re.Pattern[str], object]]) -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for pattern, _ in cues))
