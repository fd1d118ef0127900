"""A case as one line of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from retention.domain.case_record import CaseNumber
from retention.domain.draft import Place
from retention.domain.events import CaseStatus
from retention.domain.people import PersonRef


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    number: CaseNumber
    crm_case_number: str
    customer: str
    status: CaseStatus
    opened_by: PersonRef
    opened_at: datetime
    owner: PersonRef | None
    thread: Place | None
