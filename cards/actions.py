"""One class per button: what its card carries back, shared by the card and its handler.

A button's data names what to do. Who may do it, and whether, the domain decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from cards.elements import Json
from retention.domain.case import CaseNumber
from retention.domain.events import HandoverStep

_CODE_PREFIX = "RET-"

DraftId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
CaseCode = Annotated[str, Field(pattern=rf"^{_CODE_PREFIX}[0-9]{{4,9}}$")]
Version = Annotated[int, Field(ge=0, le=999_999_999)]
Typed = Annotated[
    str,
    BeforeValidator(lambda value: "" if value is None else value),
    AfterValidator(lambda value: value.replace("\0", "")),
    Field(max_length=4000),
]
"""What a person typed, as typed. Teams: an input left out comes as "", null or not at all."""


class CardAction(BaseModel):
    """A button: `verb` names it, its fields are what it carries, `inputs` those a person fills."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    verb: ClassVar[str]
    inputs: ClassVar[tuple[str, ...]] = ()

    @property
    def typed(self) -> dict[str, str]:
        """Give input id → what was typed, in the order of the form."""
        return {name: getattr(self, name) for name in self.inputs}

    @classmethod
    def button(
        cls,
        title: str,
        *,
        style: Literal["positive"] | None = None,
        **data: str | int,
    ) -> Json:
        """Make the button. One that reads no input is not held up by required ones.

        Teams: a client without Action.Execute sends the fallback as a message with this value.
        """
        extras: Json = {} if cls.inputs else {"associatedInputs": "none"}
        if style:
            extras["style"] = style
        return {
            "type": "Action.Execute",
            "id": cls.verb.replace(".", "-"),
            "title": title,
            "verb": cls.verb,
            "data": data,
            **extras,
            "fallback": {
                "type": "Action.Submit",
                "title": title,
                "data": {"verb": cls.verb, **data},
                "msteams": {"feedback": {"hide": True}},
                **extras,
            },
        }


class OnDraft(CardAction):
    """A button of a request being written; `v` is the draft's version the card shows."""

    draft: DraftId
    v: Version


class OnCase(CardAction):
    """A button of a case; `v` is the case's version the card shows."""

    case: CaseCode
    v: Version = 0

    @property
    def number(self) -> CaseNumber:
        return CaseNumber(int(self.case.removeprefix(_CODE_PREFIX)))


# ---- the form ------------------------------------------------------------------------------------


class StartForm(CardAction):
    verb = "form.start"


class ContinueForm(OnDraft):
    verb = "form.continue"
    inputs = (
        "crm_case",
        "customer",
        "channel",
        "verbatim",
        "mood",
        "tax_id",
        "monthly_value",
        "contact",
    )

    crm_case: Typed = ""
    customer: Typed = ""
    channel: Typed = ""
    verbatim: Typed = ""
    mood: Typed = ""
    tax_id: Typed = ""
    monthly_value: Typed = ""
    contact: Typed = ""


class RegisterCase(OnDraft):
    verb = "form.register"
    inputs = ("path", "reason", "reason_text")

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
    inputs = ("note",)

    k: DraftId
    note: Typed = ""


class OpenResultForm(OnCase):
    verb = "case.result_form"


class RecordResult(OnCase):
    verb = "case.result"
    inputs = (
        "outcome",
        "real_reason",
        "real_reason_text",
        "feedback_channel",
        "feedback_result",
        "lesson",
    )

    outcome: Typed = ""
    real_reason: Typed = ""
    real_reason_text: Typed = ""
    feedback_channel: Typed = ""
    feedback_result: Typed = ""
    lesson: Typed = ""


class OpenAnswerForm(OnCase):
    verb = "rc.answer_form"


class RecordAnswer(OnCase):
    """How path 1 ended: `answer` is ``reverted`` or ``not_reverted``."""

    verb = "rc.answer"
    inputs = (
        "answer",
        "confirmed_by",
        "confirmed_date",
        "confirmed_time",
        "confirmed_channel",
        "customer_said",
    )

    answer: Typed = ""
    confirmed_by: Typed = ""
    confirmed_date: Typed = ""
    confirmed_time: Typed = ""
    confirmed_channel: Typed = ""
    customer_said: Typed = ""


class TickSteps(OnCase):
    verb = "crm.tick"
    inputs = ("crm_steps",)

    crm_steps: Typed = ""

    @property
    def steps(self) -> tuple[HandoverStep, ...]:
        """List the ticked steps in the order of the process; what is no step is left out."""
        ticked = {value.strip() for value in self.crm_steps.split(",")}
        return tuple(step for step in HandoverStep if step in ticked)


# ---- around it -----------------------------------------------------------------------------------


class ListCases(CardAction):
    verb = "cases.list"

    which: Literal["open", "mine", "unclaimed", "watched"] = "open"


class ShowHelp(CardAction):
    verb = "help.show"


ACTIONS: Mapping[str, type[CardAction]] = {
    action.verb: action
    for action in (
        StartForm,
        ContinueForm,
        RegisterCase,
        BackToFacts,
        DiscardForm,
        JoinOpenCase,
        FixCaseNumber,
        ViewCase,
        ClaimCase,
        OpenNoteForm,
        AddNote,
        OpenResultForm,
        RecordResult,
        OpenAnswerForm,
        RecordAnswer,
        TickSteps,
        ListCases,
        ShowHelp,
    )
}
"""Every button there is, by verb."""
