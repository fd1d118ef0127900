"""What the inputs of the case's own forms mean: note, steps, the RC's answer, the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cards.formats import typed_moment
from dialogs.answers import AnswerReader
from retention.domain.cancellation import CancellationReason, OriginChannel
from retention.domain.case import Outcome
from retention.domain.errors import Problem
from retention.domain.events import FeedbackChannel, OutcomeKind

_MAX_NOTE = 1000
_MAX_TEXT = 600
_MAX_NAME = 120


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
    customer_said: str = ""


def read_note(typed: Mapping[str, str]) -> str:
    """Raises InvalidAnswers: a note needs words."""
    reader = AnswerReader(typed)
    text = reader.text("note", limit=_MAX_NOTE)
    reader.check()
    return text.strip()


def read_answer(typed: Mapping[str, str], *, now: datetime) -> RcAnswer:
    """Read the RC's answer; "reverted" is refused without who confirmed it, when and by which way.

    Raises:
        InvalidAnswers: with a problem per input.
    """
    reader = AnswerReader(typed)
    kind = reader.choice("answer", AnswerKind)
    reader.check()
    if kind is AnswerKind.NOT_REVERTED:
        said = reader.text("customer_said", limit=_MAX_TEXT, needed=False)
        reader.check()
        return RcAnswer(reversal=None, customer_said=said.strip())
    confirmed_by = reader.text("confirmed_by", limit=_MAX_NAME).strip()
    confirmed_at = _moment(reader, typed, now=now)
    channel = reader.choice("confirmed_channel", OriginChannel)
    reader.check()
    return RcAnswer(reversal=Reversal(confirmed_by, confirmed_at, channel))


def read_outcome(typed: Mapping[str, str]) -> Outcome:
    """Read how the case ended. Kept and lost need the feedback attempt and the lesson.

    Raises:
        InvalidAnswers: with a problem per input.
    """
    reader = AnswerReader(typed)
    kind = reader.choice("outcome", OutcomeKind)
    reason = reader.choice("real_reason", CancellationReason)
    is_other = "real_reason" not in reader.problems and reason is CancellationReason.OTHER
    reason_text = reader.text("real_reason_text", limit=_MAX_NAME, needed=is_other)
    needs_lesson = "outcome" in reader.problems or kind is not OutcomeKind.VOID
    feedback_channel = None
    if needs_lesson or typed.get("feedback_channel", "").strip():
        feedback_channel = reader.choice("feedback_channel", FeedbackChannel)
    was_reached = needs_lesson and feedback_channel is not FeedbackChannel.NO_CONTACT
    feedback_result = reader.text("feedback_result", limit=_MAX_TEXT, needed=was_reached)
    lesson = reader.text("lesson", limit=_MAX_TEXT, needed=needs_lesson)
    reader.check()
    return Outcome(
        kind=kind,
        real_reason=reason,
        real_reason_text=reason_text.strip() if is_other else "",
        feedback_channel=feedback_channel,
        feedback_result=feedback_result.strip(),
        lesson=lesson.strip(),
    )


def _moment(reader: AnswerReader, typed: Mapping[str, str], *, now: datetime) -> datetime:
    """Read date and time as São Paulo's; nobody confirms in the future."""
    day = reader.text("confirmed_date", limit=_MAX_NAME)
    time = reader.text("confirmed_time", limit=_MAX_NAME)
    if not (day and time):
        return now
    try:
        moment = typed_moment(day, time)
    except ValueError:
        reader.problems["confirmed_date"] = Problem.DATE
        return now
    if moment > now:
        reader.problems["confirmed_date"] = Problem.IN_THE_FUTURE
    return moment
