"""The door of a turn: who may come in now, what is said to the others, and what is written down."""

from __future__ import annotations

import structlog

from bot.access import Doorkeeper, Standing
from bot.rate_limit import SenderLimit
from bot.turn import Tell, Turn
from cards.actions import ACTIONS
from cards.sentences import GUEST, NOT_CHECKED, TOO_FAST, strangers
from retention.domain.case import CaseNumber
from retention.services.refusals import RefusalService

_ENTER = "enter"
"""What somebody tried who was turned away."""
log = structlog.get_logger(__name__)


class Door:
    def __init__(
        self,
        *,
        limit: SenderLimit,
        doorkeeper: Doorkeeper,
        refusals: RefusalService,
        channel_name: str,
    ) -> None:
        self._limit, self._doorkeeper = limit, doorkeeper
        self._refusals, self._channel_name = refusals, channel_name

    async def why_not(self, turn: Turn) -> Tell | None:
        """Turn the sender away, kindly; None for whoever may use the bot now."""
        if not self._limit.allows(turn.actor.id):
            log.info("turn.too_fast")
            return Tell(TOO_FAST)
        standing = await self._doorkeeper.standing(
            turn.actor.id, service_url=turn.place.service_url
        )
        if standing is Standing.MEMBER:
            return None
        if standing is Standing.UNKNOWN:
            return Tell(NOT_CHECKED)
        await self._refusals.write_down(actor=turn.actor, action=_ENTER, why=standing)
        return Tell(GUEST if standing is Standing.GUEST else strangers(self._channel_name))

    async def write_down(
        self, turn: Turn, verb: str, why: str, number: CaseNumber | None = None
    ) -> None:
        """Audit a press that no card of ours can have made; a made-up verb is not repeated."""
        known = verb if verb in ACTIONS else "unknown"
        await self._refusals.write_down(actor=turn.actor, action=known, why=why, number=number)
