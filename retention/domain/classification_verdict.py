"""What the lexicon alone makes of a text: intention, motive, room to act.

A leaving verb alone proves nothing: restaurants cancel invoices, orders and tables all day.
"""

from __future__ import annotations

from dataclasses import dataclass

from retention.domain.cancellation import CancellationReason, Intent, Kind, Opening
from retention.domain.classification_evidence import Evidence
from retention.domain.classification_lexicon import Door, IntentionCue
from retention.domain.classification_sight import Leaving

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """The labels of a text, and how sure they are, from 0 to 1."""

    intent: Intent
    opening: Opening
    reason: CancellationReason | None
    """None when no motive is stated, or when there is nothing to move for."""
    score: float
    certain: bool

    @property
    def kind(self) -> Kind:
        if self.intent is Intent.NOT_CANCELLATION:
            return Kind.NOT_APPLICABLE
        return KIND_OF_REASON[self.reason] if self.reason else Kind.UNCLEAR


def judge(evidence: Evidence) -> Verdict:
    """Decide by the evidence of the lexicon."""
    intent, margin = _intent(evidence)
    if intent is Intent.NOT_CANCELLATION:
        score = _score(margin) if evidence.text.has_words else 0.0
        return Verdict(intent, Opening.NOT_APPLICABLE, None, score, score >= _CERTAIN_AT)
    reason, reason_margin = _reason(evidence)
    kind = KIND_OF_REASON[reason] if reason else Kind.UNCLEAR
    score = _score(margin if reason is None else (margin + reason_margin) / 2)
    return Verdict(intent, _opening(evidence, kind), reason, score, score >= _CERTAIN_AT)


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
