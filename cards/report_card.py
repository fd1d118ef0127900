"""The report of a month: its numbers, what they break down into, and the cases behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from cards.actions.around import ListReport, ShowReport
from cards.cases_card import case_line
from cards.elements import (
    Json,
    action_set,
    card,
    columns,
    container,
    figure,
    heading,
    pressable,
    rich,
    run,
    text,
)
from cards.formats import (
    brl,
    business_duration,
    counted,
    duration,
    month_name,
    percent,
    round_brl,
    value_of,
)
from cards.labels import MEASURES, PATHS, reason_words
from cards.plain_text import one_line
from retention.domain.cancellation import CancellationPath, CancellationReason
from retention.domain.case import CaseNumber
from retention.domain.report import NO_VALUE, CaseFigures, Group, Measure, Report, Row

_LONGEST_NAME = 60
_MOST_ROWS = 15
NOBODY_YET = "Ninguém ainda"
ONLY_IN_PRIVATE = (
    "O relatório é na conversa comigo, em particular: os números são de quem lidera. "
    "Abra o nosso chat e escreva /relatorio."
)
_WITH_VALUE = frozenset({Measure.OPENED, Measure.RETAINED, Measure.LOST})
_GROUPS: Mapping[Group, str] = {
    Group.REASON: "Por motivo",
    Group.PATH: "Por caminho",
    Group.AUTHOR: "Por quem registrou",
    Group.OWNER: "Por quem cuidou",
}


def report_card(report: Report, *, month: date, present: date) -> Json:
    """Show the numbers of a month; pressing one lists its cases.

    Args:
        report: what was counted.
        month: its first day.
        present: the first day of the month it is now.
    """
    title = f"Relatório de {month_name(month)}"
    return card(
        heading(title),
        text("O mês ainda corre: estes são os números até agora.", spacing="None")
        if month == present
        else None,
        columns(
            *(_figure(report, each, month) for each in (Measure.OPENED, Measure.REVERTED)),
            spacing="Large",
        ),
        columns(
            *(
                _figure(report, each, month)
                for each in (Measure.RETAINED, Measure.LOST, Measure.VOID)
            ),
            spacing="Medium",
        ),
        container(*_pace(report, month), spacing="Large"),
        text("Toque em um número para ver os casos dele.", small=True, spacing="Medium"),
        action_set(
            *(
                ShowReport.button(words, month=_value(month), by=group.value)
                for group, words in _GROUPS.items()
            ),
            ShowReport.button("Mês anterior", month=_value(_before(month))),
            ShowReport.button("Mês seguinte", month=_value(_after(month)))
            if month < present
            else None,
        ),
        fallback_text=f"{title}: {_in_short(report)}.",
    )


def breakdown_card(report: Report, *, month: date, group: Group) -> Json:
    """Break the numbers of a month down; pressing a line lists its cases."""
    title = f"{_GROUPS[group]} · {month_name(month)}"
    rows = report.by(group)
    return card(
        heading(title),
        *(_row(row, group, month) for row in rows[:_MOST_ROWS]),
        None if rows else text("Nada aconteceu neste mês."),
        text(f"E mais {len(rows) - _MOST_ROWS}, na planilha.", spacing="Medium")
        if len(rows) > _MOST_ROWS
        else None,
        action_set(ShowReport.button("Voltar ao relatório", month=_value(month))),
        fallback_text=f"{title}: {len(rows)}.",
    )


def report_cases_card(
    cases: Sequence[CaseFigures],
    *,
    asked: ListReport,
    month: date,
    thread_urls: Mapping[CaseNumber, str],
    page: int,
) -> Json:
    """List the cases behind a number, some at a time.

    Args:
        cases: all of them.
        asked: which number, and how many to skip.
        month: the first day of the month it is of.
        thread_urls: the address of each case's thread, where it is known.
        page: how many fit on a card.
    """
    what = MEASURES[Measure(asked.measure)][1].capitalize() if asked.measure else "Casos"
    line = _key_words(Group(asked.by), asked.key, cases) if asked.by else ""
    title = " · ".join(part for part in (what, month_name(month)) if part)
    shown = cases[asked.skip : asked.skip + page]
    rest = len(cases) - asked.skip - len(shown)
    more = asked.model_dump() | {"skip": asked.skip + page}
    return card(
        heading(title),
        rich(run(one_line(line, at_most=_LONGEST_NAME), bold=True)) if line else None,
        text(f"{counted(len(cases), 'caso', 'casos')} · {brl(_total(cases))} por mês"),
        *(case_line(each.line, thread_urls.get(each.line.number)) for each in shown),
        action_set(
            ListReport.button(f"Ver mais {min(rest, page)}", **more) if rest > 0 else None,
            ShowReport.button("Voltar ao relatório", month=asked.month),
        ),
        fallback_text=f"{title}: {counted(len(cases), 'caso', 'casos')}.",
    )


def unknown_month_card(typed: str, *, present: date) -> Json:
    """Say how to write a month, when what was typed is none."""
    return card(
        rich(run("Não sei que mês é “"), run(one_line(typed, at_most=_LONGEST_NAME)), run("”.")),
        text("Escreva assim: **/relatorio 10/2026** ou **/relatorio outubro**."),
        action_set(ShowReport.button("Ver este mês", month=_value(present))),
        fallback_text="Escreva /relatorio e o mês, como 10/2026 ou outubro.",
    )


def key_words(group: Group, row: Row) -> str:
    """Name a line of a breakdown, unescaped."""
    if group in {Group.AUTHOR, Group.OWNER}:
        return row.person.name if row.person else NOBODY_YET
    return _named(group, row.key)


def _named(group: Group, key: str) -> str:
    if group is Group.PATH:
        return PATHS[CancellationPath(key)]
    return reason_words(CancellationReason(key))


def _key_words(group: Group, key: str, cases: Sequence[CaseFigures]) -> str:
    if group in {Group.REASON, Group.PATH}:
        return _named(group, key)
    people = [
        case.line.opened_by if group is Group.AUTHOR else case.line.owner for case in cases[:1]
    ]
    return next((person.name for person in people if person), NOBODY_YET)


def _figure(report: Report, measure: Measure, month: date) -> Json:
    count = report.count(measure)
    one, many = MEASURES[measure]
    return figure(
        str(count),
        one if count == 1 else many,
        value_of(report.count(measure), report.value(measure)) if measure in _WITH_VALUE else "",
        press=_list(measure, month) if count else None,
    )


def _pace(report: Report, month: date) -> list[Json]:
    asked = report.count(Measure.RETAINED) + report.count(Measure.LOST)
    claim, outcome = report.time_to_claim, report.time_to_outcome
    return [
        heading("Ritmo e cuidado", section=True, spacing="None"),
        _fact(
            "Até assumir",
            f"{business_duration(claim)} de horário útil (mediana)"
            if claim is not None
            else "ninguém assumiu caso neste mês",
            _list(Measure.CLAIMED, month) if claim is not None else None,
        ),
        _fact(
            "Até o desfecho",
            f"{duration(outcome)}, noites e fins de semana também (mediana)"
            if outcome is not None
            else "nenhum caso terminou neste mês",
        ),
        _rate("Por exceção", report, Measure.EXCEPTION, report.ended, month),
        _rate("Feedback pedido", report, Measure.FEEDBACK, asked, month),
    ]


def _rate(title: str, report: Report, measure: Measure, whole: int, month: date) -> Json:
    count = report.count(measure)
    words = f"{count} de {whole} ({percent(count / whole)})" if whole else "nada a contar"
    return _fact(title, words, _list(measure, month) if count else None)


def _fact(title: str, words: str, press: Json | None = None) -> Json:
    return pressable(
        container(rich(run(f"{title}: ", bold=True), run(words), spacing="None"), spacing="Small"),
        press,
    )


def _row(row: Row, group: Group, month: date) -> Json:
    press = ListReport.button(
        "Ver os casos", month=_value(month), by=group.value, key=row.key or "-"
    )
    return pressable(
        container(
            rich(
                run(one_line(key_words(group, row), at_most=_LONGEST_NAME), bold=True),
                spacing="None",
            ),
            rich(run(_in_short(row.report)), spacing="None"),
            spacing="Medium",
        ),
        press,
    )


def _in_short(report: Report) -> str:
    parts = []
    for measure in (Measure.OPENED, Measure.REVERTED, Measure.RETAINED, Measure.LOST, Measure.VOID):
        count = report.count(measure)
        value = report.value(measure) if measure in _WITH_VALUE else 0
        if count:
            amount = f" ({round_brl(report.value(measure))})" if value else ""
            parts.append(f"{counted(count, *MEASURES[measure])}{amount}")
    return " · ".join(parts) or "em andamento"


def _list(measure: Measure, month: date) -> Json:
    words = f"Ver os casos: {MEASURES[measure][1]}"
    return ListReport.button(words, month=_value(month), measure=measure.value)


def _total(cases: Sequence[CaseFigures]) -> Decimal:
    return sum((case.value for case in cases), NO_VALUE)


def _value(month: date) -> str:
    return f"{month:%Y-%m}"


def _before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def _after(month: date) -> date:
    return date(month.year + (month.month == 12), month.month % 12 + 1, 1)  # noqa: PLR2004
