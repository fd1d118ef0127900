"""What a customer's words mean for the process: intention, motive, room to act; and where it shows.

Deterministic and offline. The lexicon's cues give the evidence, the rules here decide.
A leaving verb alone proves nothing: restaurants cancel invoices, orders and tables all day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from retention.domain.cancellation import (
    CancellationPath,
    CancellationReason,
    Intent,
    Kind,
    Opening,
)
from retention.domain.classification_evidence import Evidence, Leaving, Observer
from retention.domain.classification_lexicon import Door, IntentionCue, Lexicon, Strength

KIND_OF_REASON: dict[CancellationReason, Kind] = {
    CancellationReason.RECURRING_ISSUE: Kind.TECHNICAL,
    CancellationReason.SLOW_SUPPORT: Kind.TECHNICAL,
    CancellationReason.BAD_SERVICE_ATTITUDE: Kind.TECHNICAL,
    CancellationReason.PRODUCT_MISFIT: Kind.TECHNICAL,
    CancellationReason.HARD_TO_USE_TRAINING: Kind.TECHNICAL,
    CancellationReason.INTEGRATION_FISCAL: Kind.TECHNICAL,
    CancellationReason.GENERAL_DISSATISFACTION: Kind.TECHNICAL,
    CancellationReason.PRICE: Kind.NON_TECHNICAL,
    CancellationReason.FINANCIAL_DIFFICULTY: Kind.NON_TECHNICAL,
    CancellationReason.COMPETITOR: Kind.NON_TECHNICAL,
    CancellationReason.BUSINESS_CLOSING: Kind.NON_TECHNICAL,
    CancellationReason.OWNERSHIP_CHANGE: Kind.NON_TECHNICAL,
    CancellationReason.SEASONAL_PAUSE: Kind.NON_TECHNICAL,
    CancellationReason.NO_LONGER_NEEDED: Kind.NON_TECHNICAL,
    CancellationReason.CONTRACT_BILLING_DISPUTE: Kind.NON_TECHNICAL,
    CancellationReason.CHAMPION_LEFT: Kind.NON_TECHNICAL,
}

_COMPLAINT_AT = 2.0
"""One plain cue, or two weak ones, make a complaint."""
_EVERYDAY_TALK = 1.5
"""What each sign of everyday talk takes off a complaint."""
_CERTAIN_AT = 0.55


_MOTIVE_AT = 2.0
"""What a reason must weigh to be called the motive."""
_FIRST_OF_EQUALS = (
    # Events that decide come before what made them likely; anger explains least.
    CancellationReason.BUSINESS_CLOSING,
    CancellationReason.OWNERSHIP_CHANGE,
    CancellationReason.SEASONAL_PAUSE,
    CancellationReason.CHAMPION_LEFT,
    CancellationReason.COMPETITOR,
    CancellationReason.NO_LONGER_NEEDED,
    CancellationReason.INTEGRATION_FISCAL,
    CancellationReason.HARD_TO_USE_TRAINING,
    CancellationReason.PRICE,
    CancellationReason.CONTRACT_BILLING_DISPUTE,
    CancellationReason.FINANCIAL_DIFFICULTY,
    CancellationReason.SLOW_SUPPORT,
    CancellationReason.BAD_SERVICE_ATTITUDE,
    CancellationReason.RECURRING_ISSUE,
    CancellationReason.PRODUCT_MISFIT,
    CancellationReason.GENERAL_DISSATISFACTION,
)


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
    """Classify what customers say, by a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._observer = Observer(lexicon)

    def classify(self, text: str) -> Classification:
        evidence = self._observer.observe(text)
        intent, margin = _intent(evidence)
        if intent is Intent.NOT_CANCELLATION:
            score = _score(margin) if evidence.text.has_words else 0.0
            return Classification(
                intent,
                Kind.NOT_APPLICABLE,
                Opening.NOT_APPLICABLE,
                None,
                tuple(_everyday_signals(evidence)),
                score,
                score >= _CERTAIN_AT,
            )
        reason, reason_margin = _reason(evidence)
        kind = KIND_OF_REASON[reason] if reason else Kind.UNCLEAR
        opening = _opening(evidence, kind)
        score = _score(margin if reason is None else (margin + reason_margin) / 2)
        return Classification(
            intent,
            kind,
            opening,
            reason,
            tuple(_signals(evidence, reason)),
            score,
            score >= _CERTAIN_AT,
        )


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
        "signals": [signal.text for signal in classification.signals],
        "score": classification.score,
    }


