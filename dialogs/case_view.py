"""The living card: a case as everybody sees it now."""

from __future__ import annotations

from cards.case_card import case_card
from cards.elements import Json
from cards.forms import NO_PROBLEMS, Problems
from cards.notice import Notice
from retention.domain.case import Case
from retention.services import Services


async def case_view(
    services: Services, case: Case, notice: Notice | None = None, problems: Problems = NO_PROBLEMS
) -> Json:
    """Draw the case card, with its guidance and the hour to claim by.

    `notice` stands on top, each of `problems` beside its field.
    """
    return case_card(
        case,
        called=services.handover_team(),
        now=services.clock(),
        notice=notice,
        playbook=await services.playbooks.of(case),
        claim_by=services.claim_by(case),
        problems=problems,
        crm_values=services.crm.values,
    )
