"""The report as a spreadsheet: one row per case, in columns that add up to the report itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from cards.formats import SAO_PAULO
from cards.labels import PATHS, STATUSES, reason_words
from retention.domain.case import case_code
from retention.domain.report import CaseFigures, Measure, Report

Cell = str | int | Decimal | datetime | None
"""What stands in a cell; a moment is that of the clock in São Paulo, without a zone."""

CASES_SHEET, TOTALS_SHEET = "Casos", "Totais"
_COUNTED: Mapping[Measure, str] = {
    Measure.OPENED: "Pedido no período",
    Measure.CLAIMED: "Assumido no período",
    Measure.REVERTED: "Revertido no período",
    Measure.RETAINED: "Retido no período",
    Measure.LOST: "Cancelado no período",
    Measure.VOID: "Sem efeito no período",
    Measure.EXCEPTION: "Encerrado por exceção no período",
    Measure.FEEDBACK: "Feedback pedido no período",
}
_VALUED: Mapping[Measure, str] = {
    Measure.OPENED: "R$ pedido no período",
    Measure.RETAINED: "R$ retido no período",
    Measure.LOST: "R$ cancelado no período",
}
HEADER: tuple[str, ...] = (
    *("Código", "Caso", "Cliente", "Situação", "Caminho", "Motivo", "Motivo real"),
    *("Quem registrou", "Quem cuidou", "Valor mensal (R$)"),
    *("Aberto em", "Passado ao Adm/Fin em", "Assumido em", "Revertido em", "Encerrado em"),
    *("Minutos úteis até assumir", "Horas corridas até o desfecho"),
    *_COUNTED.values(),
    *_VALUED.values(),
)


def sheet_rows(report: Report) -> Iterator[Sequence[Cell]]:
    """Write each case of a report as a row under `HEADER`."""
    counted = {measure: _numbers(report, measure) for measure in _COUNTED}
    for case in report.cases:
        number = case.line.number
        yield (
            *_facts(case),
            *_moments(case, report),
            *_spans(case, report),
            *(int(number in counted[measure]) for measure in _COUNTED),
            *(case.value if number in counted[measure] else Decimal(0) for measure in _VALUED),
        )


def sheet_totals(report: Report) -> Iterator[Sequence[Cell]]:
    """Write the report's own numbers, under the names of the columns that add up to them."""
    for measure, title in _COUNTED.items():
        yield title, report.count(measure)
    for measure, title in _VALUED.items():
        yield title, report.value(measure)


def _facts(case: CaseFigures) -> Sequence[Cell]:
    line, real = case.line, case.marks.real_reason
    return (
        case_code(line.number),
        line.crm_case_number,
        line.customer,
        STATUSES[line.status].title,
        PATHS[case.path],
        reason_words(case.reason),
        reason_words(real) if real else None,
        line.opened_by.name,
        line.owner.name if line.owner else None,
        case.monthly_value,
    )


def _moments(case: CaseFigures, report: Report) -> Sequence[Cell]:
    """Write what counts in the span; of what does not, what happened last."""
    reverted_at = case.reversal_within(report.span) or case.marks.reverted_at
    moments = (*_claim(case, report), reverted_at, case.marks.ended_at)
    return _local(case.line.opened_at), *map(_local, moments)


def _claim(case: CaseFigures, report: Report) -> tuple[datetime | None, datetime | None]:
    marks = case.marks
    return case.claim_within(report.span) or (marks.handed_over_at, marks.claimed_at)


def _spans(case: CaseFigures, report: Report) -> Sequence[Cell]:
    marks = case.marks
    claim: int | None = None
    handed_over_at, claimed_at = _claim(case, report)
    if handed_over_at and claimed_at:
        open_time = report.business_time(handed_over_at, claimed_at)
        claim = round(open_time.total_seconds() / 60)
    hours: Decimal | None = None
    if marks.ended_at:
        seconds = (marks.ended_at - case.line.opened_at).total_seconds()
        hours = Decimal(f"{seconds / 3600:.1f}")
    return claim, hours


def _numbers(report: Report, measure: Measure) -> frozenset[int]:
    return frozenset(case.line.number for case in report.cases_of(measure))


def _local(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(SAO_PAULO).replace(tzinfo=None, microsecond=0)
