"""How much is still to be done: what waits in the engine, and what was given up."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from retention.services.ports.effects import Backlog, WaitingEffects
from retention.services.ports.unit_of_work import StartUnitOfWork

LONGEST_WAIT_SECONDS: Final = 300
"""An effect that waits for longer is worth an operator's look."""


async def measure_backlog(
    effects: WaitingEffects, uow: StartUnitOfWork, *, of: Collection[str] | None = None
) -> Backlog:
    """Measure what waits, of all subscribers or of some, and everything that was given up."""
    waiting = await effects.waiting(of=of)
    async with uow() as unit:
        buried = await unit.burials.count()
    return Backlog(waiting.count, buried, waiting.oldest_seconds)
