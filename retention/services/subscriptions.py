"""When X happens, what else happens: every side effect of the product, on this one page.

Each pair of event and subscriber becomes one durable effect, written in the transaction of the
change itself and run after it, in order within the case's thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retention.domain.case import Case
from retention.domain.events import (
    CaseClaimed,
    CaseOpened,
    CaseReverted,
    Event,
    NoteAdded,
    OutcomeRecorded,
    RequestRepeated,
    ReversalFailed,
    StepsTicked,
)
from retention.services.ports import Effect, UnitOfWork

CASE_THREAD = "case_thread"
"""Bring card and thread up to date: `case_thread.py`."""

SUBSCRIPTIONS: Mapping[type[Event], tuple[str, ...]] = {
    CaseOpened: (CASE_THREAD,),
    RequestRepeated: (CASE_THREAD,),
    CaseReverted: (CASE_THREAD,),
    ReversalFailed: (CASE_THREAD,),
    CaseClaimed: (CASE_THREAD,),
    NoteAdded: (CASE_THREAD,),
    StepsTicked: (CASE_THREAD,),
    OutcomeRecorded: (CASE_THREAD,),
}


async def add_case(uow: UnitOfWork, case: Case) -> None:
    """Insert a new case and enqueue what its events cause. Raises DuplicateOpenCase."""
    events = case.pull_unsaved()
    await uow.cases.add(case, events)
    await _enqueue(uow, case, events)


async def save_case(uow: UnitOfWork, case: Case) -> None:
    """Write a changed case and enqueue what its events cause. Raises StaleCase."""
    events = case.pull_unsaved()
    if events:
        await uow.cases.save(case, events)
        await _enqueue(uow, case, events)


async def _enqueue(uow: UnitOfWork, case: Case, events: Sequence[Event]) -> None:
    for event in events:
        for subscriber in SUBSCRIPTIONS[type(event)]:
            await uow.effects.enqueue(
                Effect(
                    subscriber=subscriber,
                    key=f"{case.code}:{event.version}:{subscriber}",
                    lane=f"{subscriber}:{case.code}",
                    seq=event.version,
                    number=case.number,
                    version=event.version,
                )
            )
