"""The cards of path 1, of a corrected classification and of the close gate, for the gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from cards.case_card import case_card
from cards.case_forms import reclassify_card
from cards.closing_forms import documents_card, gate_problems, result_card
from cards.elements import Json
from cards.errors import OUTDATED_FORM, notice_for
from cards.receipt_card import receipt_card
from cards.treatment_forms import answer_card, plan_card
from config.playbooks import load_playbooks
from retention.domain.cancellation import CancellationPath, CancellationReason
from retention.domain.case import Case, CaseNumber, Outcome
from retention.domain.errors import CannotClose, NobodyToCall, Problem
from retention.domain.events import (
    DocumentState,
    FeedbackChannel,
    OutcomeKind,
    Requirement,
    TreatmentStep,
)
from retention.domain.people import Role
from retention.domain.treatment import Plan
from tests.cards.gallery import (
    ANA,
    BRUNO,
    CALLED,
    CANTINA,
    EMPORIO,
    FERNANDA,
    HOSTILE,
    HOSTILE_JUDGEMENT,
    HOSTILE_LEAD,
    HOSTILE_NAME,
    HOSTILE_PERSON,
    HOSTILE_PLAYBOOK,
    HOSTILE_WORDS,
    NON_TECHNICAL,
    NOW,
    OPEN,
    PAPERS,
    URL,
    a_case,
    actor,
    claimed,
    minutes,
)

HALF_AN_HOUR = minutes(31)
NEXT_STEPS = "Refazemos a integração hoje e ligamos amanhã às 10:00."
PLAN = Plan(
    "Refazer a integração do iFood e acompanhar dois turnos.",
    BRUNO.ref,
    date(2026, 11, 25),
    NEXT_STEPS,
)


def treated() -> Case:
    """Path 1 half-way: two steps done, the N2 called and coming, the lead called, a plan made."""
    case = a_case(CANTINA, OPEN, number=43)
    case.tick_treatment(by=actor(ANA), at=minutes(3), steps=[TreatmentStep.LISTEN])
    case.tick_treatment(by=actor(ANA), at=minutes(17), steps=[TreatmentStep.HISTORY])
    case.call_help(by=actor(ANA), at=minutes(18), role=Role.N2, person=BRUNO.ref)
    case.answer_call(by=actor(BRUNO), at=minutes(20))
    case.make_plan(by=actor(ANA), at=minutes(28), plan=PLAN)
    case.call_help(by=actor(ANA), at=minutes(30), role=Role.RC_LEAD, person=BRUNO.ref)
    return case


def moved_by_words() -> Case:
    case = a_case(CANTINA, OPEN, number=43)
    words = "Liguei: o Seu Marcos disse que já contratou outro sistema."
    case.add_note(by=actor(ANA), at=minutes(12), text=words, request_id="n1")
    return case


def given_back() -> Case:
    """A lead gives a claimed case back to the RC."""
    case = claimed()
    case.reclassify(
        by=actor(FERNANDA),
        at=minutes(40),
        path=CancellationPath.TECHNICAL_OPEN,
        reason=CancellationReason.OTHER,
        reason_text="a impressora é alugada",
        why="na ligação ele pediu mais uma chance",
    )
    return case


def with_papers() -> Case:
    """A case whose documents stand in every state."""
    case = claimed(EMPORIO, NON_TECHNICAL)
    for by, at, names, state in (
        (ANA, 2, PAPERS[:2], DocumentState.REQUESTED),
        (ANA, 11, PAPERS[:1], DocumentState.RECEIVED),
        (FERNANDA, 15, PAPERS[:1], DocumentState.VALIDATED),
    ):
        case.mark_documents(by=actor(by), at=minutes(at), documents=names, state=state)
    return case


def by_exception() -> Case:
    case = with_papers()
    case.record_outcome(
        by=actor(FERNANDA),
        at=minutes(200),
        outcome=Outcome(
            OutcomeKind.LOST,
            CancellationReason.COMPETITOR,
            feedback_channel=FeedbackChannel.PHONE,
            feedback_result="não atendeu",
        ),
        required=PAPERS,
        override="A loja já fechou e ninguém mais atende por lá.",
    )
    return case


def first_case() -> Case:
    return Case.open(
        number=CaseNumber(43),
        draft_id="d-7f3a",
        facts=CANTINA,
        judgement=OPEN,
        by=actor(ANA),
        at=NOW,
        companion=FERNANDA.ref,
    )


def hostile_treatment() -> Case:
    """Path 1 with everything as long and as full of markup as the limits allow."""
    judgement = replace(HOSTILE_JUDGEMENT, path=CancellationPath.TECHNICAL_OPEN)
    author = actor(HOSTILE_PERSON)
    case = Case.open(
        number=CaseNumber(99999),
        draft_id="d-7f3a",
        facts=HOSTILE,
        judgement=judgement,
        by=author,
        at=NOW,
        companion=HOSTILE_LEAD.ref,
    )
    case.tick_treatment(by=author, at=NOW, steps=[TreatmentStep.LISTEN, TreatmentStep.HISTORY])
    for role in (Role.N2, Role.RC_LEAD):
        case.call_help(by=author, at=NOW, role=role, person=HOSTILE_LEAD.ref)
    words = HOSTILE_WORDS[:600]
    case.make_plan(
        by=author, at=NOW, plan=Plan(words, HOSTILE_PERSON.ref, date(2027, 11, 25), words)
    )
    return case


def workbench() -> dict[str, Json]:
    """Build every card of the workbench: name → JSON."""
    books = load_playbooks()

    def shown(case: Case, now: datetime = HALF_AN_HOUR, papers: tuple[str, ...] = ()) -> Json:
        playbook = replace(books[case.judgement.reason], documents=papers)
        return case_card(case, called=CALLED, now=now, playbook=playbook)

    alone = notice_for(NobodyToCall(Role.N2), now=NOW)
    hostile = hostile_treatment()
    team = (ANA.ref, BRUNO.ref)
    everything = CannotClose(tuple(Requirement), PAPERS)
    unplanned = {"plan_what": "", "plan_due": "2026-11-20", "told": HOSTILE_WORDS[:600]}
    plan_problems = {"plan_what": Problem.MISSING, "plan_due": Problem.IN_THE_PAST}
    unclear = {"path": "non_technical", "reason": "other", "why": ""}
    return {
        "treatment": shown(a_case(CANTINA, OPEN, number=43), NOW),
        "treatment-half-way": shown(treated()),
        "treatment-first-case": shown(first_case(), NOW),
        "receipt-first-case": receipt_card(first_case(), URL),
        "treatment-nobody-to-call": case_card(
            a_case(CANTINA, OPEN, number=43), called=CALLED, now=NOW, notice=alone
        ),
        "treatment-hostile": case_card(
            hostile, called=(HOSTILE_LEAD,), now=NOW, playbook=HOSTILE_PLAYBOOK
        ),
        "case-moved-by-words": shown(moved_by_words()),
        "case-given-back": shown(given_back(), minutes(41)),
        "case-documents": shown(with_papers(), papers=PAPERS),
        "case-by-exception": shown(by_exception(), minutes(201), PAPERS),
        "plan": plan_card(a_case(CANTINA, OPEN, number=43), team, now=NOW, day=NOW.date()),
        "plan-change": plan_card(treated(), team, now=minutes(31), day=NOW.date()),
        "plan-errors": plan_card(
            treated(), team, now=NOW, day=NOW.date(), typed=unplanned, problems=plan_problems
        ),
        "plan-hostile": plan_card(hostile, (HOSTILE_PERSON.ref,) * 40, now=NOW, day=NOW.date()),
        "answer-told": answer_card(treated(), now=minutes(31)),
        "answer-not-told": answer_card(
            a_case(CANTINA, OPEN, number=43), now=NOW, problems={"told": Problem.MISSING}
        ),
        "reclassify": reclassify_card(a_case()),
        "reclassify-errors": reclassify_card(
            a_case(),
            typed=unclear,
            problems={"reason_text": Problem.MISSING, "why": Problem.MISSING},
        ),
        "reclassify-outdated": reclassify_card(
            claimed(),
            typed={"path": "non_technical", "why": "Vai fechar a loja."},
            notice=OUTDATED_FORM,
        ),
        "reclassify-hostile": reclassify_card(
            hostile, typed={"why": HOSTILE_WORDS[:600]}, problems={"path": Problem.UNCHANGED}
        ),
        "documents": documents_card(with_papers(), PAPERS, may_validate=True),
        "documents-agent": documents_card(with_papers(), PAPERS, may_validate=False),
        "documents-done": documents_card(claimed(), (), may_validate=True),
        "documents-hostile": documents_card(
            hostile, [f"{n} {HOSTILE_NAME[:76]}" for n in range(10)], may_validate=True
        ),
        "result-gate": result_card(
            with_papers(),
            typed={"outcome": "lost"},
            problems=gate_problems(everything),
            missing=PAPERS[1:],
        ),
        "result-by-leader": result_card(claimed(), by_exception=True),
    }
