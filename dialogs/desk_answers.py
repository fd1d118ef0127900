"""What the inputs of the lead's desk mean: a person, a question, a moment, attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialogs.answers import AnswerReader
from retention.domain.errors import Problem
from retention.domain.events import FeedbackChannel
from retention.domain.fast_lane import Attempts
from retention.domain.people import PersonId, PersonRef

_MAX_ANSWER = 1000
_MAX_TEXT = 600
_MAX_REASON = 300
_MAX_ID = 120
_MOST_TRIES = 10
_FARTHEST = timedelta(weeks=4)
"""Nothing waits for an answer for longer: until it is due, nobody is asked how the case stands."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whom somebody asks, what, and until when."""

    person: PersonRef
    what: str
    until: datetime


def read_assignee(typed: Mapping[str, str]) -> tuple[PersonId, str]:
    """Read who takes a case, whoever that is, and from which input: found by name goes first.

    Raises:
        InvalidAnswers: nobody was chosen.
    """
    reader = AnswerReader(typed)
    found = reader.text("assign_found", limit=_MAX_ID, needed=False).strip()
    field = "assign_found" if found else "assign_to"
    person = reader.text(field, limit=_MAX_ID).strip()
    reader.check()
    return PersonId(person), field


def read_give_back(typed: Mapping[str, str]) -> str:
    """Read why a case goes back to the queue. Raises InvalidAnswers."""
    return _one_text(typed, "give_back_why", limit=_MAX_REASON)


def read_info(typed: Mapping[str, str]) -> str:
    """Read the answer to what was asked. Raises InvalidAnswers."""
    return _one_text(typed, "info", limit=_MAX_ANSWER)


def read_decision(typed: Mapping[str, str]) -> str:
    """Read in which words the customer decided. Raises InvalidAnswers."""
    return _one_text(typed, "customer_said", limit=_MAX_TEXT)


def read_question(
    typed: Mapping[str, str], team: Sequence[PersonRef], *, now: datetime
) -> Question:
    """Read a question to one of the team, to be answered later than now.

    Raises:
        InvalidAnswers: with a problem per input.
    """
    reader = AnswerReader(typed)
    who = reader.text("ask_who", limit=_MAX_ID).strip()
    person = next((person for person in team if person.id == who), None)
    if who and person is None:
        reader.problems["ask_who"] = Problem.NOT_A_CHOICE
    what = reader.text("ask_what", limit=_MAX_TEXT).strip()
    until = reader.moment("ask_date", "ask_time")
    if until is not None and until <= now:
        reader.problems["ask_date"] = Problem.IN_THE_PAST
    elif until is not None and until > now + _FARTHEST:
        reader.problems["ask_date"] = Problem.TOO_FAR
    reader.check()
    return Question(person or team[0], what, until or now)


def read_attempts(
    typed: Mapping[str, str],
    channels: Sequence[FeedbackChannel],
    *,
    opened_at: datetime,
    now: datetime,
) -> Attempts:
    """Read how it was tried to reach the customer, since the case was opened.

    Raises:
        InvalidAnswers: with a problem per input.
    """
    reader = AnswerReader(typed)
    tries = reader.text("tries", limit=_MAX_ID).strip()
    if tries and tries not in {str(number) for number in range(1, _MOST_TRIES + 1)}:
        reader.problems["tries"] = Problem.NOT_A_CHOICE
    ways = tuple(way for way in channels if way is not FeedbackChannel.NO_CONTACT)
    if not ways:
        reader.problems["tried_by"] = Problem.MISSING
    last_at = reader.moment("tried_date", "tried_time")
    if last_at is not None and last_at > now:
        reader.problems["tried_date"] = Problem.IN_THE_FUTURE
    elif last_at is not None and last_at < opened_at.replace(second=0, microsecond=0):
        reader.problems["tried_date"] = Problem.IN_THE_PAST
    reader.check()
    return Attempts(int(tries), ways, last_at or now)


def _one_text(typed: Mapping[str, str], name: str, *, limit: int) -> str:
    reader = AnswerReader(typed)
    text = reader.text(name, limit=limit)
    reader.check()
    return text.strip()
