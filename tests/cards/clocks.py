"""Cards about time: late, quiet, put off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cards.case_card import case_card
from cards.case_forms import snooze_card
from cards.elements import Json
from cards.team_card import absence_card, team_card
from retention.domain.case import Case
from retention.domain.errors import Problem
from retention.domain.events import ClaimStep, ReminderKind
from retention.domain.people import Absence, Directory, Person, PersonId, Role
from tests.cards.gallery import (
    ANA,
    BRUNO,
    CALLED,
    CANTINA,
    FERNANDA,
    GUSTAVO,
    HOSTILE_NAME,
    HOSTILE_WORDS,
    NOW,
    OPEN,
    a_case,
    actor,
    hostile_case,
    minutes,
)

TODAY = NOW.date()
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


def _team() -> Directory:
    people = Directory([replace(FERNANDA, substitute=GUSTAVO.name), GUSTAVO, BRUNO])
    people.look(TODAY, [Absence(FERNANDA.ref, TODAY, BRUNO.ref, NOW)], {GUSTAVO.id: 3})
    return people


def _hostile_team() -> Directory:
    people = [
        Person(PersonId(f"p{number}"), f"{number} {HOSTILE_NAME}", frozenset(Role))
        for number in range(30)
    ]
    team = Directory(people)
    team.look(TODAY, [Absence(each.ref, TODAY, each.ref, NOW) for each in people[:20]])
    return team


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
        "team": team_card(_team(), TODAY),
        "team-nobody": team_card(Directory([]), TODAY),
        "team-hostile": team_card(_hostile_team(), TODAY),
        "absence": absence_card([ANA.ref], TODAY),
        "absence-errors": absence_card(
            [ANA.ref, FERNANDA.ref],
            TODAY,
            typed={"absent_who": FERNANDA.id, "absent_until": "2026-11-20"},
            problems={"absent_who": Problem.NOT_A_CHOICE, "absent_until": Problem.IN_THE_PAST},
        ),
        "snooze": snooze_card(a_case(CANTINA, OPEN, number=43)),
        "snooze-errors": snooze_card(a_case(CANTINA, OPEN, number=43), problems=missing),
        "snooze-hostile": snooze_card(hostile_case(), typed=quiet),
    }
