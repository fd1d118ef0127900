"""`/relatorio`: the numbers of a month and the cases behind them, in the personal chat alone."""

from __future__ import annotations

from datetime import date

from bot.handlers.privacy import in_private
from bot.router import Router
from bot.turn import Answer, Desk, Show, Turn
from cards.actions.around import ListReport, ShowReport
from cards.formats import typed_month
from cards.report_card import (
    ONLY_IN_PRIVATE,
    breakdown_card,
    report_card,
    report_cases_card,
    unknown_month_card,
)
from retention.domain.report import Group, Measure

_PAGE = 10
NOBODY = "-"
"""Stands for the cases that nobody owns: a button carries no empty key."""

router = Router()


@router.command("relatorio", "relatorios")
@in_private(ONLY_IN_PRIVATE)
async def show_report(turn: Turn, desk: Desk) -> Answer:
    """Show the month that was typed, or the present one."""
    present = desk.services.reports.this_month()
    month = typed_month(turn.args, present)
    if month is None:
        await desk.services.reports.check(actor=turn.actor)
        return Show(unknown_month_card(turn.args, present=present))
    return await _report(turn, month, desk)


@router.action(ShowReport)
@in_private(ONLY_IN_PRIVATE)
async def show_pressed(turn: Turn, action: ShowReport, desk: Desk) -> Answer:
    month = _first_day(action.month)
    return await _report(turn, month, desk, Group(action.by) if action.by else None)


@router.action(ListReport)
@in_private(ONLY_IN_PRIVATE)
async def list_cases(turn: Turn, action: ListReport, desk: Desk) -> Answer:
    """List the cases behind a number."""
    month = _first_day(action.month)
    report = await desk.services.reports.month(actor=turn.actor, first_day=month)
    if action.by:
        report = report.part(Group(action.by), action.key.removeprefix(NOBODY))
    cases = report.cases_of(Measure(action.measure)) if action.measure else report.cases
    shown = cases[action.skip : action.skip + _PAGE]
    links = desk.room.links_to(case.line for case in shown)
    return Show(report_cases_card(cases, asked=action, month=month, thread_urls=links, page=_PAGE))


async def _report(turn: Turn, month: date, desk: Desk, group: Group | None = None) -> Answer:
    report = await desk.services.reports.month(actor=turn.actor, first_day=month)
    if group is not None:
        return Show(breakdown_card(report, month=month, group=group))
    return Show(report_card(report, month=month, present=desk.services.reports.this_month()))


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
