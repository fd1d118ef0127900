"""Money as Brazilians write it."""

from __future__ import annotations

import re
from decimal import Decimal

_BRL = re.compile(
    r"""(?:R\$)?\s*
    (?P<whole>\d{1,3}(?:\.\d{3})+|\d+)   # 1.234 or 1234: a point only groups thousands
    (?:,(?P<cents>\d{1,2}))?""",
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN_POINT = re.compile(r"(?:R\$)?\s*(?P<whole>\d+)\.(?P<cents>\d{1,2})", re.IGNORECASE)
_A_MONTH = re.compile(r"\s*(?:/ ?|por |ao )?m[e\u00ea]s$|\s*mensa(?:l|is)$", re.IGNORECASE)
MAX_BRL = Decimal("9999999.99")


class InvalidMoney(ValueError):
    """The text is no amount in BRL."""


def parse_brl(typed: str) -> Decimal:
    """Read ``R$ 1.234,56``, ``349,90/mês``, ``349.90`` or ``349`` as BRL with two decimal places.

    Raises:
        InvalidMoney: anything else, a negative amount, or one above ``MAX_BRL``.
    """
    text = _A_MONTH.sub("", typed.replace("\N{NO-BREAK SPACE}", " ").strip())
    text = re.sub(r"(?<=,) +(?=\d)", "", text)
    match = _BRL.fullmatch(text) or _PLAIN_POINT.fullmatch(text)
    if match is None or not text.isascii():
        raise InvalidMoney(typed)
    whole, cents = match["whole"].replace(".", ""), (match["cents"] or "0").ljust(2, "0")
    amount = Decimal(f"{whole}.{cents}")
    if amount > MAX_BRL:
        raise InvalidMoney(typed)
    return amount
