"""The hits in one text, set in relation: what is left, by whom, under which condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from retention.domain.cancellation import CancellationReason
from retention.domain.classification_lexicon import (
    Door,
    IntentionCue,
    LeavingVerb,
    ObjectKind,
    Stance,
    Strength,
)
from retention.domain.classification_search import Hit
from retention.domain.text import SENTENCE_ENDS, NormalisedText

_REACH = 6
"""Words after a leaving verb in which its object is looked for (annotation guide, rule 3)."""
_REACH_BEFORE = 4
_PHRASE_REACH = 3
_BACKWARD_COST = 2
_COSTS = {",": 2} | dict.fromkeys(("e", "mas", "porem", "porque", "pois", "quando", "se"), 5)
"""What a word between verb and object adds to their distance: behind it something else begins."""
_WITHOUT = "sem"
"""What stands behind it is no object ("cancelado sem aviso")."""

_PRONOUNS = dict.fromkeys(("ela", "ele", "elas", "eles", "la", "lo", "las", "los"), 14)
_PRONOUNS |= dict.fromkeys(("isso", "isto"), 9)
"""How many words before a leaving verb what the pronoun behind it stands for may lie."""


class Leaving(StrEnum):
    """What one mention of leaving says, with its object and stance taken in."""

    REQUEST = "request"
    """To end the contract."""
    BARE = "bare"
    """To end something unsaid."""
    CONDITIONAL = "conditional"
    """A threat with a way out."""
    CONSIDERING = "considering"
    AGAINST_US = "against_us"
    EVERYDAY = "everyday"
    DENIED = "denied"


_HEDGES = {
    Stance.AGAINST_US: Leaving.AGAINST_US,
    Stance.CONDITIONAL: Leaving.CONDITIONAL,
    Stance.CONSIDERING: Leaving.CONSIDERING,
}


@dataclass(frozen=True, slots=True)
class LeavingHit:
    """A mention of leaving, what it says, and the words (indexes, inclusive) that show it."""

    says: Leaving
    first: int
    last: int
    rule: str


@dataclass(frozen=True, slots=True)
class ReasonCue:
    """A cue of a reason, as the lexicon ranks it."""

    reason: CancellationReason
    strength: Strength
    cue: str

    @property
    def rule(self) -> str:
        return f"reasons.{self.reason}.{self.strength}: {self.cue}"


@dataclass(frozen=True, slots=True)
class PhraseCue:
    """A cue of stance, intention or door."""

    value: Stance | IntentionCue | Door
    cue: str

    @property
    def rule(self) -> str:
        return f"{self.value}: {self.cue}"


class Wish(StrEnum):
    WANT = "want"


M = TypeVar("M", bound="Meaning")
Meaning = LeavingVerb | ObjectKind | PhraseCue | ReasonCue | Wish


@dataclass(slots=True)
class Sight:
    """The hits in one text, sorted by what they mean."""

    text: NormalisedText
    verbs: list[Hit[LeavingVerb]] = field(default_factory=list)
    objects: dict[int, Hit[ObjectKind]] = field(default_factory=dict)
    """By first word; the longest of those that begin at one word."""
    wishes: dict[int, int] = field(default_factory=dict)
    """Last word to first word."""
    phrases: list[Hit[PhraseCue]] = field(default_factory=list)
    reasons: list[Hit[ReasonCue]] = field(default_factory=list)
    stances: dict[int, set[Stance]] = field(default_factory=dict)
    """By word: the stances whose cue covers it."""

    def add(self, hit: Hit[Meaning]) -> None:
        value, first, last = hit
        if isinstance(value, ReasonCue):
            self.reasons.append(Hit(value, first, last))
        elif isinstance(value, ObjectKind):
            known = self.objects.get(first)
            if known is None or known.last < last:
                self.objects[first] = Hit(value, first, last)
        elif isinstance(value, LeavingVerb):
            self.verbs.append(Hit(value, first, last))
        elif isinstance(value, Wish):
            self.wishes[last] = first
        else:
            self.phrases.append(Hit(value, first, last))
            if isinstance(value.value, Stance):
                for index in range(first, last + 1):
                    self.stances.setdefault(index, set()).add(value.value)

    def told(self, hits: Iterable[Hit[M]]) -> Iterator[Hit[M]]:
        """Yield the hits that count: of this customer, and no way out where none is left."""
        for hit in hits:
            stances = self._stances_over(hit)
            is_way_out = isinstance(hit.value, PhraseCue) and hit.value.value is Door.OPEN
            if Stance.ELSEWHERE not in stances and not (is_way_out and Stance.PRESSED in stances):
                yield hit

    def leaving(self) -> Iterator[LeavingHit]:
        """Yield every mention of leaving: by verb, by phrase, by hedge ("quase ...")."""
        for verb in self.verbs:
            thing = self._antecedent(verb) or self._nearest_object(verb)
            says = _meaning(
                verb.value, thing.value if thing else None, self.stances.get(verb.first, set())
            )
            if says is not None:
                first, last = self.wishes.get(verb.first - 1, verb.first), verb.last
                if thing is not None:
                    first, last = min(first, thing.first), max(last, thing.last)
                yield LeavingHit(says, first, last, f"{verb.value}: {thing and thing.value}")
        for phrase in self.phrases:
            says = self._phrase_meaning(phrase)
            if says is not None:
                yield LeavingHit(says, phrase.first, phrase.last, phrase.value.rule)

    def _phrase_meaning(self, phrase: Hit[PhraseCue]) -> Leaving | None:
        value = phrase.value.value
        covering = self._stances_over(phrase)
        if isinstance(value, Stance):
            denied = covering & {Stance.NEGATED, Stance.PRESSED}
            if denied or self._is_about_work(phrase.last):
                return None
            return None if value is Stance.AGAINST_US else _HEDGES.get(value)
        if value is not IntentionCue.REQUEST:
            return None
        if self._is_about_work(phrase.last):
            return Leaving.EVERYDAY
        if Stance.ELSEWHERE in covering:
            return Leaving.DENIED
        covering -= {Stance.PURSUED, Stance.AGAINST_US}
        goes_on = Stance.NEGATED in self.stances.get(phrase.last + 1, set())
        if self.text.words[phrase.first] == "nao" and not goes_on:
            covering.discard(Stance.NEGATED)  # the "nao" is the cue's own
        return _meaning(LeavingVerb.OWN, ObjectKind.CONTRACT, covering)

    def _stances_over(self, hit: Hit[M]) -> set[Stance]:
        words = range(hit.first, hit.last + 1)
        return set().union(*(self.stances.get(index, set()) for index in words))

    def _is_about_work(self, last: int) -> bool:
        """Tell whether the first object after a phrase is of daily work."""
        for index in range(last + 1, last + 1 + _PHRASE_REACH):
            if index in self.objects:
                return self.objects[index].value.is_daily
        return False

    def _antecedent(self, verb: Hit[LeavingVerb]) -> Hit[ObjectKind] | None:
        """Return the record that the pronoun behind a verb stands for ("cancela ela").

        Where a contract was spoken of as well it is none: better a false alarm than a miss.
        """
        behind = self.text.words[verb.last + 1 : verb.last + 2]
        reach = _PRONOUNS.get(behind[0], 0) if behind else 0
        spoken_of = [
            self.objects[index]
            for index in range(verb.first - 1, max(verb.first - 1 - reach, -1), -1)
            if index in self.objects
        ]
        if spoken_of and all(thing.value is ObjectKind.RECORD for thing in spoken_of):
            return spoken_of[0]
        return None

    def _nearest_object(self, verb: Hit[LeavingVerb]) -> Hit[ObjectKind] | None:
        best: tuple[int, Hit[ObjectKind]] | None = None
        for thing, distance in (*self._ahead(verb.last), *self._behind(verb.first)):
            if distance <= _REACH and (best is None or distance < best[0]):
                best = distance, thing
        return best[1] if best else None

    def _ahead(self, last: int) -> Iterator[tuple[Hit[ObjectKind], int]]:
        distance = 0
        for index in range(last + 1, min(last + 2 + _REACH, len(self.text.words))):
            if index in self.objects and self.text.words[index - 1] != _WITHOUT:
                yield self.objects[index], distance
                return
            form = self.text.words[index]
            if form in SENTENCE_ENDS:
                return
            distance += 1 + _COSTS.get(form, 0)

    def _behind(self, first: int) -> Iterator[tuple[Hit[ObjectKind], int]]:
        distance = _BACKWARD_COST
        for index in range(first - 1, max(first - 2 - _REACH_BEFORE, -1), -1):
            thing = self.objects.get(index)
            if thing is not None and thing.last < first:
                yield thing, distance
                return
            form = self.text.words[index]
            if form in SENTENCE_ENDS:
                return
            distance += 1 + _COSTS.get(form, 0)


def _meaning(verb: LeavingVerb, thing: ObjectKind | None, stances: set[Stance]) -> Leaving | None:
    """Tell what a leaving verb says, or None when it is none."""
    if (thing is not None and thing.is_daily) or Stance.OTHER_PARTY in stances:
        return Leaving.EVERYDAY
    asked = Leaving.REQUEST if thing else Leaving.BARE
    if Stance.PRESSED in stances:
        return asked
    if Stance.NEGATED in stances:
        return Leaving.DENIED
    if verb in {LeavingVerb.OTHER_HAND, LeavingVerb.PARTICIPLE}:
        return _done_by_others(verb, thing, stances)
    if verb is LeavingVerb.WITH_OBJECT and thing is None:
        return None
    return next((says for stance, says in _HEDGES.items() if stance in stances), asked)


def _done_by_others(
    verb: LeavingVerb, thing: ObjectKind | None, stances: set[Stance]
) -> Leaving | None:
    if Stance.PURSUED in stances:
        return Leaving.REQUEST if thing else Leaving.BARE
    if Stance.AGAINST_US in stances or (thing and verb is LeavingVerb.OTHER_HAND):
        return Leaving.AGAINST_US
    return None
