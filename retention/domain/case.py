"""The Case aggregate: one customer's wish to cancel, from intake to outcome.

Its chapters have modules of their own: `treatment` (path 1), `reclassification`, `renumbering`,
`handover`, `ownership`, `questions`, `fast_lane`, `triangulation`, `closing`, `reminders`.
"""

from __future__ import annotations

from datetime import datetime

from retention.domain.cancellation import CancellationPath
from retention.domain.case_record import (
    CaseAction,
    CaseFacts,
    CaseNumber,
    Judgement,
    case_code,
)
from retention.domain.classification import Classification
from retention.domain.closing import Outcome
from retention.domain.events import (
    CaseOpened,
    CaseStatus,
    NoteAdded,
    RequestRepeated,
)
from retention.domain.fast_lane import FastLane
from retention.domain.people import Actor, PersonRef
from retention.domain.reminders import Reminders
from retention.domain.treatment import Treatment
from retention.domain.triangulation import Triangulation

__all__ = [
    "Case",
    "CaseAction",
    "CaseFacts",
    "CaseNumber",
    "Judgement",
    "Outcome",
    "case_code",
]


class Case(Treatment, FastLane, Reminders, Triangulation):
    __slots__ = ()

    @classmethod
    def open(
        cls,
        *,
        number: CaseNumber,
        draft_id: str,
        facts: CaseFacts,
        judgement: Judgement,
        by: Actor,
        at: datetime,
        read: Classification | None = None,
        playbook_version: str | None = None,
        companion: PersonRef | None = None,
        in_crm: bool = False,
    ) -> Case:
        """Register the request. Path 1 stays with the RC; 2 and 3 go to the Adm/Fin at once.

        `read` is what the classifier made of the words; `playbook_version` names the catalogue in
        force; `companion` accompanies an author whose first case it is; `in_crm` tells that the
        bot does the steps in the CRM by itself.
        """
        stays = judgement.path is CancellationPath.TECHNICAL_OPEN
        status = CaseStatus.IN_TREATMENT if stays else CaseStatus.AWAITING_ADMFIN
        case = cls(number, draft_id, facts, judgement, by.ref, at, status)
        case.playbook_version = playbook_version
        case._record(
            CaseOpened(
                **{**case._stamp(by, at), "before": None},
                path=judgement.path,
                reason=judgement.reason,
                proposed_path=judgement.proposed_path,
                proposed_reason=judgement.proposed_reason,
                companion=companion,
                proposed_intent=read.intent if read else None,
                proposed_score=read.score if read else None,
                classifier=read.classifier if read else None,
                in_crm=in_crm,
            )
        )
        return case

    @property
    def companion(self) -> PersonRef | None:
        """Who accompanies the author, if this is their first case."""
        opened = self.last(CaseOpened)
        return opened.companion if opened else None

    def add_note(self, *, by: Actor, at: datetime, text: str, request_id: str) -> None:
        """Add an update. `request_id` names the form: the same words of it again add nothing."""
        repeat = (request_id, by.id, text)
        if not any(
            (note.request_id, note.by.id, note.text) == repeat
            for note in self.history
            if isinstance(note, NoteAdded)
        ):
            self._record(NoteAdded(**self._stamp(by, at), text=text, request_id=request_id))
            self._heed_if_technical(by, at, text)

    def repeat_request(self, *, by: Actor, at: datetime, verbatim: str, request_id: str) -> None:
        """Let the words of a second request join the open case instead of opening another one."""
        asked = (event for event in self.history if isinstance(event, RequestRepeated))
        if all(event.request_id != request_id for event in asked):
            stamp = self._stamp(by, at)
            self._record(RequestRepeated(**stamp, verbatim=verbatim, request_id=request_id))
            self._heed_if_technical(by, at, verbatim)
