"""What the business writes: can its files be used, and are the playbooks complete?"""

from __future__ import annotations

from pathlib import Path

from cards.labels import REASONS
from config.calendar import load_clock
from config.classifier import BadWeights, load_classifier
from config.playbooks import load_playbooks
from config.rehearsal import load_rehearsal
from config.toml_file import BadFile
from doctor.checks import DOCUMENTS, OFFERS, PLAYBOOKS, TEXTS, Check, Finding
from retention.domain.playbook import Playbook


async def playbooks(path: Path) -> list[Finding]:
    """Read the playbooks; a file that can be used has a script for each reason and path."""
    try:
        by_reason = load_playbooks(path).by_reason
    except BadFile as error:
        return [PLAYBOOKS.found("bad", file=str(path), problems=list(error.problems))]
    every = list(by_reason.values())
    return [
        PLAYBOOKS.found("ok", count=len(every)),
        _complete(OFFERS, [each for each in every if not each.offers]),
        _complete(DOCUMENTS, [each for each in every if not each.documents]),
    ]


def _complete(check: Check, lacking: list[Playbook]) -> Finding:
    if lacking:
        return check.found("undefined", reasons=[REASONS[each.reason] for each in lacking])
    return check.found("ok")


async def texts(*, lexicon: Path, rehearsal: Path, calendar: Path) -> Finding:
    """Read what the classifier, the rehearsal and the clocks are made of."""
    try:
        load_classifier(lexicon=lexicon)
        load_rehearsal(rehearsal)
        load_clock(calendar)
    except (BadWeights, BadFile) as error:
        return TEXTS.found("bad", why=str(error))
    return TEXTS.found("ok")
