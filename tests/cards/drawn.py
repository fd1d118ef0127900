"""The card of a case for tests that care for its message alone."""

from __future__ import annotations

from cards.case_card import case_card
from cards.elements import Json
from retention.domain.case import Case
from retention.services.mentions import handover_team
from tests.samples import directory


async def drawn(case: Case) -> Json:
    """Draw a case as it stood when something happened to it last."""
    return case_card(case, called=handover_team(directory()), now=case.history[-1].at)
