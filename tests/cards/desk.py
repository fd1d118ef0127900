"""Cards of the lead's desk: whose a case is, what it waits for, that the customer leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cards.case_card import case_card
from cards.case_forms import note_card
from cards.closing_forms import result_card
from cards.desk_forms import (
    assign_card,
    attempts_card,
    decision_card,
    give_back_card,
)
from cards.elements import Json
from cards.errors import OUTDATED_FORM, answered_meanwhile, notice_for
from cards.question_forms import ask_card, info_card
from config.playbooks import load_playbooks
from retention.domain.case import Case, CaseAction
from retention.domain.errors import AlreadyDone, NotAllowed, Problem
from retention.domain.events import FeedbackChannel
from retention.domain.fast_lane import Attempts
from retention.domain.people import Person, Role
from tests.cards.gallery import (
    ANA,
    BRUNO,
    CALLED,
    EMPORIO,
    FERNANDA,
    GUSTAVO,
    HOSTILE_LEAD,
    HOSTILE_PERSON,
    HOSTILE_WORDS,
    NON_TECHNICAL,
    NOW,
    PAPERS,
    a_case,
    actor,
    claimed,
    hostile_case,
    minutes,
    person,
    reverted,
)

INES = person("b3", "Inês Prado", Role.ADMFIN)
UNTIL = minutes(118)
"""16:00."""
QUESTION = "A multa de fidelidade já foi cobrada? O cliente diz que não recebeu boleto."
TRIED = Attempts(3, (FeedbackChannel.PHONE, FeedbackChannel.WHATSAPP), minutes(48))


def assigned() -> Case:
    case = a_case()
    case.assign(by=actor(FERNANDA), at=minutes(5), to=INES)
    return case


def given_back() -> Case:
    case = claimed()
    why = "Entro de férias amanhã, e o cliente pediu retorno na quinta."
    case.give_back(by=actor(FERNANDA), at=minutes(40), why=why)
    return case


def asked(case: Case | None = None) -> Case:
    case = case or claimed()
    case.ask(by=actor(FERNANDA), at=minutes(20), person=ANA.ref, what=QUESTION, until=UNTIL)
    return case


def overdue() -> Case:
    case = asked()
    case.remind_of_question(at=UNTIL)
    return case


def answered() -> Case:
    case = asked()
    case.answer_question(by=actor(BRUNO), at=minutes(30), text="Foi cobrada em outubro, e paga.")
    return case


def leaving() -> Case:
    case = claimed(EMPORIO, NON_TECHNICAL)
    case.customer_decided(
        by=actor(FERNANDA), at=minutes(25), said="Agradeço a ligação, mas já está decidido."
    )
    return case


def unreached() -> Case:
    case = claimed()
    case.end_attempts(by=actor(FERNANDA), at=minutes(60), attempts=TRIED)
    return case


def _hostile(by: Person = HOSTILE_LEAD) -> Case:
    """A question, and then a decision, as long and as full of markup as the limits allow."""
    case = hostile_case()
    case.claim(by=actor(by), at=minutes(21))
    words = HOSTILE_WORDS[:600]
    case.ask(by=actor(by), at=minutes(22), person=HOSTILE_PERSON.ref, what=words, until=UNTIL)
    return case


def _hostile_end() -> Case:
    case = _hostile()
    lead = actor(HOSTILE_LEAD)
    case.customer_decided(by=lead, at=minutes(23), said=HOSTILE_WORDS[:600])
    every_way = tuple(way for way in FeedbackChannel if way is not FeedbackChannel.NO_CONTACT)
    case.end_attempts(by=lead, at=minutes(24), attempts=Attempts(10, every_way, NOW))
    return case


def _hostile_return() -> Case:
    case = _hostile()
    case.give_back(by=actor(HOSTILE_LEAD), at=minutes(23), why=HOSTILE_WORDS[:300])
    return case


def desk() -> dict[str, Json]:
    """Build every card of the lead's desk: name → JSON."""
    books = load_playbooks()

    def shown(case: Case, at: int = 121, papers: tuple[str, ...] = ()) -> Json:
        playbook = replace(books[case.judgement.reason], documents=papers)
        return case_card(case, called=CALLED, now=minutes(at), playbook=playbook)

    away = replace(GUSTAVO, away_until=date(2026, 11, 27))
    only_leads = NotAllowed(CaseAction.ASSIGN, frozenset({Role.ADMFIN_LEAD}))
    faster = AlreadyDone(CaseAction.ASSIGN, GUSTAVO.ref, minutes(4))
    bad_ask = {"ask_who": "x", "ask_what": "", "ask_date": "2026-11-20", "ask_time": "10:00"}
    ask_problems = {
        "ask_who": Problem.NOT_A_CHOICE,
        "ask_what": Problem.MISSING,
        "ask_date": Problem.IN_THE_PAST,
    }
    bad_tries = {"tries": "", "tried_by": "", "tried_date": "2026-11-30", "tried_time": "10:00"}
    try_problems = {
        "tries": Problem.MISSING,
        "tried_by": Problem.MISSING,
        "tried_date": Problem.IN_THE_FUTURE,
    }
    hostile_info = info_card(
        _hostile(), now=NOW, typed={"info": HOSTILE_WORDS[:1000]}, notice=OUTDATED_FORM
    )
    info, info_errors = (
        info_card(asked(), now=minutes(21), problems=problems)
        for problems in ({}, {"info": Problem.MISSING})
    )
    return {
        "case-assigned": shown(assigned(), 6),
        "case-assign-refused": case_card(
            a_case(),
            called=CALLED,
            now=NOW,
            notice=notice_for(only_leads, holders=(FERNANDA, GUSTAVO), now=NOW),
        ),
        "case-assigned-meanwhile": case_card(
            assigned(), called=CALLED, now=minutes(6), notice=notice_for(faster, now=minutes(6))
        ),
        "case-given-back-to-queue": shown(given_back(), 41),
        "case-awaiting-info": shown(asked(), 21),
        "case-awaiting-info-reverted": shown(asked(_claimed_after_reversal()), 21),
        "case-answer-late": shown(overdue()),
        "case-answered": shown(answered(), 31),
        "case-leaving": shown(leaving(), 26, PAPERS),
        "case-unreached": shown(unreached(), 61),
        "case-awaiting-info-hostile": case_card(_hostile(), called=(HOSTILE_LEAD,), now=NOW),
        "case-leaving-hostile": case_card(_hostile_end(), called=(HOSTILE_LEAD,), now=NOW),
        "case-given-back-hostile": case_card(_hostile_return(), called=(HOSTILE_LEAD,), now=NOW),
        "assign": assign_card(a_case(), (FERNANDA, away, INES)),
        "assign-errors": assign_card(
            a_case(),
            (FERNANDA, away, INES),
            typed={"assign_found": ANA.id},
            problems={"assign_found": Problem.CANNOT_OWN},
        ),
        "assign-hostile": assign_card(hostile_case(), [HOSTILE_LEAD] * 40),
        "give-back": give_back_card(claimed()),
        "give-back-errors": give_back_card(
            claimed(),
            typed={"give_back_why": HOSTILE_WORDS[:400]},
            problems={"give_back_why": Problem.TOO_LONG},
        ),
        "ask": ask_card(claimed(), (ANA.ref, BRUNO.ref), until=UNTIL, now=NOW),
        "ask-errors": ask_card(
            claimed(),
            (ANA.ref, BRUNO.ref),
            until=UNTIL,
            now=NOW,
            typed=bad_ask,
            problems=ask_problems,
        ),
        "ask-hostile": ask_card(
            hostile_case(),
            [HOSTILE_PERSON.ref] * 40,
            until=UNTIL,
            now=NOW,
            typed={"ask_what": HOSTILE_WORDS[:600]},
        ),
        **({"info": info} if info else {}),
        **({"info-errors": info_errors} if info_errors else {}),
        **({"info-hostile": hostile_info} if hostile_info else {}),
        "note-after-answer": note_card(
            answered(),
            "k-1",
            typed={"note": "Foi paga em outubro."},
            notice=answered_meanwhile(
                AlreadyDone(CaseAction.ANSWER_QUESTION, BRUNO.ref, minutes(30)), minutes(31)
            ),
        ),
        "decision": decision_card(claimed()),
        "decision-errors": decision_card(claimed(), problems={"customer_said": Problem.MISSING}),
        "attempts": attempts_card(claimed(), now=minutes(60)),
        "attempts-errors": attempts_card(
            claimed(), now=minutes(60), typed=bad_tries, problems=try_problems
        ),
        "attempts-again": attempts_card(unreached(), now=minutes(61), notice=OUTDATED_FORM),
        "result-unreached": result_card(unreached()),
        "result-leaving": result_card(leaving(), missing=PAPERS),
    }


def _claimed_after_reversal() -> Case:
    case = reverted()
    case.claim(by=actor(FERNANDA), at=minutes(80))
    return case
