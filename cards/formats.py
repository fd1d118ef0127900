"""Moments and money as Brazilians write them. The only place that knows the time in São Paulo."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from retention.domain.text import fold

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
_MONTHS = (
    *("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto"),
    *("setembro", "outubro", "novembro", "dezembro"),
)
_LEAST_LETTERS = 3
_YEAR_DIGITS = 4
_HOUR, _DAY = 60, 60 * 24
_WEEKDAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")


def brl(amount: Decimal) -> str:
    """Write an amount: 1234.56 → ``R$ 1.234,56``."""
    return f"R$ {amount:,.2f}".translate(str.maketrans(",.", ".,"))


def round_brl(amount: Decimal) -> str:
    """Write an amount for a narrow column, without its cents: ``R$ 2.378``."""
    return f"R$ {amount:,.0f}".replace(",", ".")


def value_of(cases: int, amount: Decimal) -> str:
    """Write what some cases are worth a month; nothing summed is nothing told, not R$ 0."""
    return "valor não dito" if cases and not amount else round_brl(amount)


def decimal_comma(number: float | Decimal, places: int) -> str:
    """Write a number: 3.25 → ``3,2`` with one place."""
    return f"{number:.{places}f}".replace(".", ",")


def percent(share: float) -> str:
    """Write a share: 0.125 → ``12%``."""
    return f"{share:.0%}"


def duration(span: timedelta) -> str:
    """Write how long something took: ``12 min``, ``1 h 05 min``, ``3,2 dias``."""
    minutes = round(span.total_seconds() / 60)
    if minutes < _HOUR:
        return _few(minutes)
    if minutes < 2 * _DAY:
        hours, rest = divmod(minutes, _HOUR)
        return f"{hours} h {rest:02d} min" if rest else f"{hours} h"
    return f"{decimal_comma(minutes / _DAY, 1)} dias"


def business_duration(span: timedelta) -> str:
    """Write open time, in which a day is no 24 hours: ``12 min``, ``1 h 05 min``, ``26 h``."""
    hours, minutes = divmod(round(span.total_seconds() / 60), _HOUR)
    if not hours:
        return _few(minutes)
    return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"


def _few(minutes: int) -> str:
    return f"{minutes} min" if minutes else "menos de 1 min"


def counted(number: int, one: str, many: str) -> str:
    """Write a number with its word: ``1 pedido``, ``2 pedidos``."""
    return f"{number} {one if number == 1 else many}"


def month_name(first_day: date) -> str:
    """Write a month: ``novembro de 2026``."""
    return f"{_MONTHS[first_day.month - 1]} de {first_day.year}"


_YEAR = re.compile(r"(?:20)?\d\d")
_RELATIVE_MONTH = re.compile(
    r"(?:(?:o|do|no) )?"
    r"(?:(?P<before>mes (?:passado|anterior)|ultimo mes)|(?:este |esse )?mes(?: atual)?)"
)


def typed_month(words: str, present: date) -> date | None:
    """Read a month as people type it, as its first day; None for what is none.

    ``10/2026``, ``2026-10``, ``out/26``, ``outubro de 2026``, ``mês passado``; without a year the
    last such month that has begun by the `present` one; without anything, the present one.
    """
    relative = _RELATIVE_MONTH.fullmatch(fold(words).strip())
    if relative is not None:
        first_day = present.replace(day=1)
        return (first_day - timedelta(days=1)).replace(day=1) if relative["before"] else first_day
    parts = [part for part in re.split(r"[^a-z0-9]+", fold(words)) if part not in {"", "de"}]
    if not parts:
        return present.replace(day=1)
    if len(parts) > 2:  # noqa: PLR2004 - a month and a year
        return None
    if len(parts[0]) == _YEAR_DIGITS and parts[0].isdecimal():
        parts.reverse()
    month = _month_number(parts[0])
    year = parts[1] if len(parts) > 1 else ""
    if month is None or (year and not _YEAR.fullmatch(year)):
        return None
    if year:
        return date(2000 + int(year[-2:]), month, 1)
    return date(present.year - (month > present.month), month, 1)


def _month_number(word: str) -> int | None:
    if word.isdecimal():
        return int(word) if 1 <= int(word) <= len(_MONTHS) else None
    known = [n for n, name in enumerate(_MONTHS, start=1) if fold(name).startswith(word)]
    return known[0] if len(word) >= _LEAST_LETTERS and known else None


def moment(at: datetime, now: datetime | None = None) -> str:
    """Write a moment: ``14:02`` on the day of `now`, else ``qua, 25/11, às 10:00``."""
    local = at.astimezone(SAO_PAULO)
    if now is not None and local.date() == now.astimezone(SAO_PAULO).date():
        return f"{local:%H:%M}"
    return f"{day(at, now)}, {_at(local)}"


def at_moment(at: datetime, now: datetime | None) -> str:
    """Write when something happened: ``às 14:11``, or ``em qua, 25/11, às 10:00``."""
    written = moment(at, now)
    return f"em {written}" if "," in written else _at(at.astimezone(SAO_PAULO))


def short_moment(at: datetime, now: datetime | None = None) -> str:
    """Write a moment in a narrow column: ``14:11``, or ``24/11, 14:11`` on another day."""
    local = at.astimezone(SAO_PAULO)
    if now is not None and local.date() == now.astimezone(SAO_PAULO).date():
        return f"{local:%H:%M}"
    return f"{local:%d/%m, %H:%M}"


def day(at: datetime, now: datetime | None = None) -> str:
    """Write a day: ``sex, 27/11``, with the year when it is not that of `now`."""
    local = at.astimezone(SAO_PAULO)
    same_year = now is None or local.year == now.astimezone(SAO_PAULO).year
    return f"{_WEEKDAYS[local.weekday()]}, {local:%d/%m}{'' if same_year else f'/{local.year}'}"


def today(now: datetime) -> date:
    """Tell which day it is in São Paulo."""
    return now.astimezone(SAO_PAULO).date()


def calendar_day(on: date, now: datetime | None = None) -> str:
    """Write a day of the calendar: ``qua, 25/11``, with the year when it is not that of `now`."""
    return day(datetime(on.year, on.month, on.day, 12, tzinfo=SAO_PAULO), now)


def full_day(at: datetime) -> str:
    """Write a day of any year: ``27/11/2026``."""
    return f"{at.astimezone(SAO_PAULO):%d/%m/%Y}"


def date_value(at: datetime) -> str:
    """Write the day for a date field: ``2026-11-25``."""
    return at.astimezone(SAO_PAULO).date().isoformat()


def time_value(at: datetime) -> str:
    """Write the time for a time field: ``14:02``."""
    return f"{at.astimezone(SAO_PAULO):%H:%M}"


def typed_moment(day: str, time: str) -> datetime:
    """Read a date and a time field as a moment in UTC. Raises ValueError."""
    naive = datetime.strptime(f"{day.strip()} {time.strip()[:5]}", "%Y-%m-%d %H:%M")  # noqa: DTZ007 - local, set below
    try:
        return naive.replace(tzinfo=SAO_PAULO).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(day) from error


def listed(words: Sequence[str]) -> str:
    """Join words as people do: ``A, B e C``."""
    if len(words) < 2:  # noqa: PLR2004 - one word needs no joint
        return "".join(words)
    return f"{', '.join(words[:-1])} e {words[-1]}"


def _at(local: datetime) -> str:
    return f"{'à' if local.hour == 1 else 'às'} {local:%H:%M}"
