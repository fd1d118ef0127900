"""What the inputs of the three-way call mean: an address, a person, a moment; whether they came."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from cards.triangulation_part import LONGEST_NOTE, LONGEST_URL
from dialogs.answers import AnswerReader
from retention.domain.errors import Problem
from retention.domain.people import PersonRef
from retention.domain.triangulation import ThreeWayCall

_MAX_ID = 120
_PLAIN = re.compile(r"[!-'*-;=?-Z_a-z~]+", re.ASCII)
"""No space, bracket or backslash: the address stands in Markdown and may not end early there."""


class Attended(StrEnum):
    YES = "yes"
    NO = "no"


def read_call(
    typed: Mapping[str, str], team: Sequence[PersonRef], *, now: datetime
) -> ThreeWayCall:
    """Read where and when the call is, and who of the team is called; what has passed is now.

    Raises:
        InvalidAnswers: with a problem per input.
    """
    reader = AnswerReader(typed)
    url = reader.text("call_url", limit=LONGEST_URL).strip()
    if url and "call_url" not in reader.problems and not _is_address(url):
        reader.problems["call_url"] = Problem.URL
    who = reader.text("call_who", limit=_MAX_ID).strip()
    person = next((person for person in team if person.id == who), None)
    if who and person is None:
        reader.problems["call_who"] = Problem.NOT_A_CHOICE
    starts_at = reader.moment("call_date", "call_time")
    reader.check()
    assert person is not None and starts_at is not None  # noqa: PT018, S101 - checked above
    return ThreeWayCall(url, person, max(starts_at, now))


def read_attended(typed: Mapping[str, str]) -> tuple[bool, str]:
    """Read whether the customer came, and what else there is to say. Raises InvalidAnswers."""
    reader = AnswerReader(typed)
    attended = reader.choice("attended", Attended)
    note = reader.text("attended_note", limit=LONGEST_NOTE, needed=False)
    reader.check()
    return attended is Attended.YES, note.strip()


def _is_address(url: str) -> bool:
    """Tell whether it is an https address of some host."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "https" and "." in host and bool(_PLAIN.fullmatch(url))
