"""What people at the form ask the CRM; it answers in time, or the form goes on without it."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import structlog

from retention.domain.crm_profile import CrmCase, CrmProfile, NoProfile
from retention.domain.events import HandoverStep
from retention.services.crm_allowance import is_kept_for_writes
from retention.services.ports.crm import Crm, NewCrmCase
from retention.services.ports.failures import PermanentError, TransientError

log = structlog.get_logger(__name__)
_PATIENCE_SECONDS = 2.0
"""Product: what is known of a customer comes within 2 s, or as "no data"; nobody waits for it."""
_REMEMBERED, _REMEMBERED_SECONDS = 200, 60.0
_AWAY_SECONDS = 5.0
"""How long a CRM that did not answer is not asked again: one press may look twice."""
_OPENING_PATIENCE_SECONDS = 8.0
"""Teams: whoever pressed a button sees an error after 15 s."""


_NO_VALUES: Mapping[HandoverStep, str] = MappingProxyType({})


class CrmAway(Exception):
    """The CRM could not do it now; the same press again may work, and creates nothing twice."""


class CrmDesk:
    """Without a CRM nobody knows anything, and no Caso can be created.

    What was found is remembered for a minute: a screen may be shown several times. `values` are
    the queue, status and priority that a handover sets there.
    """

    def __init__(
        self, crm: Crm | None = None, *, values: Mapping[HandoverStep, str] = _NO_VALUES
    ) -> None:
        self._crm = crm
        self.values = values
        self._away_until = 0.0
        self._opening: dict[str, asyncio.Task[CrmCase]] = {}
        self._known: OrderedDict[str, tuple[float, CrmProfile]] = OrderedDict()

    @property
    def is_connected(self) -> bool:
        """Tell whether there is a CRM at all."""
        return self._crm is not None

    async def profile(self, number: str) -> CrmProfile | NoProfile:
        """Find what is known of a Caso's customer, in time or not at all."""
        if self._crm is None or time.monotonic() < self._away_until:
            return NoProfile.AWAY
        if number in self._known:
            found_at, known = self._known[number]
            if time.monotonic() - found_at < _REMEMBERED_SECONDS:
                return known
        if is_kept_for_writes(self._crm):
            return NoProfile.AWAY
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                profile = await self._crm.profile(number)
        except (TransientError, PermanentError, TimeoutError) as error:
            log.info("crm.no_profile", error=type(error).__name__)
            self._away_until = time.monotonic() + _AWAY_SECONDS
            return NoProfile.AWAY
        if profile is None:
            return NoProfile.NOT_FOUND
        self._known[number] = time.monotonic(), profile
        self._known.move_to_end(number)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return profile

    async def open_case(self, new: NewCrmCase) -> CrmCase:
        """Create a Caso; the same key again gives the one it created, or is creating.

        Raises:
            CrmAway: it is not known in time; the creation goes on.
        """
        if self._crm is None:
            raise CrmAway
        opening = self._opening.get(new.key)
        if opening is None:
            opening = self._opening[new.key] = asyncio.create_task(self._crm.open_case(new))
            opening.add_done_callback(partial(self._opened, new.key))
        try:
            async with asyncio.timeout(_OPENING_PATIENCE_SECONDS):
                return await asyncio.shield(opening)
        except (TransientError, PermanentError, TimeoutError) as error:
            log.warning("crm.not_opened", error=type(error).__name__)
            raise CrmAway from error

    def _opened(self, key: str, opening: asyncio.Task[CrmCase]) -> None:
        del self._opening[key]
        if not opening.cancelled():
            opening.exception()  # whoever still waits is told of it
