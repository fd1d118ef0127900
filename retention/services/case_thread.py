"""Subscriber: keep the case's card and thread in Teams up to date after each event."""

from __future__ import annotations

from dataclasses import replace

import structlog

from retention.domain.business_clock import BusinessClock
from retention.domain.case import Case, CaseNumber
from retention.domain.draft import Place
from retention.domain.events import (
    CaseOpened,
    ClaimEscalated,
    DocumentsMarked,
    Event,
    ExceptionSeen,
    OwnerReminded,
    ReminderKind,
    StepsConfirmed,
    StepsTicked,
    TreatmentTaken,
    TreatmentTicked,
)
from retention.domain.people import Directory
from retention.services.mentions import people_called
from retention.services.ports.cases import CaseThread
from retention.services.ports.effects import NO_EVENT, Ledger
from retention.services.ports.failures import MessageGone, PermanentError
from retention.services.ports.messenger import CaseThreads
from retention.services.ports.unit_of_work import StartUnitOfWork

log = structlog.get_logger(__name__)
_QUIET = (
    StepsTicked,
    StepsConfirmed,
    TreatmentTicked,
    TreatmentTaken,
    DocumentsMarked,
    ExceptionSeen,
)
"""The card shows them, and nobody needs to be told."""


class CaseThreadSubscriber:
    """Show the case as it is now, then say the event in one short reply (`NO_EVENT`: none).

    Runs at least once per event. The card is absolute (the present state, edited in place), so a
    repeat is harmless; each new message goes through the ledger under the effect's key. Where the
    messenger can be read, a root or reply of unknown fate is looked for before it is sent again; a
    card posted in place of a deleted one is not: of two the later one lives.

    What the CRM tells outside business hours is said at once and calls nobody: a reminder does, as
    the day opens.
    """

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        threads: CaseThreads,
        ledger: Ledger,
        directory: Directory,
        business: BusinessClock,
    ) -> None:
        self._uow = uow
        self._threads = threads
        self._ledger = ledger
        self._directory = directory
        self._business = business

    async def __call__(self, *, key: str, number: CaseNumber, version: int) -> None:
        async with self._uow() as uow:
            case = await uow.cases.get(number)
            thread = await uow.threads.get(number)
        if version == NO_EVENT:
            await self._refresh(key, thread, case)
            return
        event = case.event(version)
        place = thread.place or await self._open_thread(key, thread, case)
        try:
            place = await self._show(key, thread, place, case)
        finally:  # whoever is called must hear of it, even where the card cannot be edited
            await self._say(key, place, case, event)
        if isinstance(event, CaseOpened) and thread.receipt is not None:
            await self._give_receipt(thread.receipt, case, place)

    async def _refresh(self, key: str, thread: CaseThread, case: Case) -> None:
        """Show the case as it is now, where it is shown at all."""
        if thread.place is not None:
            await self._show(key, thread, thread.place, case)

    async def _open_thread(self, key: str, thread: CaseThread, case: Case) -> Place:
        """Post the card as a new root message; the ledger keeps where, in case we die here."""

        async def send() -> str:
            return _line(await self._threads.post_root(thread, case))

        async def find() -> str | None:
            place = await self._threads.find_root(thread, case)
            return _line(place) if place is not None else None

        conversation, message = (await self._ledger.once(f"{key}:root", send, find)).split(" ")
        place = Place(thread.service_url, conversation, is_channel=True, message=message)
        return await self._remember(thread, place)

    async def _show(self, key: str, thread: CaseThread, place: Place, case: Case) -> Place:
        """Make the living card show the present case; post it anew when it is gone."""

        async def send() -> str:
            return (await self._threads.post_card(place, case)).message

        try:
            await self._threads.update_card(place, case)
        except MessageGone:
            message = await self._ledger.once(f"{key}:card", send)
            return await self._remember(thread, replace(place, message=message))
        return place

    async def _say(self, key: str, place: Place, case: Case, event: Event) -> None:
        if isinstance(event, _QUIET) or _is_answered(case, event):
            return
        is_early = self._business.waits_for_opening(event)
        mentions = () if is_early else people_called(event, self._directory)

        async def send() -> str:
            return await self._threads.reply(place, case, event, mentions)

        async def find() -> str | None:
            return await self._threads.find_reply(place, case, event, mentions)

        await self._ledger.once(f"{key}:reply", send, find)

    async def _give_receipt(self, receipt: Place, case: Case, place: Place) -> None:
        """Turn the form in the personal chat into a receipt; that it cannot be is no loss."""
        try:
            await self._threads.update_receipt(receipt, case, place)
        except PermanentError as error:
            log.warning("receipt.not_given", case=case.code, error=type(error).__name__)

    async def _remember(self, thread: CaseThread, place: Place) -> Place:
        async with self._uow() as uow:
            await uow.threads.save(replace(thread, place=place))
            await uow.commit()
        return place


def _is_answered(case: Case, event: Event) -> bool:
    """Tell whether somebody did what the clock calls for before it could be said."""
    match event:
        case ClaimEscalated():
            return case.unclaimed_since is None
        case OwnerReminded(kind=ReminderKind.ANSWER):
            return case.question is None
        case OwnerReminded(kind=ReminderKind.CRM):
            return case.told_by_crm is None or not case.status.is_open
        case _:
            return False


def _line(place: Place) -> str:
    """Write where a thread's root is as the ledger keeps it."""
    return f"{place.conversation} {place.message}"
