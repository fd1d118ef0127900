"""The cards of the report, for the gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cards.actions.around import ListReport
from cards.elements import Json
from cards.report_card import (
    breakdown_card,
    report_card,
    report_cases_card,
    unknown_month_card,
)
from config.calendar import load_calendar
from retention.domain.cancellation import CancellationReason
from retention.domain.case import Case, CaseNumber
from retention.domain.case_marks import Marks
from retention.domain.events import OutcomeKind
from retention.domain.report import CaseFigures, Group, Report, Span
from tests.cards.gallery import (
    HOSTILE_WORDS,
    NON_TECHNICAL,
    URL,
    a_case,
    claimed,
    ended,
    hostile_case,
    line_of,
    minutes,
)

MONTH, PRESENT = date(2026, 11, 1), date(2026, 11, 1)


def figures(case: Case) -> CaseFigures:
    judged = case.judgement
    return CaseFigures(
        line_of(case), judged.path, judged.reason, case.facts.monthly_value, Marks.of(case.history)
    )


def a_report(*cases: Case) -> Report:
    calendar = load_calendar()
    span = Span(minutes(-60 * 24 * 20), minutes(60 * 24 * 6))
    return Report(span, tuple(figures(each) for each in cases), calendar.between)


def of_every_reason() -> list[Case]:
    return [
        a_case(judgement=replace(NON_TECHNICAL, reason=reason), number=number)
        for number, reason in enumerate(CancellationReason, start=1)
    ]


def reports() -> dict[str, Json]:
    report = a_report(
        *(ended(kind) for kind in OutcomeKind), claimed(), a_case(judgement=NON_TECHNICAL)
    )
    hostile = a_report(*[hostile_case()] * 12)
    urls = {CaseNumber(42): URL}

    def listed(report: Report, **asked: str) -> Json:
        action = ListReport(month="2026-11", **asked)
        return report_cases_card(report.cases, asked=action, month=MONTH, thread_urls=urls, page=10)

    return {
        "report": report_card(report, month=MONTH, present=PRESENT),
        "report-empty": report_card(a_report(), month=date(2025, 1, 1), present=PRESENT),
        "report-by-reason": breakdown_card(report, month=MONTH, group=Group.REASON),
        "report-by-every-reason": breakdown_card(
            a_report(*of_every_reason()), month=MONTH, group=Group.REASON
        ),
        "report-by-path": breakdown_card(report, month=MONTH, group=Group.PATH),
        "report-by-author-hostile": breakdown_card(hostile, month=MONTH, group=Group.AUTHOR),
        "report-by-owner": breakdown_card(report, month=MONTH, group=Group.OWNER),
        "report-by-owner-empty": breakdown_card(a_report(), month=MONTH, group=Group.OWNER),
        "report-cases": listed(report, measure="opened"),
        "report-cases-of-nobody": listed(a_report(a_case()), by="owner", key="-"),
        "report-cases-hostile": listed(hostile, by="author", key="x"),
        "report-unknown-month": unknown_month_card("brumário", present=PRESENT),
        "report-unknown-month-hostile": unknown_month_card(HOSTILE_WORDS, present=PRESENT),
    }
