"""The catalogue of playbooks: for each reason what to say, do, ask, offer and require.

Recovery playbook: every reason has a script and actions of its own. The words are the business's
and come from its file; a case keeps the version of the catalogue it was opened with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
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
    forbids_offers: bool = False


Script = str | Mapping[CancellationPath, str]
"""What to say, by path; catalogues from before there was one for each path have one for all."""


@dataclass(frozen=True, slots=True)
class Playbook:
    """The recipe for one reason.

    `scripts` has every mood and `steps` every path. `offers` stand in the order in which they are
    to be made, where no step forbids it. `documents` is empty until the business has defined them.
    `hints` say when to suspect which root.
    """

    reason: CancellationReason
    scripts: Mapping[Mood, Script]
    steps: Mapping[CancellationPath, tuple[Step, ...]]
    questions: tuple[str, ...]
    offers: tuple[OfferKind, ...]
    documents: tuple[str, ...]
    hints: Mapping[Diagnosis, str]
    avoid: Mapping[Mood, str] = field(default_factory=dict)
    """What is better not said to a customer of a mood; catalogues of before know none."""

    def script(self, mood: Mood, path: CancellationPath) -> str:
        """Give what to say to a customer of this mood on a path."""
        script = self.scripts[mood]
        return script if isinstance(script, str) else script[path]

    def offers_on(self, path: CancellationPath) -> tuple[OfferKind, ...]:
        """List what may be offered on a path: nothing beside a step that forbids it."""
        return () if any(step.forbids_offers for step in self.steps[path]) else self.offers


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
