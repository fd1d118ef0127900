"""The risk that a customer speaks ill of the company: told to a lead in private, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from retention.domain.case import Case, CaseNumber
from retention.domain.events import CaseStatus
from retention.domain.people import Directory, Person, PersonRef, Role


@dataclass(frozen=True, slots=True)
class DetractorRisk:
    """What somebody of the team has heard that points to it."""

    id: str
    number: CaseNumber
    by: PersonRef
    at: datetime
    heard: str


def risk_ladder(case: Case, directory: Directory, *, by: PersonRef) -> Sequence[Person]:
    """List who may be told, the first of them first: the Adm/Fin lead who has the case, if any.

    Else, or when that is the one who tells, the lead on duty, the others by the rota, the leaders.
    """
    has_owner = case.status is CaseStatus.WITH_ADMFIN and case.owner is not None
    owner = [directory.reached_for(case.owner)] if has_owner and case.owner else []
    others = (*directory.with_any({Role.ADMFIN_LEAD}), *directory.with_any({Role.LEADER}))
    return [each for each in dict.fromkeys((*owner, *others)) if each.id != by.id]
