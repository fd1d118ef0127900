"""Effects that were given up: kept, said on the card, replayed by an operator."""

from __future__ import annotations

from collections.abc import Sequence

from retention.services.ports.clock import Clock
from retention.services.ports.effects import NO_CASE, NO_EVENT, Attempted, BuriedEffect
from retention.services.ports.unit_of_work import StartUnitOfWork, UnitOfWork
from retention.services.subscriptions import CASE_THREAD, refresh_card, replay


class NothingBuried(LookupError):
    """No effect that was given up has this key."""


class BurialService:
    """Implements `Graveyard`; a case's card is edited with each change, in the same transaction."""

    def __init__(self, *, uow: StartUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def bury(self, effect: Attempted, *, error: str) -> None:
        """Keep an effect that was given up; again is harmless.

        A mere edit of the card is not kept: the next change of the case edits it anyway.
        """
        if (effect.subscriber, effect.version) == (CASE_THREAD, NO_EVENT):
            return
        buried = BuriedEffect(
            key=effect.key,
            subscriber=effect.subscriber,
            number=effect.number,
            version=effect.version,
            error=error,
            buried_at=self._clock(),
            replays=effect.replay,
        )
        async with self._uow() as uow:
            await uow.burials.add(buried)
            await _say_on_card(uow, effect, "buried")
            await uow.commit()

    async def rise(self, effect: Attempted) -> None:
        """Forget an effect whose replay succeeded; again is harmless."""
        async with self._uow() as uow:
            if await uow.burials.remove(effect.key):
                await _say_on_card(uow, effect, "risen")
            await uow.commit()

    async def all(self) -> Sequence[BuriedEffect]:
        """List what was given up, oldest first."""
        async with self._uow() as uow:
            return await uow.burials.all()

    async def replay(self, key: str) -> None:
        """Let one run again under its own key, so that nothing it sent is sent twice.

        Asked twice, it runs once: until it succeeds, or is given up again.

        Raises:
            NothingBuried: no effect that was given up has this key.
        """
        async with self._uow() as uow:
            buried = await uow.burials.get(key)
            if buried is None:
                raise NothingBuried(f"no effect that was given up has the key {key}")
            await replay(uow, buried)
            await uow.commit()

    async def replay_all(self) -> int:
        """Let all of them run again; returns how many."""
        async with self._uow() as uow:
            found = await uow.burials.all()
            for buried in found:
                await replay(uow, buried)
            await uow.commit()
        return len(found)


async def _say_on_card(uow: UnitOfWork, effect: Attempted, what: str) -> None:
    """Have the card of the case edited; what is about no case stands on none."""
    if effect.number != NO_CASE:
        key = f"{effect.run_id}:{what}"
        await refresh_card(uow, effect.number, key=key, seq=effect.version)
