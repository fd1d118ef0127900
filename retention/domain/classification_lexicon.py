"""What the classifier knows: the shape of the lexicon, handed over as parsed data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from retention.domain.cancellation import CancellationReason
from retention.domain.classification_conversation import Speakers
from retention.domain.classification_cues import Cue

Cues = tuple[Cue, ...]


class LeavingVerb(StrEnum):
    """The forms of the verbs of leaving, by who acts and how much they say alone."""

    OWN = "own"
    """The customer's own act; says leaving even without an object ("cancelar")."""
    WITH_OBJECT = "with_object"
    """Says leaving only of the contract ("fechar", "desligar")."""
    OTHER_HAND = "other_hand"
    """Somebody else did it ("cancelaram")."""
    PARTICIPLE = "participle"
    """It is done, by whom is unsaid ("cancelado")."""


class ObjectKind(StrEnum):
    """What a leaving verb may be about."""

    CONTRACT = "contract"
    OPERATION = "operation"
    """Daily work: a payment, a screen, a ticket; somebody else's contract."""
    RECORD = "record"
    """Daily work that the till keeps, and that a pronoun may stand for: an invoice, an order."""

    @property
    def is_daily(self) -> bool:
        return self is not ObjectKind.CONTRACT


class Stance(StrEnum):
    """How a leaving verb is meant."""

    NEGATED = "negated"
    OTHER_PARTY = "other_party"
    AGAINST_US = "against_us"
    """The company ended, or threatens to end, the customer's contract."""
    CONDITIONAL = "conditional"
    CONSIDERING = "considering"
    PURSUED = "pursued"
    """Asked for already, and not done: neither negation nor threat."""
    PRESSED = "pressed"
    """The threat is what comes if we do *not* end it: a request, whatever stands around it."""
    ELSEWHERE = "elsewhere"
    """It has not happened, or to somebody else: no news of this customer."""


class IntentionCue(StrEnum):
    """Whole phrases that tell the intention without a leaving verb."""

    REQUEST = "request"
    THREAT = "threat"
    EVERYDAY = "everyday"


class Door(StrEnum):
    """Whether the customer leaves room to act."""

    OPEN = "open"
    BLOCKED = "blocked"


class Strength(StrEnum):
    """How much a cue of a reason says."""

    STRONG = "strong"
    PLAIN = "plain"
    WEAK = "weak"
    CONTEXT = "context"
    """Tells a motive once there is a complaint; is no complaint itself."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The cues of the trade."""

    speakers: Speakers
    abbreviations: Mapping[str, str]
    slip_stems: tuple[str, ...]
    slip_lookalikes: tuple[str, ...]
    wishes: Cues
    leaving: Mapping[LeavingVerb, Cues]
    objects: Mapping[ObjectKind, Cues]
    stances: Mapping[Stance, Cues]
    intentions: Mapping[IntentionCue, Cues]
    openings: Mapping[Door, Cues]
    reasons: Mapping[CancellationReason, Mapping[Strength, Cues]]
