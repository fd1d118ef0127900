"""Moments and money as Brazilians write them. The only place that knows the time in São Paulo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
_WEEKDAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")


def brl(amount: Decimal) -> str:
    """Write an amount: 1234.56 → ``R$ 1.234,56``."""
    return f"R$ {amount:,.2f}".translate(str.maketrans(",.", ".,"))


def moment(at: datetime, now: datetime | None = None) -> str:
    """Write a moment: ``14:02`` on the day of `now`, else ``qua, 25/11, às 10:00``."""
    local = at.astimezone(SAO_PAULO)
    if now is not None and local.date() == now.astimezone(SAO_PAULO).date():
        return f"{local:%H:%M}"
    return f"{day(at, now)}, {_at(local)}"


def at_moment(at: datetime, now: datetime) -> str:
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
