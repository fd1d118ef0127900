"""Buttons around the cases: lists, the team, reports, the digest, notices, help."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cards.card_action import CardAction, Month, OnCase, Typed


class ListCases(CardAction):
    verb = "cases.list"

    which: Literal["open", "mine", "unclaimed", "watched"] = "open"


class OpenAbsenceForm(CardAction):
    verb = "team.absence_form"


class TellAbsence(CardAction):
    """Who is away until when; without a day, they are back."""

    verb = "team.absence"

    absent_who: Typed = ""
    absent_until: Typed = ""


class ShowReport(CardAction):
    """The numbers of a month, `by` reason, path or person, or all of them."""

    verb = "report.show"

    month: Month
    by: Literal["", "reason", "path", "author", "owner"] = ""


class ListReport(CardAction):
    """The cases behind one number of a report, or behind one line of a breakdown."""

    verb = "report.cases"

    month: Month
    measure: Literal[
        "", "opened", "claimed", "reverted", "retained", "lost", "void", "exception", "feedback"
    ] = ""
    by: Literal["", "reason", "path", "author", "owner"] = ""
    key: Annotated[str, Field(max_length=80)] = ""
    skip: Annotated[int, Field(ge=0, le=100_000)] = 0


class SeeException(OnCase):
    """A leader has seen, on the summary of the day, that a case was ended by exception."""

    verb = "digest.seen"


class OpenDigestAssign(OnCase):
    """Ask, on the summary of the day, who takes a case without owner."""

    verb = "digest.assign_form"


class DigestAssign(OnCase):
    verb = "digest.assign"

    assign_to: Typed = ""


class ShowDigest(CardAction):
    verb = "digest.show"


class MuteNotices(CardAction):
    """Stop (`on` is 1) or begin to tell whoever presses of a kind of thing."""

    verb = "notices.mute"

    kind: Literal["digest", "risk"]
    on: Literal[0, 1]


class ShowHelp(CardAction):
    verb = "help.show"


ACTIONS = (
    ListCases,
    OpenAbsenceForm,
    TellAbsence,
    ShowReport,
    ListReport,
    SeeException,
    OpenDigestAssign,
    DigestAssign,
    ShowDigest,
    MuteNotices,
    ShowHelp,
)
