"""When X happens, what else happens: every side effect of the product, on this one page.

Each pair of event and subscriber becomes one durable effect, written in the transaction of the
change itself and run after it, in order within the case's thread. And every event rings the case's
alarm, so that its clocks are set anew: `reminders.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from retention.domain.case import Case, CaseNumber, case_code
from retention.domain.desk_events import (
    AttemptsEnded,
    CaseAssigned,
    CaseReturned,
    CustomerDecided,
    InfoAnswered,
    InfoAsked,
    InfoWithdrawn,
    TriangulationEnded,
    TriangulationStarted,
)
from retention.domain.events import (
    CaseClaimed,
    CaseNumberCorrected,
    CaseOpened,
    CaseReclassified,
    CaseReverted,
    ClaimEscalated,
    CrmHeard,
    DocumentsMarked,
    Event,
    ExceptionSeen,
    HandoverRefused,
    HelpAnswered,
    HelpCalled,
    NoteAdded,
    OutcomeRecorded,
    OwnerReminded,
    PlanMade,
    ReminderSnoozed,
    RequestRepeated,
    ReversalFailed,
    StepDrifted,
    StepsConfirmed,
    StepsTicked,
    TreatmentTaken,
    TreatmentTicked,
)
from retention.domain.people import PersonId
from retention.domain.risk import DetractorRisk
from retention.domain.support import SupportCall
from retention.services.ports.cases import Alarm
from retention.services.ports.effects import NO_CASE, NO_EVENT, BuriedEffect, Effect
from retention.services.ports.unit_of_work import UnitOfWork

# Each subscriber has a queue of its own, so that one outside never waits for another.
CASE_THREAD = "case_thread"
"""Bring card and thread up to date: `case_thread.py`."""
CRM = "crm"
"""Do in the CRM what the event asks for, for a case that lives there too: `crm_subscriber.py`."""
DIGEST = "digest"
"""Send a leader the digest of a day: `digest_subscriber.py`. It is about no event of a case."""
SUPPORT = "support"
"""Bring a call for support to those who are asked, and to whoever calls: `support_subscriber.py`.

