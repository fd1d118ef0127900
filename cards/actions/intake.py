"""Buttons of the form that opens a case."""

from __future__ import annotations

from cards.card_action import CardAction, OnDraft, Typed


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


class JoinFromFacts(ContinueForm):
    """Join the open case of the Caso with the customer's words alone."""

    verb = "form.join_words"


class FixCaseNumber(OnDraft):
    verb = "form.fix_number"


ACTIONS = (
    StartForm,
    ContinueForm,
    FindInCrm,
    OpenInCrm,
    RegisterCase,
    BackToFacts,
    DiscardForm,
    JoinOpenCase,
    JoinFromFacts,
    FixCaseNumber,
)
