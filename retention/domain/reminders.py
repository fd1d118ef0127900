"""A chapter of the case: what time passing causes. When it is time, `business_clock` says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from retention.domain.case_record import CaseAction
from retention.domain.closing import Closing
from retention.domain.errors import NotAllowed
from retention.domain.events import (
    CaseNumberCorrected,
    CaseStatus,
    ClaimEscalated,
    ClaimStep,
    DocumentState,
    Event,
    HandoverRefused,
    OwnerReminded,
    ReminderKind,
    ReminderSnoozed,
    StepDrifted,
    StepsConfirmed,
)
from retention.domain.handover import Handover
from retention.domain.people import THE_CLOCK, Actor, PersonRef, Role
from retention.domain.questions import Questions

_NO_NEWS = (
    ClaimEscalated,
    OwnerReminded,
    ReminderSnoozed,
    StepsConfirmed,
    HandoverRefused,
    StepDrifted,
    CaseNumberCorrected,
)
"""What says nothing about the customer: the bot speaks, or its steps in the CRM do."""
_MAY_SNOOZE = frozenset({Role.RC_LEAD, Role.ADMFIN_LEAD})
"""Besides whoever has the case."""
_ASKED_FOR_ALONE = {DocumentState.REQUESTED}


class Reminders(Closing, Handover, Questions):
    __slots__ = ()

    @property
    def holder(self) -> PersonRef | None:
        """Who is working on the case: who treats it on path 1, then its owner; None in between."""
        if self.status is CaseStatus.IN_TREATMENT:
            return self.treated_by
        return self.owner if self.status.is_owned else None

    @property
    def unclaimed_since(self) -> Event | None:
        """The handover, or the giving back, that nobody has answered yet."""
        if self.status is not CaseStatus.AWAITING_ADMFIN:
            return None
        return next((event for event in reversed(self.history) if event.is_queued), None)

    @property
    def escalations(self) -> Sequence[ClaimStep]:
        """The steps of the claim ladder that the present handover has gone up already."""
        handover = self.unclaimed_since
        return tuple(
            event.step
            for event in self.history
            if handover and event.version > handover.version and isinstance(event, ClaimEscalated)
        )

    @property
    def latest_news(self) -> Event:
        """The newest event that says how the case goes."""
        return next(event for event in reversed(self.history) if not isinstance(event, _NO_NEWS))

    @property
    def snoozed(self) -> ReminderSnoozed | None:
        """Until when reminders wait, and why, unless the case has changed hands since."""
        asleep = self.last(ReminderSnoozed)
        if asleep is None:
            return None
        later = (event for event in self.history if event.version > asleep.version)
        return None if any(event.before is not event.after for event in later) else asleep

    @property
    def awaited_documents(self) -> Sequence[str]:
        """The documents that were asked for and have not come, by name."""
        return tuple(
            name for name, states in self.documents.items() if set(states) == _ASKED_FOR_ALONE
        )

    @property
    def documents_asked(self) -> Event | None:
        """The newest request for documents that have not come."""
        awaited = self.awaited_documents
        asked = (self.documents[name][DocumentState.REQUESTED] for name in awaited)
        return max(asked, key=lambda event: event.version, default=None)

    def was_reminded(self, kind: ReminderKind, *, since: int) -> bool:
        """Tell whether such a reminder came after a version of the case."""
        return any(
            isinstance(event, OwnerReminded) and event.kind is kind and event.version > since
            for event in self.history
        )

    @property
    def is_answer_late(self) -> bool:
        """Tell whether who was asked for something has been reminded of it."""
        asked = self.question
        return asked is not None and self.was_reminded(ReminderKind.ANSWER, since=asked.version)

    def escalate_claim(self, step: ClaimStep, *, at: datetime) -> None:
        """Call for somebody to claim the case; a step that was taken already is not repeated."""
        handover = self.unclaimed_since
        if handover is not None and step not in self.escalations:
            stamp = self._stamp(THE_CLOCK, at)
            self._record(ClaimEscalated(**stamp, step=step, since=handover.at))

    def remind(self, kind: ReminderKind, *, at: datetime) -> None:
        """Ask whoever has the case, else its author, how it stands.

        What the CRM told is for a lead to see to, whoever has the case.
        """
        asked = self.documents_asked if kind is ReminderKind.DOCUMENTS else None
        told = self.told_by_crm if kind is ReminderKind.CRM else None
        self._record(
            OwnerReminded(
                **self._stamp(THE_CLOCK, at),
                kind=kind,
                person=self.holder or self.opened_by,
                since=(asked or told or self.latest_news).at,
                documents=tuple(self.awaited_documents) if asked else (),
            )
        )

    def remind_of_question(self, *, at: datetime) -> None:
        """Tell who owes an answer, and who waits for it, that it is late."""
        question = self.question
        if question is not None:
            self._record(
                OwnerReminded(
                    **self._stamp(THE_CLOCK, at),
                    kind=ReminderKind.ANSWER,
                    person=question.person,
                    since=question.until,
                    asker=question.by,
                )
            )

    def snooze(
        self, *, by: Actor, at: datetime, until: datetime, why: str, seen: int | None = None
    ) -> None:
        """Let reminders wait, and say why; the same again changes nothing.

        `seen` is the version of the case that the form showed: the same words sent from it once
        more are the same, although the hours that were chosen end a moment later.

        Raises:
            NotAllowed: the actor neither has the case nor leads the RC or the Adm/Fin.
            IllegalTransition: the case has ended.
        """
        self.check_snooze(by)
        known = self.snoozed
        if known is not None and (known.by.id, known.why) == (by.id, why):
            from_the_same_form = seen is not None and known.version > seen
            if known.until == until or from_the_same_form:
                return
        self._record(ReminderSnoozed(**self._stamp(by, at), until=until, why=why))

    def check_snooze(self, by: Actor) -> bool:
        """Judge whether the actor may let reminders wait; never done already.

        Raises:
            NotAllowed, IllegalTransition: as in `snooze`.
        """
        self._check_open(CaseAction.SNOOZE)
        holder = self.holder or self.opened_by
        if by.id != holder.id and not by.has_any(_MAY_SNOOZE):
            raise NotAllowed(CaseAction.SNOOZE, _MAY_SNOOZE, holder)
        return False
