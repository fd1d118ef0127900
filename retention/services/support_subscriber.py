"""Subscriber: show a call for support to those who are asked, and tell whoever calls."""

from __future__ import annotations

import structlog

from retention.domain.case import CaseNumber
from retention.domain.people import PersonId, PersonRef
from retention.domain.support import SupportCall
from retention.services.ports.effects import Ledger
from retention.services.ports.failures import MessageGone, Unreachable
from retention.services.ports.support import SupportChats
from retention.services.ports.unit_of_work import StartUnitOfWork
from retention.services.reach import Reach
from retention.services.subscriptions import SUPPORT
from retention.services.support import SupportService

log = structlog.get_logger(__name__)


class SupportSubscriber:
    """Show one person in a call how it is now. Runs at least once per step of the call and person.

    Whoever is asked has one message, edited in place; the caller is told anew of each step, unless
    a later one tells more. Each message goes through the ledger. A person who cannot be written to
    is passed over at once: the next one is asked.
    """

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        support: SupportService,
        chats: SupportChats,
        reach: Reach,
        ledger: Ledger,
    ) -> None:
        self._uow = uow
        self._support = support
        self._chats = chats
        self._reach = reach
        self._ledger = ledger

    async def __call__(self, *, key: str, number: CaseNumber, version: int) -> None:  # noqa: ARG002 - it is about no event of a case
        """Show the person of the key the call of the key. Raises TransientError."""
        _, call_id, person, step = key.split(":")
        async with self._uow() as uow:
            call = await uow.support.get(call_id)
        if call is None:
            return
        try:
            if person == call.caller.id:
                await self._tell_caller(key, call, int(step))
            else:
                await self._show(call, PersonId(person))
        except Unreachable as error:
            log.warning("support.unreachable", person_id=person, why=str(error))
            await self._reach.mark_unreachable(PersonId(person))
            await self._support.skip(call_id, PersonId(person))

    async def _tell_caller(self, key: str, call: SupportCall, step: int) -> None:
        if step < call.version:
            return
        place = await self._reach.place_of(call.caller.id, address=call.place.service_url)

        async def send() -> str:
            return await self._chats.tell_caller(place, call, self._support.patience)

        await self._ledger.once(f"{key}:told", send)

    async def _show(self, call: SupportCall, person: PersonId) -> None:
        asked: PersonRef = next(each.person for each in call.asked if each.person.id == person)
        place = await self._reach.place_of(person, address=call.place.service_url)
        first = next(n for n, each in enumerate(call.asked, 1) if each.person.id == person)
        about = await self._support.about(call)
        was_sent = False

        async def send() -> str:
            nonlocal was_sent
            was_sent = True
            return await self._chats.ask_to_come(place, call, asked, about)

        key = f"{SUPPORT}:{call.id}:{person}:{first}"
        message = await self._ledger.once(f"{key}:card", send)
        if not was_sent:
            try:
                await self._chats.update_asked(place, message, call, asked, about)
            except MessageGone:
                log.info("support.message_gone", person_id=person)
