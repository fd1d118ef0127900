"""Use cases of a request being written: begin, remember what was typed."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from retention.domain.draft import Draft, Place
from retention.domain.errors import NotTheAuthor, StaleCase
from retention.domain.people import Actor
from retention.services.ports.clock import Clock
from retention.services.ports.unit_of_work import StartUnitOfWork
from retention.services.refusals import write_down

_AT_HAND = 500


class DraftService:
    def __init__(self, *, uow: StartUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock
        self._at_hand: dict[str, Draft] = {}
        """As this process left them: what is pressed next is mostly the screen drawn last."""

    async def start(
        self, *, actor: Actor, place: Place, source: str, answers: dict[str, str]
    ) -> Draft:
        """Begin a draft for one `/cancelamento`.

        `source` names the message that asked for it: a redelivery returns the same draft.
        """
        draft = Draft(uuid4().hex, actor.ref, place, self._clock(), answers=answers)
        async with self._uow() as uow:
            draft = await uow.drafts.start(draft, source=source)
            await uow.commit()
        self._keep_at_hand(draft)
        return draft

    async def get(self, draft_id: str) -> Draft:
        """Raises DraftNotFound."""
        async with self._uow() as uow:
            return await uow.drafts.get(draft_id)

    async def own(self, actor: Actor, draft_id: str, *, version: int) -> Draft:
        """Load a draft for its author; somebody else's press is refused and written down.

        `version` is that of the screen that was pressed. The draft at hand is of that version or
        it is read; should another process have gone on with it, `save` finds out.

        Raises:
            DraftNotFound, NotTheAuthor.
        """
        at_hand = self._at_hand.pop(draft_id, None)
        if at_hand and at_hand.version == version and at_hand.author.id == actor.id:
            return at_hand
        async with self._uow() as uow:
            draft = await uow.drafts.get(draft_id)
            try:
                draft.check_author(actor)
            except NotTheAuthor:
                await write_down(
                    uow,
                    at=self._clock(),
                    by=actor,
                    action="draft",
                    number=draft.case_number,
                    why=NotTheAuthor.__name__,
                )
                raise
        return draft

    async def save(self, draft: Draft, *, read_version: int) -> Draft:
        """Keep what was typed; when another press was faster, return the draft as that left it."""
        try:
            async with self._uow() as uow:
                await uow.drafts.save(draft, read_version=read_version)
                await uow.commit()
        except StaleCase:
            return await self.get(draft.id)
        self._keep_at_hand(draft)
        return draft

    async def shown(self, draft: Draft, message: str) -> None:
        """Remember which message shows the draft."""
        async with self._uow() as uow:
            await uow.drafts.place_message(draft.id, message)
            await uow.commit()
        if draft.id in self._at_hand:
            self._at_hand[draft.id].place = replace(draft.place, message=message)

    def _keep_at_hand(self, draft: Draft) -> None:
        known = self._at_hand.get(draft.id)
        if known is None or known.version < draft.version:
            self._at_hand[draft.id] = replace(draft)
        if len(self._at_hand) > _AT_HAND:
            del self._at_hand[next(iter(self._at_hand))]
