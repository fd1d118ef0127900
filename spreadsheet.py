"""Rows as a file that a spreadsheet opens: CSV as Brazilian programs expect it, or XLSX.

What people typed is never run: a cell that begins as a formula does is kept as plain text
(OWASP: CSV injection).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Cell = str | int | Decimal | datetime | None

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MOMENT = "dd/mm/yyyy hh:mm"
_AMOUNT = "#,##0.00"
_WIDTH = 18
_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n\r"}


def write_csv(file: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write rows with semicolons, decimal commas and a byte order mark; returns how many."""
    written = 0
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow(header)
        for row in rows:
            writer.writerow(map(_as_text, row))
            written += 1
    return written


def write_xlsx(
    file: Path, sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Cell]]]]
) -> int:
    """Write each sheet, its header fixed; returns how many rows the first one has."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to import, and mostly not needed

    book = Workbook(write_only=True)
    written: list[int] = []
    for title, (header, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for number in range(1, len(header) + 1):
            sheet.column_dimensions[_letter(number)].width = _WIDTH
        sheet.append([_cell(sheet, name, bold=True) for name in header])
        count = 0
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
            count += 1
        written.append(count)
    book.save(file)
    return written[0]


def _as_text(value: Cell) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%d/%m/%Y %H:%M}"
        case Decimal():
            return str(value).replace(".", ",")
        case str():
            return f"'{value}" if value.startswith(_BEGINS_A_FORMULA) else value
    return str(value)


def _cell(sheet: Any, value: Cell, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.styles import Font  # noqa: PLC0415 - as above

    cell = WriteOnlyCell(sheet, value.translate(_CONTROLS) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"  # else what begins with "=" would be a formula
        cell.quotePrefix = value.startswith(_BEGINS_A_FORMULA)
    if isinstance(value, datetime):
        cell.number_format = _MOMENT
    if isinstance(value, Decimal):
        cell.number_format = _AMOUNT
    if bold:
        cell.font = Font(bold=True)
    return cell


def _letter(number: int) -> str:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    return str(get_column_letter(number))
