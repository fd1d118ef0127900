"""One class per button: what its card carries back, shared by the card and its handler."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from cards.card_action import CardAction, DraftId, Month, OnCase, OnDraft, OnRehearsal, Typed
from retention.domain.events import HandoverStep, TreatmentStep

_Value = TypeVar("_Value", bound=StrEnum)


# ---- the form ------------------------------------------------------------------------------------


class StartForm(CardAction):
    verb = "form.start"


class ContinueForm(OnDraft):
    verb = "form.continue"

    crm_case: Typed = ""
    customer: Typed = ""
    channel: Typed = ""
    verbatim: Typed = ""
    mood: Typed = ""
    tax_id: Typed = ""
    monthly_value: Typed = ""
    contact: Typed = ""


class FindInCrm(ContinueForm):
    """Fill in what the CRM knows of the Caso; what was typed stays."""

    verb = "form.find"


class OpenInCrm(ContinueForm):
    """Create the Caso that there is not yet."""

    verb = "form.open_in_crm"


class RegisterCase(OnDraft):
    verb = "form.register"

    path: Typed = ""
    reason: Typed = ""
    reason_text: Typed = ""


class BackToFacts(OnDraft):
    verb = "form.back"


class DiscardForm(OnDraft):
    verb = "form.discard"


class JoinOpenCase(OnDraft):
    verb = "form.join"


class FixCaseNumber(OnDraft):
    verb = "form.fix_number"


# ---- the case ------------------------------------------------------------------------------------


class ViewCase(OnCase):
    verb = "case.view"


class ClaimCase(OnCase):
    verb = "case.claim"


class OpenNoteForm(OnCase):
    verb = "case.note_form"


class AddNote(OnCase):
    """`k` names the form the note came from, so that a repeat adds nothing."""

    verb = "case.note"

    k: DraftId
    note: Typed = ""


class OpenReclassifyForm(OnCase):
    verb = "case.reclassify_form"


class Reclassify(OnCase):
    verb = "case.reclassify"

    path: Typed = ""
    reason: Typed = ""
    reason_text: Typed = ""
    why: Typed = ""


class TakeBackMove(OnCase):
    """Undo the move that the customer's words made by themselves."""

    verb = "case.take_back"


class OpenSnoozeForm(OnCase):
    verb = "case.snooze_form"


class SnoozeReminders(OnCase):
    """Let reminders wait: for how long, and why."""

    verb = "case.snooze"

    snooze_for: Typed = ""
    snooze_why: Typed = ""


class OpenDocumentsForm(OnCase):
    verb = "case.documents_form"


class MarkDocuments(OnCase):
    """Each input holds the keys of the documents that reached its state."""

    verb = "case.documents"

    doc_requested: Typed = ""
    doc_received: Typed = ""
    doc_validated: Typed = ""


class OpenResultForm(OnCase):
    verb = "case.result_form"


class RecordResult(OnCase):
    verb = "case.result"

    outcome: Typed = ""
    real_reason: Typed = ""
    real_reason_text: Typed = ""
    feedback_channel: Typed = ""
    feedback_result: Typed = ""
    lesson: Typed = ""
    doc_validated: Typed = ""
    override: Typed = ""


# ---- path 1 --------------------------------------------------------------------------------------


class TickTreatment(OnCase):
    verb = "rc.tick"

    rc_steps: Typed = ""

    @property
    def steps(self) -> tuple[TreatmentStep, ...]:
        """List the ticked steps in the order of the process; what is no step is left out."""
        return _ticked(self.rc_steps, TreatmentStep)


class CallN2(OnCase):
    verb = "rc.call_n2"


class CallLead(OnCase):
    verb = "rc.call_lead"


class AnswerCall(OnCase):
    """Whoever was called says that they are coming."""

    verb = "rc.coming"


class OpenPlanForm(OnCase):
    verb = "rc.plan_form"


class SavePlan(OnCase):
    verb = "rc.plan_save"

    plan_what: Typed = ""
    plan_who: Typed = ""
    plan_due: Typed = ""
    told: Typed = ""


class OpenAnswerForm(OnCase):
    verb = "rc.answer_form"


class RecordAnswer(OnCase):
    """How path 1 ended: `answer` is ``reverted`` or ``not_reverted``."""

    verb = "rc.answer"

    answer: Typed = ""
    told: Typed = ""
    confirmed_by: Typed = ""
    confirmed_date: Typed = ""
    confirmed_time: Typed = ""
    confirmed_channel: Typed = ""
    customer_said: Typed = ""


# ---- handover ------------------------------------------------------------------------------------


class TickSteps(OnCase):
    verb = "crm.tick"

    crm_steps: Typed = ""

    @property
    def steps(self) -> tuple[HandoverStep, ...]:
        """List the ticked steps in the order of the process; what is no step is left out."""
        return _ticked(self.crm_steps, HandoverStep)


# ---- the rehearsal -------------------------------------------------------------------------------


class StartRehearsal(CardAction):
    verb = "rehearsal.start"


class AnswerDialogue(OnRehearsal):
    """The card asks for either `reason` or `opening`."""

    verb = "rehearsal.answer"

    route: Typed = ""
    reason: Typed = ""
    opening: Typed = ""
    next_action: Typed = ""


class NextDialogue(OnRehearsal):
    verb = "rehearsal.next"


class EndRehearsal(OnRehearsal):
    verb = "rehearsal.end"


# ---- around it -----------------------------------------------------------------------------------


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


class MuteNotices(CardAction):
    """Stop (`on` is 1) or begin to tell whoever presses of a kind of thing."""

    verb = "notices.mute"

    kind: Literal["digest"]
    on: Literal[0, 1]


class ShowHelp(CardAction):
    verb = "help.show"


ACTIONS: Mapping[str, type[CardAction]] = {
    action.verb: action
    for action in (
        StartForm,
        ContinueForm,
        FindInCrm,
        OpenInCrm,
        RegisterCase,
        BackToFacts,
        DiscardForm,
        JoinOpenCase,
        FixCaseNumber,
        ViewCase,
        ClaimCase,
        OpenNoteForm,
        AddNote,
        OpenReclassifyForm,
        Reclassify,
        TakeBackMove,
        OpenSnoozeForm,
        SnoozeReminders,
        OpenDocumentsForm,
        MarkDocuments,
        OpenResultForm,
        RecordResult,
        TickTreatment,
        CallN2,
        CallLead,
        AnswerCall,
        OpenPlanForm,
        SavePlan,
        OpenAnswerForm,
        RecordAnswer,
        TickSteps,
        StartRehearsal,
        AnswerDialogue,
        NextDialogue,
        EndRehearsal,
        ListCases,
        OpenAbsenceForm,
        TellAbsence,
        ShowReport,
        ListReport,
        SeeException,
        MuteNotices,
        ShowHelp,
    )
}
"""Every button there is, by verb."""


def _ticked(value: str, choices: type[_Value]) -> tuple[_Value, ...]:
    """Read a choice of several, which Teams sends as one value with commas."""
    ticked = {each.strip() for each in value.split(",")}
    return tuple(choice for choice in choices if choice in ticked)
