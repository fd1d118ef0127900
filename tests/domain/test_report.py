"""The report: what counts where, and that every number is the number of its cases."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cards.report_sheet import HEADER, sheet_rows, sheet_totals
from config.calendar import load_calendar
from retention.domain.case_line import CaseLine
from retention.domain.case_marks import Marks, former_rounds
from retention.domain.errors import IllegalTransition, NotAllowed
from retention.domain.events import CrmChangeKind, OutcomeKind, ReminderKind
from retention.domain.people import Actor, PersonId, Role
from retention.domain.report import CaseFigures, Group, Measure, Report, Span
from tests.samples import ANA, FERNANDA, HANDED_OVER, LOST, MONDAY, RETAINED, WITH_RC, case

HELENA = Actor(PersonId("helena"), "Helena Martins", frozenset({Role.LEADER}))
SPAN = Span(MONDAY, MONDAY + timedelta(days=7))
CALENDAR = load_calendar()
VOID = replace(RETAINED, kind=OutcomeKind.VOID, feedback_channel=None, feedback_result="")


def later(**duration):
    return MONDAY + timedelta(**duration)


def figures(case):
    line = CaseLine(
        case.number,
        case.facts.crm_case_number,
        case.facts.customer,
        case.status,
        case.opened_by,
        case.opened_at,
        case.owner,
        None,
    )
    judged = case.judgement
    value = case.facts.monthly_value
    former = tuple(former_rounds(case.history))
    marks = Marks.of(case.history)
    return CaseFigures(line, judged.path, judged.reason, value, marks, former)


def report(*cases, span=SPAN):
    return Report(span, tuple(map(figures, cases)), CALENDAR.between)


def ended(number=1, outcome=LOST, *, at=MONDAY, claimed=None, end=None, override=""):
    new = case(number, at=at)
    new.claim(by=FERNANDA, at=claimed or at)
    new.record_outcome(by=FERNANDA, at=end or at, outcome=outcome, override=override)
    return new


def reverted(number=1, *, at=MONDAY):
    new = case(number, judgement=WITH_RC, at=at)
    new.revert(
        by=ANA, at=at, confirmed_by="João", confirmed_at=at, channel=new.facts.channel, told="Ligo"
    )
    return new


def hear(case, kind, *, at):
    case.hear(at=at, kind=kind, who="Rui", text="Fechado", was="", happened_at=at)


class TestNumbers:
    def test_each_is_the_number_of_its_cases(self):
        kept, lost, void = ended(1, RETAINED), ended(2, LOST), ended(3, VOID)
        found = report(kept, lost, void, reverted(4), case(5))

        counts = {measure: found.count(measure) for measure in Measure}

        assert counts == {
            Measure.OPENED: 5,
            Measure.CLAIMED: 3,
            Measure.REVERTED: 1,
            Measure.RETAINED: 1,
            Measure.LOST: 1,
            Measure.VOID: 1,
            Measure.EXCEPTION: 0,
            Measure.FEEDBACK: 2,
        }
        assert found.value(Measure.LOST) == Decimal("349.90")
        assert found.value(Measure.VOID) == Decimal("349.90")

    def test_a_case_counts_where_something_happened_to_it(self):
        before = ended(1, at=later(days=-3), end=later(days=1))
        after = ended(2, at=later(days=6), end=later(days=7))

        found = report(before, after)

        assert found.count(Measure.OPENED) == 1
        assert [each.line.number for each in found.cases_of(Measure.LOST)] == [1]

    def test_nothing_has_no_time(self):
        found = report()

        assert (found.time_to_claim, found.time_to_outcome) == (None, None)


class TestTimes:
    def test_the_claim_is_counted_in_business_time_and_the_outcome_by_the_calendar(self):
        # MONDAY is 10:00 in São Paulo; lunch is from 12:00 to 13:30.
        found = report(ended(1, claimed=later(hours=4), end=later(days=2)))

        assert found.time_to_claim == timedelta(hours=2, minutes=30)
        assert found.time_to_outcome == timedelta(days=2)

    def test_it_is_the_middle_one_that_is_told(self):
        minutes = (1, 2, 60)
        found = report(
            *(ended(n, claimed=later(minutes=n), end=later(days=1)) for n in minutes),
        )

        assert found.time_to_claim == timedelta(minutes=2)


class TestBreakdowns:
    @pytest.mark.parametrize("group", Group)
    def test_its_lines_add_up_to_the_whole(self, group):
        found = report(ended(1, RETAINED), ended(2), reverted(3), case(4))

        rows = found.by(group)

        for measure in Measure:
            assert sum(row.report.count(measure) for row in rows) == found.count(measure)
        assert [found.part(group, row.key).cases for row in rows] == [
            row.report.cases for row in rows
        ]


class TestMarks:
    def test_a_case_that_goes_back_to_the_rc_begins_anew(self):
        new = case(1)
        new.claim(by=FERNANDA, at=later(minutes=5))
        new.reclassify(
            by=FERNANDA,
            at=later(minutes=9),
            path=WITH_RC.path,
            reason=WITH_RC.reason,
            why="Deu abertura",
        )

        marks = Marks.of(new.history)

        assert (marks.handed_over_at, marks.claimed_at) == (None, None)

    def test_what_the_crm_says_is_no_move_of_a_person(self):
        new = case(1)
        hear(new, CrmChangeKind.CLOSED, at=later(hours=2))

        marks = Marks.of(new.history)

        assert (marks.moved_at, marks.closed_in_crm_at) == (MONDAY, later(hours=2))

    def test_a_reminder_is_no_move_of_a_person(self):
        new = case(1)
        new.claim(by=FERNANDA, at=later(minutes=5))
        new.remind(ReminderKind.NEWS, at=later(hours=9))

        assert Marks.of(new.history).moved_at == later(minutes=5)

    def test_a_caso_that_was_opened_again_in_the_crm_waits_for_no_gate(self):
        new = case(1)
        hear(new, CrmChangeKind.CLOSED, at=later(hours=2))
        hear(new, CrmChangeKind.STATUS, at=later(hours=3))

        assert Marks.of(new.history).closed_in_crm_at is None


class TestException:
    def by_exception(self):
        return ended(1, replace(LOST, lesson=""), override="Cliente não atende mais")

    def test_it_is_open_until_a_leader_has_seen_it(self):
        closed = self.by_exception()
        assert Marks.of(closed.history).exception_open

        closed.see_exception(by=HELENA, at=later(days=1))
        closed.see_exception(by=HELENA, at=later(days=2))

        assert not Marks.of(closed.history).exception_open
        assert len(closed.history) == 4

    def test_only_a_leader_sees_it_for_all(self):
        with pytest.raises(NotAllowed):
            self.by_exception().see_exception(by=FERNANDA, at=MONDAY)

    def test_there_is_nothing_to_see_on_a_case_that_ended_as_it_should(self):
        with pytest.raises(IllegalTransition):
            ended(1).see_exception(by=HELENA, at=MONDAY)


class TestMonthsThatAreOver:
    def sent_back(self):
        """A case that was reverted and claimed in one month, and began anew in the next."""
        new = reverted()
        new.claim(by=FERNANDA, at=later(minutes=20))
        for judged in (HANDED_OVER, WITH_RC):
            new.reclassify(
                by=FERNANDA,
                at=later(days=40),
                path=judged.path,
                reason=judged.reason,
                reason_text="",
                why="Quer conversar de novo",
            )
        return new

    def test_what_was_counted_stays_when_the_case_begins_anew(self):
        found = report(self.sent_back())

        assert (found.count(Measure.REVERTED), found.count(Measure.CLAIMED)) == (1, 1)
        assert found.time_to_claim == timedelta(minutes=20)

    def test_a_claim_stays_counted_although_the_case_is_given_back(self):
        new = case()
        new.claim(by=FERNANDA, at=later(minutes=5))
        new.give_back(by=FERNANDA, at=later(days=42), why="Entro de férias")
        new.claim(by=FERNANDA, at=later(days=42, minutes=2))
        following = Span(later(days=41), later(days=44))

        for span, minutes in ((SPAN, 5), (following, 2)):
            found = report(new, span=span)
            assert (found.count(Measure.CLAIMED), found.time_to_claim) == (
                1,
                timedelta(minutes=minutes),
            )

    def test_the_month_in_between_counts_neither(self):
        between = Span(later(days=8), later(days=30))

        found = report(self.sent_back(), span=between)

        assert (found.count(Measure.REVERTED), found.count(Measure.CLAIMED)) == (0, 0)

    def test_the_rows_of_the_export_add_up(self):
        found = report(self.sent_back())

        rows: list[dict[Any, Any]] = [
            dict(zip(HEADER, row, strict=True)) for row in sheet_rows(found)
        ]

        for title, total in sheet_totals(found):
            assert sum(row[title] for row in rows) == total
        assert rows[0]["Revertido em"] is not None
