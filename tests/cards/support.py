"""What is told in private: calls for support and risks, for the gallery."""

from __future__ import annotations

from datetime import timedelta

from cards.case_card import case_card
from cards.elements import Json
from cards.risk_card import TOLD, risk_card, risk_form
from cards.support_card import asked_card, called_notice
from retention.domain.case import CaseNumber
from retention.domain.draft import Place
from retention.domain.errors import Problem
from retention.domain.people import Actor, Person
from retention.domain.risk import DetractorRisk
from retention.domain.support import About, SupportCall
from tests.cards.gallery import (
    ANA,
    BRUNO,
    CALLED,
    CANTINA,
    GUSTAVO,
    HOSTILE_LEAD,
    HOSTILE_NAME,
    HOSTILE_PERSON,
    HOSTILE_WORDS,
    NOW,
    OPEN,
    URL,
    a_case,
    actor,
    hostile_case,
    minutes,
)

THREAD = Place("https://smba.example", "19:rc@thread.tacv2;messageid=1", is_channel=True)
ABOUT = About(CANTINA.customer, CANTINA.crm_case_number, THREAD)
PATIENCE = timedelta(minutes=1)


def a_call(
    *asked: Person, caller: Person = ANA, by: Actor | None = None, number: int | None = 43
) -> SupportCall:
    known = CaseNumber(number) if number else None
    call = SupportCall("0" * 32, caller.ref, THREAD, known, NOW)
    for minute in range(len(asked)):
        call.ask_next(asked, minutes(minute))
    if by is not None:
        call.answer(by=by, at=minutes(len(asked)))
    return call


def support() -> dict[str, Json]:
    """Build every card of a call for support: name → JSON."""
    came = a_call(BRUNO, by=actor(BRUNO))
    came.took_over = True
    taken = a_case(CANTINA, OPEN, number=43)
    taken.take_treatment(by=actor(BRUNO), at=minutes(1))
    hostile = About(HOSTILE_NAME, "9" * 20, THREAD)
    hostile_call = a_call(HOSTILE_LEAD, GUSTAVO, caller=HOSTILE_PERSON)
    risk = DetractorRisk("r1", CaseNumber(43), ANA.ref, NOW, "Vou reclamar nas redes.")
    words = HOSTILE_WORDS[:300]
    hostile_risk = DetractorRisk("r2", CaseNumber(9), HOSTILE_PERSON.ref, NOW, words)
    case = a_case(CANTINA, OPEN, number=43)
    return {
        "risk": risk_card(risk, case, url=URL),
        "risk-hostile": risk_card(hostile_risk, hostile_case(), url=URL),
        "risk-form": risk_form(case),
        "risk-form-errors": risk_form(case, problems={"heard": Problem.MISSING}),
        "risk-form-hostile": risk_form(hostile_case(), typed={"heard": words}),
        "case-risk-told": case_card(case, called=CALLED, now=NOW, notice=TOLD),
        "support-asked": asked_card(a_call(BRUNO), BRUNO.ref, ABOUT, url=URL),
        "support-asked-second": asked_card(a_call(BRUNO, GUSTAVO), GUSTAVO.ref, ABOUT, url=URL),
        "support-asked-nowhere": asked_card(a_call(BRUNO, number=None), BRUNO.ref, About()),
        "support-coming": asked_card(came, BRUNO.ref, ABOUT, url=URL),
        "support-other": asked_card(
            a_call(BRUNO, GUSTAVO, by=actor(GUSTAVO)), BRUNO.ref, ABOUT, url=URL
        ),
        "support-hostile": asked_card(hostile_call, HOSTILE_LEAD.ref, hostile, url=URL),
        "case-support-called": case_card(
            a_case(CANTINA, OPEN, number=43),
            called=CALLED,
            now=NOW,
            notice=called_notice(a_call(BRUNO)),
        ),
        "case-taken-over": case_card(taken, called=CALLED, now=minutes(2)),
    }
