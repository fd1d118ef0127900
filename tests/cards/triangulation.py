"""The three-way call, for the gallery."""

from __future__ import annotations

from cards.case_card import case_card
from cards.elements import Json
from cards.triangulation_part import attended_card, triangulation_card
from config.playbooks import load_playbooks
from retention.domain.case import Case
from retention.domain.errors import Problem
from retention.domain.triangulation import ThreeWayCall
from tests.cards.gallery import (
    ANA,
    BRUNO,
    CALLED,
    FERNANDA,
    HOSTILE_PERSON,
    HOSTILE_WORDS,
    NOW,
    URL,
    actor,
    claimed,
    hostile_case,
    minutes,
)

TEAM = [ANA.ref, BRUNO.ref, HOSTILE_PERSON.ref]


def called_in(case: Case, who: str = URL) -> Case:
    call = ThreeWayCall(who, ANA.ref, minutes(20))
    avoid = load_playbooks()[case.judgement.reason].avoid[case.facts.mood]
    case.triangulate(by=actor(FERNANDA), at=minutes(20), call=call, avoid=avoid)
    return case


def triangulation() -> dict[str, Json]:
    """Build every card of a three-way call: name → JSON."""
    told = called_in(claimed())
    told.end_triangulation(by=actor(ANA), at=minutes(30), attended=False, note="Caixa postal")
    asked = called_in(claimed())
    asked.ask(by=actor(FERNANDA), at=minutes(25), person=BRUNO.ref, what="?", until=minutes(90))
    problems = {"call_url": Problem.URL, "call_who": Problem.NOT_A_CHOICE}
    typed = {"call_url": HOSTILE_WORDS[:1000]}
    return {
        "case-triangulated": case_card(called_in(claimed()), called=CALLED, now=minutes(20)),
        "case-triangulated-and-asked": case_card(asked, called=CALLED, now=minutes(26)),
        "case-not-attended": case_card(told, called=CALLED, now=minutes(31)),
        "triangulation": triangulation_card(claimed(), TEAM, now=NOW),
        "triangulation-hostile": triangulation_card(
            hostile_case(), TEAM, now=NOW, typed=typed, problems=problems
        ),
        "attended": attended_card(claimed()),
        "attended-errors": attended_card(claimed(), problems={"attended": Problem.MISSING}),
    }
