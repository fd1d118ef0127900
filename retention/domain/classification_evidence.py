"""Evidence: what the cues and the leaving verbs of one text say, before anybody decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from retention.domain.cancellation import CancellationReason
from retention.domain.classification_conversation import customer_side
from retention.domain.classification_cues import Cue
from retention.domain.classification_lexicon import Door, IntentionCue, Lexicon, Strength
from retention.domain.classification_search import CueIndex, Hit
from retention.domain.classification_sight import (
    Leaving,
    LeavingHit,
    Meaning,
    PhraseCue,
    ReasonCue,
    Sight,
    Wish,
)
from retention.domain.text import NormalisedText, Normaliser

_WEIGHTS = {Strength.STRONG: 3.0, Strength.PLAIN: 2.0, Strength.WEAK: 1.0, Strength.CONTEXT: 1.0}


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was seen in one text."""

    text: NormalisedText
    leaving: tuple[LeavingHit, ...]
    phrases: tuple[Hit[PhraseCue], ...]
    reasons: tuple[Hit[ReasonCue], ...]

    def says(self, *wanted: Leaving) -> list[LeavingHit]:
        return [hit for hit in self.leaving if hit.says in wanted]

    def tells(self, wanted: IntentionCue | Door) -> list[Hit[PhraseCue]]:
        return [hit for hit in self.phrases if hit.value.value is wanted]

    def weights(self) -> dict[CancellationReason, float]:
        """Return what the cues of each reason weigh together."""
        return _weigh(self.reasons)

    def complaint(self) -> float:
        """Return what all cues weigh together, without those that only tell a motive."""
        return sum(
            _weigh(
                hit for hit in self.reasons if hit.value.strength is not Strength.CONTEXT
            ).values()
        )


class Observer:
    """See the evidence in a text, by the cues of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._normaliser = Normaliser(
            lexicon.abbreviations, lexicon.slip_stems, lexicon.slip_lookalikes
        )
        self._speakers = lexicon.speakers
        self._cues: CueIndex[Meaning] = CueIndex(_meanings(lexicon))

    def observe(self, text: str, staff: Collection[str] = ()) -> Evidence:
        """Return the evidence in a text; of a pasted conversation, in what the customer said."""
        normalised = self._normaliser.normalise(customer_side(text, self._speakers, staff))
        sight = Sight(normalised)
        for hit in self._cues.find(normalised):
            sight.add(hit)
        return Evidence(
            text=normalised,
            leaving=tuple(sight.leaving()),
            phrases=tuple(sight.told(sight.phrases)),
            reasons=tuple(_telling(list(sight.told(sight.reasons)))),
        )


def _meanings(lexicon: Lexicon) -> Iterator[tuple[Cue, Meaning]]:
    yield from ((cue, Wish.WANT) for cue in lexicon.wishes)
    for verb, cues in lexicon.leaving.items():
        yield from ((cue, verb) for cue in cues)
    for thing, cues in lexicon.objects.items():
        yield from ((cue, thing) for cue in cues)
    for table in (lexicon.stances, lexicon.intentions, lexicon.openings):
        for value, cues in table.items():
            yield from ((cue, PhraseCue(value, cue.text)) for cue in cues)
    for reason, tiers in lexicon.reasons.items():
        for strength, cues in tiers.items():
            yield from ((cue, ReasonCue(reason, strength, cue.text)) for cue in cues)


def _telling(hits: list[Hit[ReasonCue]]) -> list[Hit[ReasonCue]]:
    """Keep, of the hits of one reason that overlap, the one that says most; order by place."""
    taken: set[tuple[CancellationReason, int]] = set()
    kept: list[Hit[ReasonCue]] = []
    for hit in sorted(hits, key=lambda h: (-_WEIGHTS[h.value.strength], h.first - h.last)):
        words = {(hit.value.reason, index) for index in range(hit.first, hit.last + 1)}
        if taken.isdisjoint(words):
            taken |= words
            kept.append(hit)
    return sorted(kept, key=lambda h: (h.first, h.last))


def _weigh(hits: Iterable[Hit[ReasonCue]]) -> dict[CancellationReason, float]:
    """Sum the weights per reason; after the heaviest, each further hit counts half."""
    by_reason: dict[CancellationReason, list[float]] = {}
    for hit in hits:
        by_reason.setdefault(hit.value.reason, []).append(_WEIGHTS[hit.value.strength])
    return {
        reason: max(weights) + (sum(weights) - max(weights)) / 2
        for reason, weights in by_reason.items()
    }
