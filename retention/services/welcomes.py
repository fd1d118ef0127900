"""Use cases of the welcome: once for each conversation."""

from __future__ import annotations

from retention.services.ports.clock import Clock
from retention.services.ports.unit_of_work import StartUnitOfWork


class WelcomeService:
    def __init__(self, *, uow: StartUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def is_due(self, conversation: str) -> bool:
        """Tell whether this conversation has not been welcomed yet."""
        async with self._uow() as uow:
            return not await uow.welcomes.contains(conversation)

    async def sent(self, conversation: str) -> None:
        """Remember that this conversation was welcomed."""
        async with self._uow() as uow:
            await uow.welcomes.add(conversation, at=self._clock())
            await uow.commit()
