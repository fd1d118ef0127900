"""Find all the cues of a lexicon in one walk over the words of a text.

Each set of words that a cue names is a class, with a number; a text becomes, word by word, the
classes each belongs to, and each way to say a cue becomes a chain of steps over them.
A way is tried only where its first word stands, its second stands next or, where a gap comes
between, near enough: the walk goes backwards and knows where each class stands next. Gaps are
bounded, so what one try may cost is bounded too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Generic, NamedTuple, TypeVar

from retention.domain.classification_cues import (
    Cue,
    Either,
    Gap,
    Item,
    Row,
    Words,
    first_words,
)
from retention.domain.text import SENTENCE_ENDS, NormalisedText

_REMEMBERED_WORDS = 4096
_REMEMBERED_PAIRS = 16384
_NOWHERE = -1
_TOO_FAR = 1 << 30
_ANYTHING = 0
"""The class of every word, and of the end of a text."""

T = TypeVar("T")
Classes = Sequence[frozenset[int]]
"""By word of a text: the classes it belongs to."""
Step = Callable[[Classes, int], int]
"""Given the classes and a place, return where the rest of a cue ends, or `_NOWHERE`."""


class Hit(NamedTuple, Generic[T]):
    """A cue found: what it stands for, and the first and last word (indexes, inclusive)."""

    value: T
    first: int
    last: int


class _Leap(NamedTuple):
    """A gap: how many words it may take, which it must not, and which ends it."""

    longest: int
    barred: int
    follow: int


_NO_LEAP = _Leap(0, _ANYTHING, _ANYTHING)


class _Way(NamedTuple, Generic[T]):
    """What follows the first word in one way to say a cue."""

    cue: int
    value: T
    second: int
    """The class of the word right behind the first."""
    longest: int
    barred: int
    follow: int
    """The leap right behind the first word; without a gap, on to the second."""
    rest: Step


class _Known(NamedTuple, Generic[T]):
    """What the cues make of a word."""

    classes: frozenset[int]
    landmarks: tuple[int, ...]
    """Of its classes those that leaps look for."""
    ways: tuple[_Way[T], ...]
    """The ways that it begins."""


class CueIndex(Generic[T]):
    """Many cues, each standing for a value."""

    def __init__(self, cues: Iterable[tuple[Cue, T]]) -> None:
        self._classes = _WordClasses()
        self._ways: list[_Way[T]] = []
        self._starting: dict[int, list[int]] = defaultdict(list)
        """By class of the first word: the ways, in the order of the cues."""
        for number, (cue, value) in enumerate(cues):
            for first, rest in _ways((cue.item,)):
                self._starting[self._classes.number(first)].append(len(self._ways))
                self._ways.append(self._way(number, value, rest))
        self._landmarks = frozenset(
            number for way in self._ways for number in (way.barred, way.follow)
        )
        end = self._classes.barring_gaps()
        self._end: _Known[T] = _Known(end, tuple(end & self._landmarks), ())
        self._word = lru_cache(maxsize=_REMEMBERED_WORDS)(self._look_up)
        self._pair = lru_cache(maxsize=_REMEMBERED_PAIRS)(self._look_up_pair)

    def find(self, text: NormalisedText) -> list[Hit[T]]:
        """Return every hit, ordered by its first word; of a cue, one at each place at most."""
        words = (*text.words, None)
        known = [*map(self._word, text.words), self._end]
        classes = [word.classes for word in known]
        nearest = [_TOO_FAR] * self._classes.count
        hits: list[Hit[T]] = []
        for at in range(len(text.words) - 1, -1, -1):
            behind = at + 1
            for landmark in known[behind].landmarks:
                nearest[landmark] = behind
            said = _NOWHERE
            for cue, value, _, longest, barred, follow, rest in self._pair(
                words[at], words[behind]
            ):
                goal = nearest[follow]
                if goal - behind <= longest and goal <= nearest[barred] and cue != said:
                    end = rest(classes, behind)
                    if end != _NOWHERE:
                        said = cue
                        hits.append(Hit(value, at, end - 1))
        hits.sort(key=attrgetter("first"))
        return hits

    def _way(self, number: int, value: T, rest: tuple[Item, ...]) -> _Way[T]:
        second = self._class(first_words(rest))
        leap = _NO_LEAP
        if rest and isinstance(rest[0], Gap):
            leap = self._leap(rest[0], rest[1:])
        return _Way(number, value, second, *leap, self._steps(rest, _arrive))

    def _leap(self, gap: Gap, rest: Sequence[Item]) -> _Leap:
        return _Leap(gap.longest, self._classes.number(gap.barred), self._class(first_words(rest)))

    def _class(self, words: Words | None) -> int:
        return self._classes.number(words) if words else _ANYTHING

    def _look_up(self, word: str) -> _Known[T]:
        classes = self._classes.of(word)
        ways = sorted(way for number in classes for way in self._starting.get(number, ()))
        landmarks = tuple(classes & self._landmarks)
        return _Known(classes, landmarks, tuple(self._ways[way] for way in ways))

    def _look_up_pair(self, word: str, following: str | None) -> tuple[_Way[T], ...]:
        """Return the ways that a word begins and the one behind it, if any, lets go on."""
        behind = self._end if following is None else self._word(following)
        return tuple(way for way in self._word(word).ways if way.second in behind.classes)

    def _steps(self, items: Sequence[Item], then: Step) -> Step:
        """Chain items in a row."""
        for at in range(len(items) - 1, -1, -1):
            item = items[at]
            if isinstance(item, Gap):
                then = _skip(self._leap(item, items[at + 1 :]), then)
            else:
                then = self._step(item, then)
        return then

    def _step(self, item: Item, then: Step) -> Step:
        if isinstance(item, Words):
            return _take(self._classes.number(item), then)
        if isinstance(item, Row):
            return self._steps(item.items, then)
        if isinstance(item, Either):
            options = [
                (self._class(first_words((option,))), self._step(option, then))
                for option in item.options
            ]
            return _choose([*options, (_ANYTHING, then)] if item.optional else options)
        return self._steps((item,), then)


def _arrive(classes: Classes, at: int) -> int:
    return at


def _take(number: int, then: Step) -> Step:
    def take(classes: Classes, at: int) -> int:
        return then(classes, at + 1) if number in classes[at] else _NOWHERE

    return take


def _choose(options: Sequence[tuple[int, Step]]) -> Step:
    """Go on with the first option that fits; each comes with the class it must begin with."""

    def choose(classes: Classes, at: int) -> int:
        here = classes[at]
        for first, option in options:
            if first in here:
                end = option(classes, at)
                if end != _NOWHERE:
                    return end
        return _NOWHERE

    return choose


def _skip(leap: _Leap, then: Step) -> Step:
    longest, barred, follow = leap

    def skip(classes: Classes, at: int) -> int:
        for place in range(at, at + longest + 1):
            here = classes[place]
            if follow in here:
                end = then(classes, place)
                if end != _NOWHERE:
                    return end
            if barred in here:
                return _NOWHERE
        return _NOWHERE

    return skip


def _ways(items: tuple[Item, ...]) -> Iterator[tuple[Words, tuple[Item, ...]]]:
    """Yield the ways to say items in a row: first words and what follows; preferred ones first."""
    if not items:
        return
    first, rest = items[0], items[1:]
    if isinstance(first, Words):
        yield first, rest
    elif isinstance(first, Row):
        yield from _ways(first.items + rest)
    elif isinstance(first, Either):
        for option in first.options:
            yield from _ways((option, *rest))
        if first.optional:
            yield from _ways(rest)


class _WordClasses:
    """The sets of words that cues name, by number, and the sets each word is in."""

    def __init__(self) -> None:
        self._numbers: dict[Words, int] = {}
        self._whole: dict[str, list[int]] = defaultdict(list)
        self._beginnings: dict[str, list[int]] = defaultdict(list)

    @property
    def count(self) -> int:
        return _ANYTHING + 1 + len(self._numbers)

    def number(self, words: Words) -> int:
        number = self._numbers.get(words)
        if number is None:
            number = self._numbers[words] = self.count
            for word in words.whole:
                self._whole[word].append(number)
            for beginning in words.beginnings:
                self._beginnings[beginning].append(number)
        return number

    def of(self, word: str) -> frozenset[int]:
        """Return the classes of a word."""
        classes = {_ANYTHING, *self._whole.get(word, ())}
        for length in range(len(word) + 1):
            classes.update(self._beginnings.get(word[:length], ()))
        return frozenset(classes)

    def barring_gaps(self) -> frozenset[int]:
        """Return the classes of the end of a text: it bars every gap."""
        bars = (n for words, n in self._numbers.items() if words.whole >= SENTENCE_ENDS)
        return frozenset((_ANYTHING, *bars))
