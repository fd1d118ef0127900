"""Use cases: one public method, one transaction. `Services` bundles them for whoever calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from retention.domain.business_clock import BusinessClock
from retention.domain.case import Case
from retention.domain.classification import Classifier
from retention.domain.people import Directory, Person
from retention.services.cases import CaseService
from retention.services.chats import ChatService
from retention.services.crm_desk import CrmDesk
from retention.services.digests import DigestService
from retention.services.drafts import DraftService
from retention.services.mentions import handover_team
from retention.services.playbooks import PlaybookService
from retention.services.ports.clock import Clock
from retention.services.refusals import RefusalService
from retention.services.rehearsals import RehearsalService
from retention.services.reports import ReportService
from retention.services.risks import RiskService
from retention.services.support import SupportService
from retention.services.team import TeamService
from retention.services.welcomes import WelcomeService


@dataclass(frozen=True, slots=True)
class Services:
    cases: CaseService
    drafts: DraftService
    welcomes: WelcomeService
    refusals: RefusalService
    playbooks: PlaybookService
    rehearsals: RehearsalService
    reports: ReportService
    digests: DigestService
    chats: ChatService
    support: SupportService
    risks: RiskService
    crm: CrmDesk
    classifier: Classifier
    directory: Directory
    team: TeamService
    business: BusinessClock
    clock: Clock

    def handover_team(self) -> Sequence[Person]:
        """List who is called for a handover now: Adm/Fin lead, RC lead."""
        return handover_team(self.directory)

    def claim_by(self, case: Case) -> datetime | None:
        """Tell until when somebody should have claimed a case."""
        return self.business.claim_by(case)
