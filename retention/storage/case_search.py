"""Find cases by Caso number or by the beginnings of words of the customer's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.case_line import CaseLine
from retention.domain.text import fold
from retention.storage.case_lists import LIMIT, LINES, lines_of
from retention.storage.tables import case_words, cases

_WORD = re.compile(r"[^\W_]+")
_LAST_CHARACTER = "\U0010ffff"
_LONGEST = 120
"""Characters of a search that count: no customer's name is longer."""
_COMMON = 500
"""A word beginning with more customers than this is no good way into the index."""
_COUNTED = 20_000
"""How far common words are counted when one of them must lead all the same: the rarest."""
_NEWEST = 5_000
"""How many of the newest cases are looked through for common words before the index is asked."""

_BY_CRM_CASE = (
    LINES.where(cases.c.crm_case_number == bindparam("crm_case_number"))
    .order_by(cases.c.number.desc())
    .limit(LIMIT)
)
_BEGINS_SO = sa.and_(
    case_words.c.word >= bindparam("first", type_=sa.Text),
    case_words.c.word <= bindparam("last", type_=sa.Text),
)
_HOW_MANY = sa.select(sa.func.count()).select_from(
    sa.select(case_words.c.number).where(_BEGINS_SO).limit(LIMIT).subquery()
)
_IS_NEW = cases.c.number > (
    sa.select(sa.func.max(cases.c.number)).scalar_subquery() - bindparam("newest")
)


def customer_words(customer: str) -> list[str]:
    """Split a customer's name into folded words, in order."""
    return _WORD.findall(fold(customer))


async def search(connection: Connection, text: str, *, limit: int) -> Sequence[CaseLine]:
    """Find cases, newest first; every word of the text must begin a word of the customer's name.

    A rare word leads through the index of words, and common ones are soon met among the newest
    cases: neither costs more when there are more cases. Only common words that hardly ever meet do,
    for the rarest of them is then followed to its end.
    """
    parameters = {"crm_case_number": text.strip(), "limit": limit}
    found = lines_of(await connection.execute(_BY_CRM_CASE, parameters))
    words = list(dict.fromkeys(customer_words(text[:_LONGEST])))
    if found or not words:
        return found
    counts = [await _count(connection, word, _COMMON) for word in words]
    if min(counts) == _COMMON:
        newest = _matching(words).where(_IS_NEW)
        found = lines_of(await connection.execute(newest, {"limit": limit, "newest": _NEWEST}))
        if len(found) == limit:
            return found
        counts = [await _count(connection, word, _COUNTED) for word in words]
    rarest = words[counts.index(min(counts))]
    with_rarest = sa.select(case_words.c.number).where(_BEGINS_SO)
    statement = _matching(words).where(cases.c.number.in_(with_rarest))
    return lines_of(await connection.execute(statement, {"limit": limit, **_range(rarest)}))


async def _count(connection: Connection, word: str, at_most: int) -> int:
    parameters = {"limit": at_most, **_range(word)}
    return int(await connection.scalar(_HOW_MANY, parameters))


def _range(word: str) -> dict[str, Any]:
    return {"first": word, "last": word + _LAST_CHARACTER}


def _matching(words: Sequence[str]) -> sa.Select[Any]:
    conditions = (cases.c.customer_words.like(f"% {word}%") for word in words)
    return LINES.where(*conditions).order_by(cases.c.number.desc()).limit(LIMIT)
