"""Customer text made comparable, with a way back to the very words that were typed.

Matching happens on a canonical form (lower case, no accents, chat abbreviations spelled out,
one-letter slips mended); every hit is handed back as a literal substring of the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"""
    (?P<fiscal> (?:nf[cs]?|ct|mdf)-e (?![^\W_]) )   # NF-e, NFC-e, NFS-e, CT-e, MDF-e: one word
  | (?P<number> [0-9]+ (?:[.,:/][0-9]+)* [^\W_]* )  # 1.234,50  24h  01/02/2025
  | (?P<word>   (?:[^\W_]+|[\u0300-\u036f])+ )
  | (?P<stop>   [.!?\u2026\n]+ )
  | (?P<pause>  [,;:()\[\]\u2013\u2014] | \A-\Z )
    """,
    re.VERBOSE,
)
_CHUNK = re.compile(r"\S+|\n+")
"""What is looked at by itself: words with their punctuation, and line breaks."""
_MARKS = re.compile(r"[\u0300-\u036f]+")
_LONG_RUN = re.compile(r"([a-z])\1{2,}")
SENTENCE_ENDS = frozenset(".!?")
PUNCTUATION = SENTENCE_ENDS | {","}
"""The forms that are no words."""

_LAST_REMEMBERED = 0x3000
_REMEMBERED_CHUNKS = 8192
_LONGEST_REMEMBERED = 32
_MAY_DOUBLE = frozenset("rs")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


class _FoldTable(dict[int, str]):
    """A translation table that learns: each character to one of lower case without accent."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFKD", chr(code))[:1].lower()
        folded = base if len(base) == 1 else chr(code)
        if code < _LAST_REMEMBERED:  # keep the table small whatever people paste
            self[code] = folded
        return folded


_FOLD = _FoldTable()


def fold(text: str) -> str:
    """Return the text in lower case without accents, character by character, as long as it was."""
    return text.translate(_FOLD)


@dataclass(frozen=True, slots=True)
class NormalisedText:
    """A text and its canonical words; an abbreviation may stand for several."""

    original: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    """By word: start and end, in the original, of what it stands for."""

    @property
    def has_words(self) -> bool:
        return not PUNCTUATION.issuperset(self.words)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return start and end, in the original, of the words `first` to `last` inclusive."""
        return self.spans[first][0], self.spans[last][1]


class Normaliser:
    """Bring text to canonical form.

    Args:
        abbreviations: folded chat forms and what they stand for ("vcs" -> "voces").
        stems: word beginnings in which one wrong, missing, extra or swapped letter is mended.
        lookalikes: beginnings of other words, one letter away from a stem, that must stay.
    """

    def __init__(
        self,
        abbreviations: Mapping[str, str],
        stems: Iterable[str] = (),
        lookalikes: Iterable[str] = (),
    ) -> None:
        self._abbreviations = {short: tuple(long.split()) for short, long in abbreviations.items()}
        stems = tuple(stems)
        self._sound = (*stems, *lookalikes)
        self._slips = {slip: stem for stem in stems for slip in _one_slip_away(stem)}
        lengths = {len(slip) for slip in self._slips}
        self._slip_lengths = tuple(sorted(lengths, reverse=True))
        self._remembered = lru_cache(maxsize=_REMEMBERED_CHUNKS)(self._read)

    def normalise(self, text: str) -> NormalisedText:
        words: list[str] = []
        spans: list[tuple[int, int]] = []
        for chunk in _CHUNK.finditer(fold(text)):
            at, typed = chunk.start(), chunk.group()
            read = self._remembered if len(typed) <= _LONGEST_REMEMBERED else self._read
            for form, start, end in read(typed):
                words.append(form)
                spans.append((at + start, at + end))
        return NormalisedText(text, tuple(words), tuple(spans))

    def _read(self, chunk: str) -> tuple[tuple[str, int, int], ...]:
        """Return the forms of a chunk, each with where it starts and ends in it."""
        return tuple(
            (form, *match.span())
            for match in _TOKEN.finditer(chunk)
            for form in self._canonical(match.lastgroup, match.group())
        )

    def _canonical(self, group: str | None, token: str) -> tuple[str, ...]:
        if group == "word":
            word = _LONG_RUN.sub(_squeeze, _MARKS.sub("", token))
            if not word:  # accents alone
                return ()
            return self._abbreviations.get(word) or (self._mend(word),)
        if group == "fiscal":
            return (token.replace("-", ""),)
        if group == "pause":
            return (",",)
        if group == "stop":
            return ("?" if "?" in token else "!" if "!" in token else ".",)
        return (token,)

    def _mend(self, word: str) -> str:
        if word.startswith(self._sound):
            return word
        for length in self._slip_lengths:
            stem = self._slips.get(word[:length])
            if stem is not None:
                return stem + word[length:]
        return word


def _squeeze(run: re.Match[str]) -> str:
    letter, inside = run.group(1), run.end() < len(run.string)
    return letter * 2 if letter in _MAY_DOUBLE and inside else letter


def _one_slip_away(stem: str) -> set[str]:
    """List the beginnings one slip away; the first letter stands, for there people rarely slip."""
    slips: set[str] = set()
    for i in range(1, len(stem)):
        head, tail = stem[:i], stem[i:]
        slips.add(head + tail[1:])
        slips.update(head + letter + tail[1:] for letter in _ALPHABET)
        slips.update(head + letter + tail for letter in _ALPHABET)
        if len(tail) > 1:
            slips.add(head + tail[1] + tail[0] + tail[2:])
    # A slip cut short at the stem's end would swallow whole families of other words.
    return {slip for slip in slips if not stem.startswith(slip) and not slip.startswith(stem)}
