"""What the risk of a detractor needs from outside."""

from __future__ import annotations

from typing import Protocol

from retention.domain.case import Case
from retention.domain.draft import Place
from retention.domain.risk import DetractorRisk


class RiskRepository(Protocol):
    async def add(self, risk: DetractorRisk) -> bool:
        """Insert a risk; False when the same words of the case are known already."""
        ...

    async def get(self, risk_id: str) -> DetractorRisk | None: ...


class RiskChats(Protocol):
    """The messenger, for a word in private. Raises TransientError, Unreachable."""

    async def show_risk(
        self, place: Place, risk: DetractorRisk, case: Case, thread: Place | None
    ) -> str:
        """Send what was heard as a new message; its id."""
        ...