def _intent(evidence: Evidence) -> tuple[Intent, float]:
    """Decide the intention; the margin tells by how much, in cue weights."""
    requests = 3.0 * len(evidence.says(Leaving.REQUEST))
    bare = 2.0 * len(evidence.says(Leaving.BARE))
    talk = _EVERYDAY_TALK * len(evidence.tells(IntentionCue.EVERYDAY))
    everyday = 2.0 * len(evidence.says(Leaving.EVERYDAY)) + talk
    threats = 3.0 * len(evidence.says(Leaving.CONDITIONAL, Leaving.CONSIDERING, Leaving.AGAINST_US))
    threats += 3.0 * len(evidence.tells(IntentionCue.THREAT))
    denied = bool(evidence.says(Leaving.DENIED))
    if denied and not requests:
        bare = 0.0

    if requests:
        return Intent.CANCEL_REQUEST, requests - min(everyday, 2.0)
    if bare > everyday:
        return Intent.CANCEL_REQUEST, bare - everyday
    complaint = threats + max(evidence.complaint() - talk, 0.0) - (everyday - talk)
    if complaint >= _COMPLAINT_AT:
        return Intent.COMPLAINT_RISK, complaint - _COMPLAINT_AT + 0.5
    return Intent.NOT_CANCELLATION, everyday + (_COMPLAINT_AT - complaint) / 2


def _reason(evidence: Evidence) -> tuple[CancellationReason | None, float]:
    """Pick the motive that carries most weight, and by how much it leads."""
    stated = evidence.weights()
    weights = dict(stated)
    if evidence.says(Leaving.AGAINST_US):
        billing = CancellationReason.CONTRACT_BILLING_DISPUTE
        weights[billing] = weights.get(billing, 0.0) + 3.0
    general = CancellationReason.GENERAL_DISSATISFACTION
    if general in weights:
        weights[general] *= 0.5  # anger explains nothing when anything else does
    ranked = sorted(weights.items(), key=lambda item: (-item[1], _FIRST_OF_EQUALS.index(item[0])))
    if not ranked or stated.get(ranked[0][0], 3.0) < _MOTIVE_AT:
        return None, 1.0
    winner, weight = ranked[0]
    runner_up = ranked[1][1] if len(ranked) > 1 else 0.0
    return winner, weight - runner_up


def _opening(evidence: Evidence, kind: Kind) -> Opening:
    """Tell door from wall: a door beats a wall unless there are two walls."""
    doors = len(_apart(evidence, Door.OPEN))
    doors += bool(evidence.says(Leaving.CONDITIONAL))
    walls = len(_apart(evidence, Door.BLOCKED))
    if doors and walls < max(2, doors + 1):
        return Opening.OPEN
    if walls:
        return Opening.BLOCKED
    return Opening.NOT_APPLICABLE if kind is Kind.NON_TECHNICAL else Opening.UNCLEAR


def _apart(evidence: Evidence, door: Door) -> list[int]:
    """Return where cues of a door begin, those that overlap taken as one."""
    starts: list[int] = []
    end = -1
    for hit in evidence.tells(door):
        if hit.first > end:
            starts.append(hit.first)
        end = max(end, hit.last)
    return starts


def _score(margin: float) -> float:
    return round(margin / (margin + 1.0), 3) if margin > 0 else 0.0


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