About no event of a case either: what is called in private stands in nobody's history.
"""
RISK = "risk"
"""Tell a lead of a risk that somebody heard: `risks.py`. It is about no event of a case either."""

SUBSCRIPTIONS: Mapping[type[Event], tuple[str, ...]] = {
    CaseOpened: (CASE_THREAD, CRM),
    RequestRepeated: (CASE_THREAD, CRM),
    TreatmentTicked: (CASE_THREAD,),
    HelpCalled: (CASE_THREAD,),
    HelpAnswered: (CASE_THREAD,),
    PlanMade: (CASE_THREAD, CRM),
    CaseReverted: (CASE_THREAD, CRM),
    ReversalFailed: (CASE_THREAD, CRM),
    CaseReclassified: (CASE_THREAD, CRM),
    CaseNumberCorrected: (CASE_THREAD, CRM),
    CaseClaimed: (CASE_THREAD,),
    CaseAssigned: (CASE_THREAD, CRM),
    CaseReturned: (CASE_THREAD, CRM),
    InfoAsked: (CASE_THREAD, CRM),
    InfoAnswered: (CASE_THREAD, CRM),
    InfoWithdrawn: (CASE_THREAD, CRM),
    CustomerDecided: (CASE_THREAD, CRM),
    AttemptsEnded: (CASE_THREAD, CRM),
    NoteAdded: (CASE_THREAD, CRM),
    StepsTicked: (CASE_THREAD,),
    StepsConfirmed: (CASE_THREAD,),
    HandoverRefused: (CASE_THREAD,),
    StepDrifted: (CASE_THREAD, CRM),
    CrmHeard: (CASE_THREAD,),
    DocumentsMarked: (CASE_THREAD,),
    ClaimEscalated: (CASE_THREAD,),
    OwnerReminded: (CASE_THREAD,),
    ReminderSnoozed: (CASE_THREAD,),
    OutcomeRecorded: (CASE_THREAD, CRM),
    ExceptionSeen: (CASE_THREAD,),
    TreatmentTaken: (CASE_THREAD,),
    TriangulationStarted: (CASE_THREAD,),
    TriangulationEnded: (CASE_THREAD,),
}


async def add_case(uow: UnitOfWork, case: Case) -> None:
    """Insert a new case and enqueue what its events cause.

    Raises DuplicateOpenCase, StaleCase: with the commit at the latest.
    """
    events = case.pull_unsaved()
    await uow.cases.add(case, events)
    await _enqueue(uow, case, events)


async def save_case(uow: UnitOfWork, case: Case) -> None:
    """Write a changed case and enqueue what its events cause. Raises StaleCase."""
    events = case.pull_unsaved()
    if events:
        await uow.cases.save(case, events)
        await _enqueue(uow, case, events)


async def refresh_card(uow: UnitOfWork, number: CaseNumber, *, key: str, seq: int) -> None:
    """Enqueue an edit of the card about no event, in the lane of the thread."""
    effect = Effect(CASE_THREAD, key, _lane(CASE_THREAD, number), max(seq, 1), number, NO_EVENT)
    await uow.effects.enqueue(effect)


async def enqueue_digest(uow: UnitOfWork, leader: PersonId, day: date) -> None:
    """Enqueue the sending of a digest; the same leader and day again is no second one."""
    key = f"{DIGEST}:{day.isoformat()}:{leader}"
    lane = f"{DIGEST}:{leader}"
    effect = Effect(DIGEST, key, lane, day.toordinal(), NO_CASE, NO_EVENT)
    await uow.effects.enqueue(effect)


async def enqueue_support(uow: UnitOfWork, call: SupportCall) -> None:
    """Enqueue what a step of a call for support has everybody in it see, each in their own lane."""
    people = [*(each.person.id for each in call.asked), call.caller.id]
    for person in people:
        lane = f"{SUPPORT}:{call.id}:{person}"
        effect = Effect(SUPPORT, f"{lane}:{call.version}", lane, call.version, NO_CASE, NO_EVENT)
        await uow.effects.enqueue(effect)


async def enqueue_risk(uow: UnitOfWork, risk: DetractorRisk) -> None:
    """Enqueue that a lead is told of a risk."""
    lane = f"{RISK}:{case_code(risk.number)}"
    effect = Effect(RISK, f"{RISK}:{risk.id}", lane, 1, NO_CASE, NO_EVENT)
    await uow.effects.enqueue(effect)


async def replay(uow: UnitOfWork, buried: BuriedEffect) -> None:
    """Enqueue a buried effect once more, ahead of later ones; a replay under way is no second.

    One that is about no case has a lane of its own: it shows how things are when it runs.
    """
    about_none = buried.number == NO_CASE
    effect = Effect(
        subscriber=buried.subscriber,
        key=buried.key,
        lane=buried.key if about_none else _lane(buried.subscriber, buried.number),
        seq=max(buried.version, 1),
        number=buried.number,
        version=buried.version,
        replay=buried.replays + 1,
    )
    await uow.effects.enqueue(effect)


async def replay_buried(uow: UnitOfWork, number: CaseNumber, *, subscriber: str) -> None:
    """Enqueue once more whatever a subscriber has given up about a case."""
    for buried in await uow.burials.all():
        if (buried.number, buried.subscriber) == (number, subscriber):
            await replay(uow, buried)


async def _enqueue(uow: UnitOfWork, case: Case, events: Sequence[Event]) -> None:
    await uow.alarms.set(Alarm(case.number, events[-1].at))
    for event in events:
        for subscriber in SUBSCRIPTIONS[type(event)]:
            if subscriber == CRM and not case.in_crm:
                continue
            effect = Effect(
                subscriber=subscriber,
                key=f"{case.code}:{event.version}:{subscriber}",
                lane=_lane(subscriber, case.number),
                seq=event.version,
                number=case.number,
                version=event.version,
            )
            await uow.effects.enqueue(effect)


def _lane(subscriber: str, number: CaseNumber) -> str:
    return f"{subscriber}:{case_code(number)}"
