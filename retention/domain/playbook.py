"""The catalogue of playbooks: for each reason what to say, do, ask, offer and require.

Recovery playbook: every reason has a script and actions of its own. The words are the business's
and come from its file; a case keeps the version of the catalogue it was opened with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self

from retention.domain.cancellation import CancellationPath, CancellationReason, Mood

_VERSION_LENGTH = 12


class Diagnosis(StrEnum):
    """Where the root lies (recovery playbook, step 2). Independent of the path."""

    TECHNICAL = "technical"
    STRATEGIC = "strategic"
    RELATIONAL = "relational"


class OfferKind(StrEnum):
    """What may be offered so that a customer stays."""

    DOWNSELL = "downsell"
    DISCOUNT = "discount"
    EASIER_PAYMENT = "easier_payment"
    UPGRADE = "upgrade"
    EXTRA_BENEFIT = "extra_benefit"
    TRAINING = "training"
    PAUSE = "pause"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do now, and the rule of the process that says so."""

    words: str
    rule: str


@dataclass(frozen=True, slots=True)
class Playbook:
    """The recipe for one reason.

    `scripts` has every mood and `steps` every path. `offers` stand in the order in which they are
    to be made. `documents` is empty until the business has defined them. `hints` say when to
    suspect which root.
    """

    reason: CancellationReason
    scripts: Mapping[Mood, str]
    steps: Mapping[CancellationPath, tuple[Step, ...]]
    questions: tuple[str, ...]
    offers: tuple[OfferKind, ...]
    documents: tuple[str, ...]
    hints: Mapping[Diagnosis, str]


@dataclass(frozen=True, slots=True)
class Playbooks:
    """The whole catalogue: one playbook for every reason, and the version it is."""

    version: str
    by_reason: Mapping[CancellationReason, Playbook]

    @classmethod
    def of(cls, playbooks: Iterable[Playbook]) -> Self:
        """Make a catalogue; its version is a digest, so that it changes with the content alone."""
        by_reason = {playbook.reason: playbook for playbook in playbooks}
        content = [asdict(by_reason[reason]) for reason in sorted(by_reason)]
        written = json.dumps(content, sort_keys=True).encode()
        return cls(hashlib.sha256(written).hexdigest()[:_VERSION_LENGTH], by_reason)

    def __getitem__(self, reason: CancellationReason) -> Playbook:
        return self.by_reason[reason]
