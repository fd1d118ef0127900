"""Subscriber: keep the case's card and thread in Teams up to date after each event."""

from __future__ import annotations

from dataclasses import replace

from retention.domain.case import Case, CaseNumber
from retention.domain.draft import Place
from retention.domain.events import Event, StepsTicked
from retention.domain.people import Directory
from retention.services.mentions import people_called
from retention.services.ports import (
    CaseThread,
    CaseThreads,
    Ledger,
    MessageGone,
    StartUnitOfWork,
)


class CaseThreadSubscriber:
    """Show the case as it is now, then say the event in one short reply.

    Runs at least once per event. The card is absolute (the present state, edited in place), so a
    repeat is harmless; each new message goes through the ledger under the effect's key.
    """

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        threads: CaseThreads,
        ledger: Ledger,
        directory: Directory,
    ) -> None:
        self._uow = uow
        self._threads = threads
        self._ledger = ledger
        self._directory = directory

    async def __call__(self, *, key: str, number: CaseNumber, version: int) -> None:
        async with self._uow() as uow:
            case = await uow.cases.get(number)
            thread = await uow.threads.get(number)
        event = next(event for event in case.history if event.version == version)
        place = await self._show(key, thread, case)
        await self._say(key, place, case, event)

    async def _show(self, key: str, thread: CaseThread, case: Case) -> Place:
        """Make the living card show the present case, opening thread or message when missing."""
        if thread.place is None:
            return await self._open_thread(key, thread, case)
        try:
            await self._threads.update_card(thread.place, case)
        except MessageGone:
            return await self._post_anew(key, thread, thread.place, case)
        return thread.place

    async def _open_thread(self, key: str, thread: CaseThread, case: Case) -> Place:
        posted: list[Place] = []

        async def send() -> str:
            posted.append(await self._threads.post_root(thread, case))
            return f"{posted[0].conversation} {posted[0].message}"

        conversation, message = (await self._ledger.once(f"{key}:root", send)).split(" ")
        place = Place(thread.service_url, conversation, is_channel=True, message=message)
        await self._remember(replace(thread, place=place))
        if thread.receipt is not None:
            await self._threads.update_receipt(thread.receipt, case, place)
        return place

    async def _post_anew(self, key: str, thread: CaseThread, old: Place, case: Case) -> Place:
        async def send() -> str:
            return (await self._threads.post_card(old, case)).message

        place = replace(old, message=await self._ledger.once(f"{key}:card", send))
        await self._remember(replace(thread, place=place))
        return place

    async def _say(self, key: str, place: Place, case: Case, event: Event) -> None:
        if isinstance(event, StepsTicked):
            return
        mentions = people_called(event, self._directory)

        async def send() -> str:
            return await self._threads.reply(place, case, event, mentions)

        await self._ledger.once(f"{key}:reply", send)

    async def _remember(self, thread: CaseThread) -> None:
        async with self._uow() as uow:
            await uow.threads.save(thread)
            await uow.commit()
