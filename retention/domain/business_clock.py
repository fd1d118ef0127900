"""When something about a case falls due, in business hours: read from its history alone.

Nothing is counted down anywhere, so whatever interrupts the bot, the next look finds the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from retention.domain.business_calendar import BusinessCalendar
from retention.domain.case import Case
from retention.domain.events import ClaimStep, Event, ReminderKind
from retention.domain.people import THE_CRM


class SnoozeFor(StrEnum):
    """How long people may let reminders wait, in business time."""

    TWO_HOURS = "two_hours"
    NEXT_DAY = "next_day"
    THREE_DAYS = "three_days"
    FIVE_DAYS = "five_days"


_SNOOZE_DAYS: Mapping[SnoozeFor, int] = {
    SnoozeFor.NEXT_DAY: 1,
    SnoozeFor.THREE_DAYS: 3,
    SnoozeFor.FIVE_DAYS: 5,
}
_A_MOMENT = timedelta(seconds=1)
_TWO_HOURS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Targets:
    """How long what may take, in open time; `documents_days` are business days.

    `support` alone is time on the wall: whoever needs support does not wait for the opening.
    """

    claim: Mapping[ClaimStep, timedelta] = field(
        default_factory=lambda: {
            ClaimStep.AGAIN: timedelta(minutes=15),
            ClaimStep.ABOVE: timedelta(minutes=30),
        }
    )
    no_news: timedelta = timedelta(hours=8)
    documents_days: int = 2
    answer: timedelta = timedelta(hours=4)
    """What is proposed to whoever asks for information."""
    support: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be said of a case, and from when on; always at an open moment."""

    at: datetime
    what: ClaimStep | ReminderKind


class BusinessClock:
    def __init__(self, calendar: BusinessCalendar, targets: Targets) -> None:
        self.calendar = calendar
        self.targets = targets

    def next_due(self, case: Case) -> Due | None:
        """Find what falls due first; None when the case causes nothing by itself."""
        return min(self._pending(case), key=lambda due: due.at, default=None)

    def due_now(self, case: Case, now: datetime) -> Due | None:
        """Find what is due at a moment: nothing outside business hours."""
        due = self.next_due(case)
        return due if due and due.at <= now and self.calendar.is_open(now) else None

    def look_again(self, case: Case, now: datetime) -> datetime | None:
        """Tell when the case is to be looked at next, never before `now`; None: when it changes."""
        due = self.next_due(case)
        if due is None:
            return None
        return due.at if due.at > now else self.calendar.next_open(now)

    def waits_for_opening(self, event: Event) -> bool:
        """Tell whether nobody is called for an event yet: the CRM told it outside business hours.

        What people do calls at any hour, as the handover does.
        """
        return event.by.id == THE_CRM.id and not self.calendar.is_open(event.at)

    def claim_by(self, case: Case) -> datetime | None:
        """Tell until when somebody should have claimed the case."""
        handover = case.unclaimed_since
        if handover is None:
            return None
        return self.calendar.add(handover.at, self.targets.claim[ClaimStep.AGAIN])

    def answer_by(self, now: datetime) -> datetime:
        """Propose until when somebody asked now should answer, as people write times."""
        due = self.calendar.add(now, self.targets.answer)
        return due.replace(minute=due.minute // 5 * 5, second=0, microsecond=0)

    def day_to_begin(self, now: datetime) -> date:
        """Propose a day for what is planned now: today while it is open or will be."""
        return self.calendar.day_of(self.calendar.add(now, _A_MOMENT))

    def wake_at(self, choice: SnoozeFor, now: datetime) -> datetime:
        """Tell when a snooze that begins now ends: after open hours, or as a day opens."""
        days = _SNOOZE_DAYS.get(choice)
        return self._days_after(now, days) if days else self.calendar.add(now, _TWO_HOURS)

    def _pending(self, case: Case) -> Iterator[Due]:
        if not case.status.is_open:
            return
        handover = case.unclaimed_since
        if handover is not None:
            for step in ClaimStep:
                if step not in case.escalations:
                    yield Due(self.calendar.add(handover.at, self.targets.claim[step]), step)
        elif case.question is not None:
            if not self._was_reminded(case, ReminderKind.ANSWER, case.question.version):
                late = self.calendar.next_open(case.question.until)
                yield self._reminder(case, ReminderKind.ANSWER, late)
        elif not self._was_reminded(case, ReminderKind.NEWS, case.latest_news.version):
            quiet = self.calendar.add(case.latest_news.at, self.targets.no_news)
            yield self._reminder(case, ReminderKind.NEWS, quiet)
        asked = case.documents_asked
        if asked and not self._was_reminded(case, ReminderKind.DOCUMENTS, asked.version):
            yield self._reminder(case, ReminderKind.DOCUMENTS, self._papers_due(asked.at))
        yield from self._told_while_closed(case)

    def _told_while_closed(self, case: Case) -> Iterator[Due]:
        told = case.told_by_crm
        if told is None or case.was_reminded(ReminderKind.CRM, since=told.version):
            return
        if self.waits_for_opening(told):
            yield Due(self.calendar.next_open(told.at), ReminderKind.CRM)

    @staticmethod
    def _was_reminded(case: Case, kind: ReminderKind, cause: int) -> bool:
        """A snooze is a cause of its own: when it ends, people are asked once more."""
        asleep = case.snoozed
        return case.was_reminded(kind, since=max(cause, asleep.version if asleep else 0))

    def _reminder(self, case: Case, kind: ReminderKind, at: datetime) -> Due:
        asleep = case.snoozed
        until = self.calendar.next_open(asleep.until) if asleep else at
        return Due(max(at, until), kind)

    def _papers_due(self, asked_at: datetime) -> datetime:
        return self._days_after(asked_at, self.targets.documents_days)

    def _days_after(self, moment: datetime, days: int) -> datetime:
        """Return the opening of the last of so many business days after a moment."""
        day = self.calendar.day_of(moment)
        for _ in range(days):
            day = self.calendar.next_business_day(day)
        return self.calendar.opening(day)
