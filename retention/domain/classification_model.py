"""A second voter: a linear model over pieces of words, and over what the lexicon saw.

The lexicon knows the trade but only what somebody thought of; the model weighs every word, and
how far the lexicon's evidence is to be trusted. Its weights are data, learnt from labelled
utterances by `dev/train.py`; here they are only added up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from retention.domain.cancellation import CancellationReason, Intent, Kind, Opening
from retention.domain.classification_evidence import Evidence
from retention.domain.classification_lexicon import Door, IntentionCue
from retention.domain.classification_sight import Leaving
from retention.domain.classification_verdict import KIND_OF_REASON, Verdict
from retention.domain.text import PUNCTUATION

NO_REASON = "not_stated"
"""The label of a text that tells no motive."""
UNIT = 0.01
"""What one is worth in a weight; weights are whole numbers, so that they can be reviewed."""

HEAVIEST = 32_767
"""The most a learnt weight may be, either way."""
_LANE = 32
"""Bits a column has in a packed row: a text would fill it with 65,536 of the heaviest pieces."""
_HALF_LANE = 1 << (_LANE - 1)
_PIECE_LENGTHS = (3, 4)
_REMEMBERED_WORDS = 4096
_ANY_NUMBER = "0"
_EVIDENCE = 2.4
"""How heavy the lexicon's evidence is in training, beside the words."""
_CERTAIN_AT = 0.55
"""Of held-out utterances at least this sure, the path was right six times in seven."""
_MISS_COSTS = 1.2
"""What overlooking a customer who leaves costs, against a false alarm (guide: prefer recall)."""
_OPENINGS = {
    Kind.TECHNICAL: (Opening.OPEN, Opening.BLOCKED, Opening.UNCLEAR),
    Kind.UNCLEAR: (Opening.OPEN, Opening.BLOCKED, Opening.UNCLEAR),
    Kind.NON_TECHNICAL: (Opening.OPEN, Opening.BLOCKED, Opening.NOT_APPLICABLE),
}


class Head(StrEnum):
    """What the model decides; the kind follows from the reason."""

    INTENT = "intent"
    OPENING = "opening"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt: per label of each head, one column of whole numbers, in `UNIT`s."""

    labels: Mapping[Head, tuple[str, ...]]
    biases: tuple[int, ...]
    """By column: the labels of all heads, in order."""
    features: Mapping[str, Sequence[int]]


def features(evidence: Evidence, verdict: Verdict) -> dict[str, float]:
    """Return all that the model may weigh of a text, by name."""
    words, pairs = _distinct(_spoken(evidence))
    found = dict(opinions(evidence, verdict))
    share = _share(words)
    for name in (*(piece for word in words for piece in pieces(word)), *pairs):
        found[name] = found.get(name, 0.0) + share
    return found


def pieces(word: str) -> set[str]:
    """Return a word and its pieces, a space standing for where the word begins and ends."""
    padded = f" {word} "
    cut = {
        padded[at : at + length]
        for length in _PIECE_LENGTHS
        for at in range(len(padded) - length + 1)
    }
    return cut | {padded}


def opinions(evidence: Evidence, verdict: Verdict) -> Iterator[tuple[str, float]]:
    """Yield what the lexicon saw and what it makes of it, by name."""
    counts: dict[str, float] = {f"@leaving {says}": len(evidence.says(says)) for says in Leaving}
    counts |= {f"@phrase {cue}": len(evidence.tells(cue)) for cue in (*IntentionCue, *Door)}
    counts |= {f"@reason {reason}": weight / 2 for reason, weight in evidence.weights().items()}
    counts["@complaint"] = evidence.complaint() / 2
    counts[f"@says {verdict.intent} {verdict.kind}"] = 1.0
    counts[f"@says {verdict.intent}"] = verdict.score
    counts[f"@opening {verdict.opening}"] = 1.0
    counts[f"@motive {verdict.reason or NO_REASON}"] = 1.0
    for name, count in counts.items():
        if count:
            yield name, _EVIDENCE * min(count, 3.0)


def is_opinion(name: str) -> bool:
    """Tell whether a feature is the lexicon's, not a piece of words."""
    return name.startswith("@")


def _spoken(evidence: Evidence) -> list[str]:
    """Return the words of a text without punctuation, all numbers as one."""
    return [_number_as_one(word) for word in evidence.text.words if word not in PUNCTUATION]


