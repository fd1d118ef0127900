"""What nobody needs any longer is deleted, little by little; what broke is buried first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from retention.services.background import again_and_again
from retention.services.ports.clock import Clock
from retention.services.ports.effects import EndedEffects, Graveyard, Ledger
from retention.services.ports.unit_of_work import StartUnitOfWork, UnitOfWork

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 3600.0
_BATCH = 200
_BREATH_SECONDS = 0.1
"""Between two batches, so that others write too: SQLite has one writer at a time."""
_DRAFTS_KEPT = timedelta(days=30)
"""How long a form may stay unfinished (LGPD: what nobody sent is not kept)."""
_HEARD_KEPT = timedelta(days=90)
"""How long it is remembered which changes in the CRM were told: no reading looks back so far."""


class Housekeeping:
    """Tidy the database while the bot serves. Several processes may do so at once.

    Args:
        uow: the factory of units of work.
        ended: the engine's memory.
        graveyard: where effects go that the engine itself stopped.
        ledger: what was sent.
        clock: the present moment.
        effects_kept: how long effects that ended, and what they sent, are remembered.
    """

    def __init__(
        self,
        *,
        uow: StartUnitOfWork,
        ended: EndedEffects,
        graveyard: Graveyard,
        ledger: Ledger,
        clock: Clock,
        effects_kept: timedelta,
    ) -> None:
        self._uow = uow
        self._ended = ended
        self._graveyard = graveyard
        self._ledger = ledger
        self._clock = clock
        self._effects_kept = effects_kept

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Tidy now and every hour while the block runs; a failure waits for the next time."""
        async with again_and_again(
            self.tidy, every_seconds=_EVERY_SECONDS, failed="housekeeping.failed"
        ):
            yield

    async def tidy(self) -> None:
        """Do everything once, in small transactions."""
        buried = await self._bury_broken()
        effects = await self._forget_effects()
        drafts = await self._forget_drafts()
        heard = await self._forget_heard()
        if buried or effects or drafts or heard:
            counts = {"buried": buried, "effects": effects, "drafts": drafts, "heard": heard}
            log.info("housekeeping.done", **counts)

    async def _bury_broken(self) -> int:
        """Bury what the engine stopped by itself, such as an effect that killed many processes."""
        count = 0
        while found := await self._ended.broken(limit=_BATCH):
            for effect in found:
                log.error("effect.broken", effect=effect.key, subscriber=effect.subscriber)
                await self._graveyard.bury(effect, error="Broken")
            await self._ended.forget(found)
            count += len(found)
        return count

    async def _forget_effects(self) -> int:
        """Forget old effects and what they sent; keys of events are never enqueued again."""
        count, before = 0, self._clock() - self._effects_kept
        while found := await self._ended.finished(before=before, limit=_BATCH):
            await self._ledger.forget([effect.key for effect in found])
            await self._ended.forget(found)
            count += len(found)
            await asyncio.sleep(_BREATH_SECONDS)
        return count

    async def _forget_drafts(self) -> int:
        before = self._clock() - _DRAFTS_KEPT
        return await self._forget_all(
            lambda uow: uow.drafts.forget_unfinished(begun_before=before, limit=_BATCH)
        )

    async def _forget_heard(self) -> int:
        before = self._clock() - _HEARD_KEPT
        return await self._forget_all(lambda uow: uow.crm.forget_heard(before=before, limit=_BATCH))

    async def _forget_all(self, forget: Callable[[UnitOfWork], Awaitable[int]]) -> int:
        """Delete batch after batch, each in a transaction of its own; returns how many rows."""
        count = 0
        while True:
            async with self._uow() as uow:
                deleted = await forget(uow)
                await uow.commit()
            count += deleted
            if deleted < _BATCH:
                return count
            await asyncio.sleep(_BREATH_SECONDS)
