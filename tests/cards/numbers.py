"""The form of a mistyped Caso number, for the gallery."""

from __future__ import annotations

from cards.case_card import case_card
from cards.elements import Json
from cards.number_form import DoubtedNumber, TakenNumber, number_card
from retention.domain.errors import Problem
from tests.cards.gallery import (
    ANA,
    CALLED,
    CANTINA,
    HOSTILE,
    HOSTILE_JUDGEMENT,
    HOSTILE_NAME,
    NOW,
    OPEN,
    PATTERN,
    URL,
    a_case,
    actor,
    minutes,
)

TYPED = {"crm_case": "00012398"}


def numbers() -> dict[str, Json]:
    """Build the form in its states, and the case whose number was put right."""
    corrected = a_case(in_crm=True)
    corrected.correct_number(by=actor(ANA), at=minutes(5), crm_case_number="00012346")
    taken = TakenNumber(a_case(CANTINA, OPEN, number=41), URL)
    hostile = a_case(HOSTILE, HOSTILE_JUDGEMENT, number=99999)
    return {
        "number": number_card(a_case(), pattern=PATTERN),
        "number-problem": number_card(
            a_case(),
            pattern=PATTERN,
            typed={"crm_case": "123"},
            problems={"crm_case": Problem.CASE_NUMBER},
        ),
        "number-taken": number_card(a_case(), pattern=PATTERN, typed=TYPED, taken=taken),
        "number-doubted": number_card(
            a_case(), pattern=PATTERN, typed=TYPED, doubted=DoubtedNumber("00012398", "Bar do Zé")
        ),
        "number-unknown": number_card(
            a_case(), pattern=PATTERN, typed=TYPED, doubted=DoubtedNumber("00012398")
        ),
        "number-hostile": number_card(
            hostile,
            pattern=PATTERN,
            typed={"crm_case": HOSTILE_NAME},
            taken=TakenNumber(hostile, URL),
            doubted=DoubtedNumber(HOSTILE_NAME, HOSTILE_NAME),
        ),
        "number-corrected": case_card(corrected, called=CALLED, now=NOW),
    }
