"""What happened in a span of time: each number, and the cases behind it.

A case counts where something happened to it: asked for in October and lost in November, it is a
request of October and a loss of November. So the numbers of a month that is over stay as they are,
and a case that is claimed or reverted once more counts in each of both months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median

from retention.domain.cancellation import CancellationPath, CancellationReason
from retention.domain.case_line import CaseLine
from retention.domain.case_marks import FormerRound, Marks
from retention.domain.events import OutcomeKind
from retention.domain.people import PersonRef

BusinessTime = Callable[[datetime, datetime], timedelta]
"""The open time from one moment to another."""
NO_VALUE = Decimal(0)


class Measure(StrEnum):
    """One number of the report."""

    OPENED = "opened"
    CLAIMED = "claimed"
    REVERTED = "reverted"
    RETAINED = "retained"
    LOST = "lost"
    VOID = "void"
    EXCEPTION = "exception"
    FEEDBACK = "feedback"


class Group(StrEnum):
    """What the numbers are broken down by."""

    REASON = "reason"
    PATH = "path"
    AUTHOR = "author"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment until another, which is no longer in it."""

    since: datetime
    until: datetime

    def holds(self, moment: datetime | None) -> bool:
        return moment is not None and self.since <= moment < self.until


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """One case as reports count it."""

    line: CaseLine
    path: CancellationPath
    reason: CancellationReason
    monthly_value: Decimal | None
    marks: Marks
    former: tuple[FormerRound, ...] = ()
    """What was counted of it before it began anew, oldest first."""

    @property
    def value(self) -> Decimal:
        """What the customer pays a month, nothing where nobody wrote it down."""
        return self.monthly_value or NO_VALUE

    def of(self, group: Group) -> str:
        """Tell where the case belongs in a breakdown; empty: to nobody yet."""
        owner = self.line.owner
        keys: Mapping[Group, str] = {
            Group.REASON: self.reason,
            Group.PATH: self.path,
            Group.AUTHOR: self.line.opened_by.id,
            Group.OWNER: owner.id if owner else "",
        }
        return keys[group]

    def claim_within(self, span: Span) -> tuple[datetime | None, datetime] | None:
        """Give the last claim of a span, after the handover that it answers."""
        for each in self._rounds:
            if each.claimed_at is not None and span.holds(each.claimed_at):
                return each.handed_over_at, each.claimed_at
        return None

    def reversal_within(self, span: Span) -> datetime | None:
        """Give the last reversal of a span."""
        moments = (each.reverted_at for each in self._rounds)
        return next((moment for moment in moments if span.holds(moment)), None)

    @property
    def _rounds(self) -> Sequence[Marks | FormerRound]:
        """The present one and those of before, newest first."""
        return (self.marks, *reversed(self.former))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a breakdown: whom or what it is about, and its report."""

    key: str
    person: PersonRef | None
    report: Report


@dataclass(frozen=True, slots=True)
class Report:
    """The cases to which something happened in a span, and what can be counted of them."""

    span: Span
    cases: tuple[CaseFigures, ...]
    business_time: BusinessTime

    def cases_of(self, measure: Measure) -> Sequence[CaseFigures]:
        """List the cases behind a number, oldest first."""
        return [case for case in self.cases if self._counts(case, measure)]

    def count(self, measure: Measure) -> int:
        return len(self.cases_of(measure))

    def value(self, measure: Measure) -> Decimal:
        """Sum what the customers behind a number pay a month."""
        return sum((case.value for case in self.cases_of(measure)), NO_VALUE)

    @property
    def ended(self) -> int:
        """How many ended, in whatever way."""
        return sum(self.count(each) for each in _ENDS)

    @property
    def time_to_claim(self) -> timedelta | None:
        """The median business time from handover to claim."""
        claims = (case.claim_within(self.span) for case in self.cases)
        return _median(
            self.business_time(claim[0], claim[1]) for claim in claims if claim and claim[0]
        )

    @property
    def time_to_outcome(self) -> timedelta | None:
        """The median time by the calendar, nights and weekends too, from request to outcome."""
        ends = [case for measure in _ENDS for case in self.cases_of(measure)]
        return _median(
            case.marks.ended_at - case.line.opened_at for case in ends if case.marks.ended_at
        )

    def by(self, group: Group) -> Sequence[Row]:
        """Break the numbers down, the largest part first."""
        parts: dict[str, list[CaseFigures]] = {}
        for case in self.cases:
            parts.setdefault(case.of(group), []).append(case)
        rows = [
            Row(key, _person(group, found[-1]), self._of(found)) for key, found in parts.items()
        ]
        return sorted(rows, key=lambda row: (-len(row.report.cases), row.key))

    def part(self, group: Group, key: str) -> Report:
        """Give the report of one line of a breakdown."""
        return self._of([case for case in self.cases if case.of(group) == key])

    def _of(self, cases: Iterable[CaseFigures]) -> Report:
        return Report(self.span, tuple(cases), self.business_time)

    def _counts(self, case: CaseFigures, measure: Measure) -> bool:
        marks, ended = case.marks, self.span.holds(case.marks.ended_at)
        match measure:
            case Measure.OPENED:
                return self.span.holds(case.line.opened_at)
            case Measure.CLAIMED:
                return case.claim_within(self.span) is not None
            case Measure.REVERTED:
                return case.reversal_within(self.span) is not None
            case Measure.EXCEPTION:
                return ended and marks.by_exception
            case Measure.FEEDBACK:
                return ended and marks.has_feedback and marks.outcome is not OutcomeKind.VOID
            case _:
                return ended and marks.outcome == measure.value


_ENDS = (Measure.RETAINED, Measure.LOST, Measure.VOID)


def _person(group: Group, case: CaseFigures) -> PersonRef | None:
    if group is Group.AUTHOR:
        return case.line.opened_by
    return case.line.owner if group is Group.OWNER else None


def _median(spans: Iterable[timedelta]) -> timedelta | None:
    seconds = [span.total_seconds() for span in spans]
    return timedelta(seconds=median(seconds)) if seconds else None
