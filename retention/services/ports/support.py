"""What calls for support need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from retention.domain.draft import Place
from retention.domain.people import PersonRef
from retention.domain.support import About, SupportCall


class SupportRepository(Protocol):
    """The calls for support; whoever calls has one open call at most."""

    async def begin(self, call: SupportCall) -> SupportCall:
        """Insert a call, unless its caller has an open one: that one is returned."""
        ...

    async def get(self, call_id: str) -> SupportCall | None: ...

    async def save(self, call: SupportCall, *, read_version: int, look_at: datetime | None) -> bool:
        """Write how far a call is, if nobody changed it since `read_version`; else False.

        `look_at` is when it is to be looked at again; None: never.
        """
        ...

    async def due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """List the ids of the calls whose moment has come, oldest first."""
        ...


class SupportChats(Protocol):
    """The messenger, for a call in private. Raises TransientError, Unreachable, MessageGone."""

    async def ask_to_come(
        self, place: Place, call: SupportCall, person: PersonRef, about: About
    ) -> str:
        """Show the call as it is now to somebody who was asked, as a new message; its id."""
        ...

    async def update_asked(
        self, place: Place, message: str, call: SupportCall, person: PersonRef, about: About
    ) -> None:
        """Show the call as it is now in the message that asked somebody."""
        ...

    async def tell_caller(self, place: Place, call: SupportCall, patience: timedelta) -> str:
        """Tell the caller how far the call is, as a new message; its id.

        `patience` is how long whoever is asked has to answer.
        """
        ...