def _distinct(spoken: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the distinct words of a text, and its distinct pairs of neighbours."""
    pairs = dict.fromkeys(pairwise(spoken))
    return list(dict.fromkeys(spoken)), [f"{one} {other}" for one, other in pairs]


def _number_as_one(word: str) -> str:
    return _ANY_NUMBER if "0" <= word[0] <= "9" else word


def _share(words: Sequence[str]) -> float:
    """Return what one word counts: long texts weigh more than short ones, but not as much."""
    return 1 / math.sqrt(len(words)) if words else 0.0


class LinearModel:
    """Weigh texts."""

    def __init__(self, weights: Weights) -> None:
        rows = weights.features.items()
        self._opinions = {name: row for name, row in rows if is_opinion(name)}
        self._packed = {name: _pack(row) for name, row in rows if not is_opinion(name)}
        self._biases = weights.biases
        self._columns: dict[Head, dict[str, int]] = {}
        column = 0
        for head, labels in weights.labels.items():
            self._columns[head] = {label: column + at for at, label in enumerate(labels)}
            column += len(labels)
        self._word = lru_cache(maxsize=_REMEMBERED_WORDS)(self._weigh_word)

    def judge(self, evidence: Evidence, lexicon: Verdict) -> Verdict:
        """Decide by the words and by what the lexicon makes of them."""
        totals = self._totals(evidence, lexicon)
        intents = self._chances(Head.INTENT, totals)
        intent = _least_regretted(intents)
        if intent is Intent.NOT_CANCELLATION:
            return _verdict(lexicon, intent, Opening.NOT_APPLICABLE, None, intents[intent])
        reasons = self._chances(Head.REASON, totals)
        told = _best(reasons)
        kind = _kind(told)
        openings = self._chances(Head.OPENING, totals, _OPENINGS[kind])
        opening = Opening(_best(openings))
        chance = intents[intent] * sum(reasons[label] for label in reasons if _kind(label) is kind)
        if kind is Kind.TECHNICAL:  # there the opening decides the path
            chance *= openings[opening]
        reason = None if told == NO_REASON else CancellationReason(told)
        return _verdict(lexicon, intent, opening, reason, chance)

    def telling(self, evidence: Evidence, head: Head, label: str, against: str) -> list[int]:
        """Return the words (indexes) that speak most for a label, rather than another."""
        columns = self._columns[head]
        speaks = {
            at: row[columns[label]] - row[columns[against]]
            for at, word in enumerate(evidence.text.words)
            if word not in PUNCTUATION
            for row in (self._unpack(self._word(_number_as_one(word))),)
        }
        best = max(speaks.values(), default=0)
        return [at for at, weight in speaks.items() if weight * 2 >= best]

    def _totals(self, evidence: Evidence, lexicon: Verdict) -> list[float]:
        words, pairs = _distinct(_spoken(evidence))
        known_pairs = (self._packed[pair] for pair in pairs if pair in self._packed)
        spoken = self._unpack(sum(map(self._word, words)) + sum(known_pairs))
        share = _share(words)
        totals = [bias + share * said for bias, said in zip(self._biases, spoken, strict=True)]
        for name, value in opinions(evidence, lexicon):
            row = self._opinions.get(name)
            if row:
                totals = [total + value * weight for total, weight in zip(totals, row, strict=True)]
        return totals

    def _weigh_word(self, word: str) -> int:
        return sum(self._packed[piece] for piece in pieces(word) if piece in self._packed)

    def _unpack(self, packed: int) -> list[int]:
        row = []
        for _ in self._biases:
            lane = (packed + _HALF_LANE) % (2 * _HALF_LANE) - _HALF_LANE
            row.append(lane)
            packed = (packed - lane) >> _LANE
        return row

    def _chances(
        self, head: Head, totals: Sequence[float], among: Iterable[str] = ()
    ) -> dict[str, float]:
        """Return the probability of each label, or of each of some labels, of a head."""
        columns = self._columns[head]
        logits = {label: totals[columns[label]] * UNIT for label in among or columns}
        top = max(logits.values())
        odds = {label: math.exp(logit - top) for label, logit in logits.items()}
        total = sum(odds.values())
        return {label: odd / total for label, odd in odds.items()}


def _verdict(
    lexicon: Verdict,
    intent: Intent,
    opening: Opening,
    reason: CancellationReason | None,
    chance: float,
) -> Verdict:
    """Return the model's verdict, sure only where the lexicon means the same intention."""
    certain = chance >= _CERTAIN_AT and lexicon.intent is intent
    return Verdict(intent, opening, reason, chance, certain)


def _pack(row: Iterable[int]) -> int:
    """Return a row as one number, a lane for each column: rows are added up all columns at once."""
    return sum(weight << at * _LANE for at, weight in enumerate(row))


def _least_regretted(chances: Mapping[str, float]) -> Intent:
    """Pick the likeliest intention, but daily work only where it leads by enough."""
    costs = dict.fromkeys(chances, _MISS_COSTS) | {Intent.NOT_CANCELLATION: 1.0}
    return Intent(max(chances, key=lambda label: chances[label] * costs[label]))


def _best(chances: Mapping[str, float]) -> str:
    return max(chances, key=chances.__getitem__)


def _kind(label: str) -> Kind:
    return Kind.UNCLEAR if label == NO_REASON else KIND_OF_REASON[CancellationReason(label)]
