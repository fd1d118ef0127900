"""Use cases of a request being written: begin, remember what was typed."""

from __future__ import annotations

from uuid import uuid4

from retention.domain.draft import Draft, Place
from retention.domain.errors import NotTheAuthor, StaleCase
from retention.domain.people import Actor
from retention.services.ports.clock import Clock
from retention.services.ports.unit_of_work import StartUnitOfWork
from retention.services.refusals import write_down


class DraftService:
    def __init__(self, *, uow: StartUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

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
        return draft

    async def get(self, draft_id: str) -> Draft:
        """Raises DraftNotFound."""
        async with self._uow() as uow:
            return await uow.drafts.get(draft_id)

    async def own(self, actor: Actor, draft_id: str) -> Draft:
        """Load a draft for its author; somebody else's press is refused and written down.

        Raises:
            DraftNotFound, NotTheAuthor.
        """
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
        return draft

    async def shown(self, draft: Draft, message: str) -> None:
        """Remember which message shows the draft."""
        async with self._uow() as uow:
            await uow.drafts.place_message(draft.id, message)
            await uow.commit()
