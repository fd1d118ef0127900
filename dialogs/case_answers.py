"""What the inputs of the case's own forms mean: note, plan, answer, correction, outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cards.formats import today
from dialogs.answers import AnswerReader
from retention.domain.business_clock import SnoozeFor
from retention.domain.cancellation import CancellationPath, CancellationReason, OriginChannel
from retention.domain.case import Outcome
from retention.domain.errors import Problem
from retention.domain.events import FeedbackChannel, OutcomeKind
from retention.domain.people import PersonId, PersonRef
from retention.domain.treatment import Plan

_MAX_NOTE = 1000
_MAX_TEXT = 600
_MAX_NAME = 120
_MAX_REASON = 300


class AnswerKind(StrEnum):
    REVERTED = "reverted"
    NOT_REVERTED = "not_reverted"


@dataclass(frozen=True, slots=True)
class Reversal:
    """The evidence that the customer stays."""

    confirmed_by: str
    confirmed_at: datetime
    channel: OriginChannel


@dataclass(frozen=True, slots=True)
class RcAnswer:
    """How path 1 ended: with a reversal, or without one."""

    reversal: Reversal | None
    told: str
    customer_said: str = ""


def read_note(typed: Mapping[str, str]) -> str:
    """Raises InvalidAnswers: a note needs words."""
    reader = AnswerReader(typed)
    text = reader.text("note", limit=_MAX_NOTE)
    reader.check()
    return text.strip()


def read_snooze(typed: Mapping[str, str]) -> tuple[SnoozeFor, str]:
    """Read for how long reminders wait, and why. Raises InvalidAnswers."""
    reader = AnswerReader(typed)
    choice = reader.choice("snooze_for", SnoozeFor)
    why = reader.text("snooze_why", limit=_MAX_REASON)
    reader.check()
    return choice, why.strip()


def read_risk(typed: Mapping[str, str]) -> str:
    """Read what was heard. Raises InvalidAnswers."""
    reader = AnswerReader(typed)
    heard = reader.text("heard", limit=_MAX_REASON)
    reader.check()
    return heard.strip()


def read_absence(typed: Mapping[str, str]) -> tuple[PersonId, date | None]:
    """Read who is away and until when; None: they are back. Raises InvalidAnswers."""
    reader = AnswerReader(typed)
    person = PersonId(reader.text("absent_who", limit=_MAX_NAME).strip())
    day = reader.text("absent_until", limit=_MAX_NAME, needed=False).strip()
    until = None
    try:
        until = date.fromisoformat(day) if day else None
    except ValueError:
        reader.problems["absent_until"] = Problem.DATE
    reader.check()
    return person, until


def read_answer(typed: Mapping[str, str], *, now: datetime) -> RcAnswer:
    """Read the RC's answer; "reverted" is refused without who confirmed it, when and by which way.

    Process document: the customer is told the next steps clearly, whatever the answer.

    Raises:
        InvalidAnswers: with a problem per input.
    """
    reader = AnswerReader(typed)
    kind = reader.choice("answer", AnswerKind)
    is_answered = not reader.problems
    told = reader.text("told", limit=_MAX_TEXT).strip()
    if not is_answered or kind is AnswerKind.NOT_REVERTED:
        said = reader.text("customer_said", limit=_MAX_TEXT, needed=False)
        reader.check()
        return RcAnswer(None, told, customer_said=said.strip())
    confirmed_by = reader.text("confirmed_by", limit=_MAX_NAME).strip()
    confirmed_at = _moment(reader, now=now)
    channel = reader.choice("confirmed_channel", OriginChannel)
    reader.check()
    return RcAnswer(Reversal(confirmed_by, confirmed_at, channel), told)


def read_outcome(typed: Mapping[str, str]) -> tuple[Outcome, str]:
    """Read how the case ended, and why although something is missing; the close gate judges it.

    Raises:
        InvalidAnswers: what was typed cannot be taken.
    """
    reader = AnswerReader(typed)
    reason = reader.choice_if_any("real_reason", CancellationReason)
    reason_text = reader.text("real_reason_text", limit=_MAX_NAME, needed=False)
    outcome = Outcome(
        kind=reader.choice_if_any("outcome", OutcomeKind),
        real_reason=reason,
        real_reason_text=reason_text.strip() if reason is CancellationReason.OTHER else "",
        feedback_channel=reader.choice_if_any("feedback_channel", FeedbackChannel),
        feedback_result=reader.text("feedback_result", limit=_MAX_TEXT, needed=False).strip(),
        lesson=reader.text("lesson", limit=_MAX_TEXT, needed=False).strip(),
    )
    override = reader.text("override", limit=_MAX_TEXT, needed=False).strip()
    reader.check()
    return outcome, override


def read_plan(typed: Mapping[str, str], team: Sequence[PersonRef], *, now: datetime) -> Plan:
    """Read the plan of path 1; `team` are the people it may be given to.

    Raises:
        InvalidAnswers: with a problem per input.
    """
    reader = AnswerReader(typed)
    what = reader.text("plan_what", limit=_MAX_TEXT)
    who = reader.text("plan_who", limit=_MAX_NAME).strip()
    person = next((person for person in team if person.id == who), None)
    if who and person is None:
        reader.problems["plan_who"] = Problem.NOT_A_CHOICE
    due = _day(reader, now=now)
    told = reader.text("told", limit=_MAX_TEXT, needed=False)
    reader.check()
    return Plan(what.strip(), person or team[0], due, told.strip())


@dataclass(frozen=True, slots=True)
class Correction:
    """The path and reason a case should have, and why."""

    path: CancellationPath
    reason: CancellationReason
    reason_text: str
    why: str


def read_correction(typed: Mapping[str, str]) -> Correction:
    """Read a corrected classification. Raises InvalidAnswers, with a problem per input."""
    reader = AnswerReader(typed)
    path = reader.choice("path", CancellationPath)
    reason = reader.choice("reason", CancellationReason)
    is_other = "reason" not in reader.problems and reason is CancellationReason.OTHER
    reason_text = reader.text("reason_text", limit=_MAX_NAME, needed=is_other)
    why = reader.text("why", limit=_MAX_TEXT)
    reader.check()
    return Correction(path, reason, reason_text.strip() if is_other else "", why.strip())


def _day(reader: AnswerReader, *, now: datetime) -> date:
    """Read a day of the calendar, today in São Paulo or later."""
    typed = reader.text("plan_due", limit=_MAX_NAME).strip()
    try:
        day = date.fromisoformat(typed) if typed else today(now)
    except ValueError:
        reader.problems["plan_due"] = Problem.DATE
        return today(now)
    if day < today(now):
        reader.problems["plan_due"] = Problem.IN_THE_PAST
    return day


def _moment(reader: AnswerReader, *, now: datetime) -> datetime:
    """Read when the customer confirmed; nobody does so in the future."""
    moment = reader.moment("confirmed_date", "confirmed_time")
    if moment is not None and moment > now:
        reader.problems["confirmed_date"] = Problem.IN_THE_FUTURE
    return moment or now
