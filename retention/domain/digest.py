"""The morning of a leader: what waits for a decision, what is late, what came and went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import comb

from retention.domain.business_clock import Targets
from retention.domain.cancellation import CancellationReason
from retention.domain.case_line import CaseLine
from retention.domain.events import ClaimStep
from retention.domain.people import PersonRef
from retention.domain.report import BusinessTime, CaseFigures, Measure, Report, Span

WEEK = timedelta(days=7)
_WEEKS_BEFORE = 4
PAST = WEEK * (1 + _WEEKS_BEFORE)
"""How far back reasons are compared."""

_LEAST_OF_REASON = 4
_LEAST_BEFORE = 10
_LUCK = 0.05
"""How probable it may be that chance alone makes some reason stand out."""


class Duty(StrEnum):
    """What waits for a leader."""

    UNCLAIMED = "unclaimed"
    EXCEPTION = "exception"
    """Ended by exception: to be seen."""
    CLOSED_IN_CRM = "closed_in_crm"
    """Closed in the CRM, while here the close gate still asks."""


class Delay(StrEnum):
    PLAN = "plan"
    """The day of the plan is over."""
    ANSWER = "answer"
    """Somebody owes the case an answer."""
    QUIET = "quiet"
    """Nobody has done anything in it for long."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits for a leader; `verbatim` and `why` are filled in for those shown."""

    duty: Duty
    case: CaseFigures
    verbatim: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Late:
    """A case that is late; `quiet_for` is open time without a word in it."""

    delay: Delay
    case: CaseFigures
    quiet_for: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Reasons:
    """Requests of the last seven days by reason, beside those of the four weeks before."""

    week: Mapping[CancellationReason, int]
    before: Mapping[CancellationReason, int]

    @classmethod
    def of(cls, cases: Iterable[CaseFigures], at: datetime) -> Reasons:
        """Count the requests of `PAST` up to a moment."""
        week, past = Span(at - WEEK, at), Span(at - PAST, at - WEEK)
        found = list(cases)
        return cls(
            Counter(each.reason for each in found if week.holds(each.line.opened_at)),
            Counter(each.reason for each in found if past.holds(each.line.opened_at)),
        )

    @property
    def total(self) -> int:
        return sum(self.week.values())

    def usual(self, reason: CancellationReason) -> float:
        """Tell how many a week there were before."""
        return self.before.get(reason, 0) / _WEEKS_BEFORE

    @property
    def standout(self) -> CancellationReason | None:
        """Find the reason that came more often than its own past explains; mostly none.

        If nothing had changed, each of a reason's requests of these five weeks would fall into the
        last one with a chance of one in five. How improbable so many are is judged for all the
        reasons of the week at once; and of few requests, or without a past, nothing is said.
        """
        if sum(self.before.values()) < _LEAST_BEFORE:
            return None
        chances = {
            reason: _chance_of_so_many(count, count + self.before.get(reason, 0))
            for reason, count in self.week.items()
            if count >= _LEAST_OF_REASON
        }
        least = min(chances, key=lambda reason: chances[reason], default=None)
        if least is None or chances[least] * len(self.week) > _LUCK:
            return None
        return least


def _chance_of_so_many(count: int, total: int) -> float:
    """The chance that so many of a total, or more, fall into one week of five (binomial)."""
    share = 1 / (1 + _WEEKS_BEFORE)
    return sum(
        comb(total, n) * share**n * (1 - share) ** (total - n) for n in range(count, total + 1)
    )


@dataclass(frozen=True, slots=True)
class Digest:
    """What a leader reads at a moment; `report` counts what happened since the one before."""

    leader: PersonRef
    at: datetime
    waiting: tuple[Waiting, ...]
    late: tuple[Late, ...]
    report: Report
    oldest: CaseFigures | None
    """The one that has waited longest for an owner."""
    reasons: Reasons

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to say: then nothing is sent."""
        news = (Measure.OPENED, Measure.RETAINED, Measure.LOST)
        happened = any(self.report.count(each) for each in news)
        return not (self.waiting or self.late or self.oldest or happened)

    @property
    def named(self) -> Sequence[CaseLine]:
        """List the cases it speaks of one by one; some more than once."""
        cases = [each.case for each in self.waiting] + [each.case for each in self.late]
        cases += [self.oldest] if self.oldest else []
        return [case.line for case in cases]


def draw_up(
    *,
    leader: PersonRef,
    span: Span,
    today: date,
    open_cases: Sequence[CaseFigures],
    exceptions: Sequence[CaseFigures],
    recent: Sequence[CaseFigures],
    business_time: BusinessTime,
    targets: Targets,
) -> Digest:
    """Put a digest together, as things stood at the end of the span.

    Args:
        leader: who reads it.
        span: from the digest before until now.
        today: the day it is where the business is.
        open_cases: the cases that were open then, oldest first.
        exceptions: those ended by exception that no leader has seen.
        recent: the cases to which something happened in `span` or within `PAST`.
        business_time: the open time from one moment to another.
        targets: an unclaimed case is the leader's once the ladder of mentions has ended; one
            without a word for as long as its holder is asked after is late.
    """
    at = span.until
    claim_limit = targets.claim[ClaimStep.ABOVE]
    unclaimed = sorted(
        (case for case in open_cases if _waits_for_an_owner(case, at)),
        key=lambda case: case.marks.handed_over_at or case.line.opened_at,
    )
    waiting = [
        *(
            Waiting(Duty.UNCLAIMED, case)
            for case in unclaimed
            if business_time(case.marks.handed_over_at or at, at) >= claim_limit
        ),
        *(Waiting(Duty.EXCEPTION, case) for case in exceptions if _by(case.marks.ended_at, at)),
        *(
            Waiting(Duty.CLOSED_IN_CRM, case)
            for case in open_cases
            if _by(case.marks.closed_in_crm_at, at)
        ),
    ]
    known = {each.case.line.number for each in waiting}
    others = [case for case in open_cases if case.line.number not in known]
    late = [_late(case, at, today, business_time, targets.no_news) for case in others]
    return Digest(
        leader=leader,
        at=at,
        waiting=tuple(waiting),
        late=tuple(each for each in late if each),
        report=Report(span, tuple(recent), business_time),
        oldest=unclaimed[0] if unclaimed else None,
        reasons=Reasons.of(recent, at),
    )


def _late(
    case: CaseFigures,
    at: datetime,
    today: date,
    business_time: BusinessTime,
    quiet_limit: timedelta,
) -> Late | None:
    marks = case.marks
    if _waits_for_an_owner(case, at):
        return None
    if marks.plan_due is not None and marks.plan_due < today and not _by(marks.handed_over_at, at):
        return Late(Delay.PLAN, case)
    if marks.answer_due_at is not None:
        return Late(Delay.ANSWER, case) if marks.answer_due_at <= at else None
    moved_at = marks.moved_at or case.line.opened_at
    quiet_for = business_time(moved_at, at)
    return Late(Delay.QUIET, case, quiet_for) if quiet_for >= quiet_limit else None


def _waits_for_an_owner(case: CaseFigures, at: datetime) -> bool:
    marks = case.marks
    return _by(marks.handed_over_at, at) and not _by(marks.claimed_at, at)


def _by(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment <= at
