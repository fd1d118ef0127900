"""Cards about time: late, quiet, put off."""

from __future__ import annotations

from datetime import timedelta

from cards.case_card import case_card
from cards.case_forms import snooze_card
from cards.elements import Json
from retention.domain.case import Case
from retention.domain.errors import Problem
from retention.domain.events import ClaimStep, ReminderKind
from tests.cards.gallery import (
    ANA,
    CALLED,
    CANTINA,
    HOSTILE_WORDS,
    NOW,
    OPEN,
    a_case,
    actor,
    hostile_case,
    minutes,
)

WHY = "O dono volta de viagem na quinta"


def overdue() -> Case:
    case = a_case()
    for step, at in ((ClaimStep.AGAIN, 15), (ClaimStep.ABOVE, 30)):
        case.escalate_claim(step, at=minutes(at))
    return case


def snoozed(why: str = WHY) -> Case:
    case = a_case(CANTINA, OPEN, number=43)
    case.remind(ReminderKind.NEWS, at=minutes(200))
    case.snooze(by=actor(ANA), at=minutes(201), until=NOW + timedelta(days=1), why=why)
    return case


def clocks() -> dict[str, Json]:
    """Build every card about time: name → JSON."""
    quiet = {"snooze_for": "next_day", "snooze_why": HOSTILE_WORDS[:300]}
    missing = {"snooze_for": Problem.MISSING, "snooze_why": Problem.MISSING}
    return {
        "case-claim-by": case_card(a_case(), called=CALLED, now=NOW, claim_by=minutes(15)),
        "case-overdue": case_card(overdue(), called=CALLED, now=minutes(31)),
        "case-snoozed": case_card(snoozed(), called=CALLED, now=minutes(202)),
        "case-snoozed-hostile": case_card(
            snoozed(HOSTILE_WORDS[:300]), called=CALLED, now=minutes(202)
        ),
        "snooze": snooze_card(a_case(CANTINA, OPEN, number=43)),
        "snooze-errors": snooze_card(a_case(CANTINA, OPEN, number=43), problems=missing),
        "snooze-hostile": snooze_card(hostile_case(), typed=quiet),
    }
