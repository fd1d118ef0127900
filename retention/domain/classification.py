"""What a customer's words mean for the process: intention, motive, room to act; and where it shows.

Deterministic and offline. The lexicon's cues give the evidence and a first verdict; a linear
model, where its weights are given, weighs that and the words together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Intent,
    Kind,
    Opening,
)
from retention.domain.classification_evidence import Evidence, Observer
from retention.domain.classification_lexicon import Door, IntentionCue, Lexicon, Strength
from retention.domain.classification_model import Head, LinearModel, Weights
from retention.domain.classification_sight import Leaving
from retention.domain.classification_verdict import Verdict, judge


class SignalRole(StrEnum):
    INTENTION = "intention"
    REASON = "reason"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Signal:
    """Words of the customer that led to a label: `text == original[start:end]`."""

    role: SignalRole
    start: int
    end: int
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Classification:
    """What the words mean. When not `certain`, propose nothing and ask."""

    intent: Intent
    kind: Kind
    opening: Opening
    reason: CancellationReason | None
    signals: tuple[Signal, ...]
    score: float
    certain: bool
    classifier: str = ""
    """Which lexicon and weights judged: a digest."""

    @property
    def path(self) -> CancellationPath | None:
        """The way of the process, as far as the labels give one."""
        if self.kind is Kind.NON_TECHNICAL:
            return CancellationPath.NON_TECHNICAL
        if self.kind is Kind.TECHNICAL and self.opening is Opening.OPEN:
            return CancellationPath.TECHNICAL_OPEN
        if self.kind is Kind.TECHNICAL and self.opening is Opening.BLOCKED:
            return CancellationPath.TECHNICAL_BLOCKED
        return None


class Classifier:
    """Classify what customers say, by a lexicon and, where there are weights, by a model."""

    def __init__(self, lexicon: Lexicon, weights: Weights | None = None, *, name: str = "") -> None:
        """`name` tells this lexicon and these weights from others."""
        self._name = name
        self._observer = Observer(lexicon)
        self._model = LinearModel(weights) if weights else None

    def classify(self, text: str, staff: Collection[str] = ()) -> Classification:
        """Return what the words mean; `staff` are names of our people, who are no customers."""
        evidence = self._observer.observe(text, staff)
        verdict = judge(evidence)
        if self._model and evidence.text.has_words and not _is_denied(evidence, verdict):
            verdict = self._model.judge(evidence, verdict)
        return Classification(
            verdict.intent,
            verdict.kind,
            verdict.opening,
            verdict.reason,
            tuple(self._signals(evidence, verdict)),
            round(verdict.score, 3),
            verdict.certain,
            self._name,
        )

    def _signals(self, evidence: Evidence, verdict: Verdict) -> list[Signal]:
        if verdict.intent is Intent.NOT_CANCELLATION:
            return list(_everyday_signals(evidence))
        signals = _signals(evidence, verdict.reason)
        if signals or not self._model:
            return signals
        words = self._model.telling(evidence, Head.INTENT, verdict.intent, Intent.NOT_CANCELLATION)
        return [_signal(evidence, SignalRole.INTENTION, at, at, "model") for at in words]


def _is_denied(evidence: Evidence, verdict: Verdict) -> bool:
    """Tell whether leaving is plainly denied: the model, blind to word order, would not see it."""
    return verdict.intent is Intent.NOT_CANCELLATION and bool(evidence.says(Leaving.DENIED))


def as_labels(classification: Classification) -> dict[str, object]:
    """Return the labels as JSON-able values, in the words of the annotation guide."""
    reason: str
    if classification.intent is Intent.NOT_CANCELLATION:
        reason = "none"
    else:
        reason = classification.reason or "not_stated"
    return {
        "intent": str(classification.intent),
        "kind": str(classification.kind),
        "opening": str(classification.opening),
        "reason": str(reason),
        "signals": list(dict.fromkeys(signal.text for signal in classification.signals)),
        "score": classification.score,
    }


def _signal(evidence: Evidence, role: SignalRole, first: int, last: int, rule: str) -> Signal:
    start, end = evidence.text.span(first, last)
    return Signal(role, start, end, evidence.text.original[start:end], rule)


def _everyday_signals(evidence: Evidence) -> Iterator[Signal]:
    for hit in evidence.says(Leaving.EVERYDAY, Leaving.DENIED):
        yield _signal(evidence, SignalRole.INTENTION, hit.first, hit.last, hit.rule)


def _signals(evidence: Evidence, reason: CancellationReason | None) -> list[Signal]:
    signals = [
        _signal(evidence, SignalRole.INTENTION, hit.first, hit.last, hit.rule)
        for hit in evidence.says(
            Leaving.REQUEST,
            Leaving.BARE,
            Leaving.CONDITIONAL,
            Leaving.CONSIDERING,
            Leaving.AGAINST_US,
        )
    ]
    signals += [
        _signal(evidence, SignalRole.INTENTION, hit.first, hit.last, hit.value.rule)
        for hit in evidence.tells(IntentionCue.THREAT)
    ]
    cues = [hit for hit in evidence.reasons if hit.value.strength is not Strength.CONTEXT]
    told = [hit for hit in cues if hit.value.reason is reason] or cues
    signals += [
        _signal(evidence, SignalRole.REASON, hit.first, hit.last, hit.value.rule) for hit in told
    ]
    signals += [
        _signal(evidence, SignalRole.OPENING, hit.first, hit.last, hit.value.rule)
        for door in Door
        for hit in evidence.tells(door)
    ]
    return _distinct(signals)


def _distinct(signals: list[Signal]) -> list[Signal]:
    """Drop, within a role, what lies inside another signal; order by start."""
    kept: list[Signal] = []
    reached: dict[SignalRole, int] = {}
    for signal in sorted(signals, key=lambda s: (s.start, -s.end, s.role)):
        if signal.end > reached.get(signal.role, -1):
            reached[signal.role] = signal.end
            kept.append(signal)
    return kept
