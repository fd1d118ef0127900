"""Buttons of any open case: claim, note, classification, reminders, the steps in the CRM."""

from __future__ import annotations

from cards.card_action import DraftId, OnCase, Typed, ticked
from retention.domain.events import HandoverStep


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


class TickSteps(OnCase):
    verb = "crm.tick"

    crm_steps: Typed = ""

    @property
    def steps(self) -> tuple[HandoverStep, ...]:
        """List the ticked steps in the order of the process; what is no step is left out."""
        return ticked(self.crm_steps, HandoverStep)


ACTIONS = (
    ViewCase,
    ClaimCase,
    OpenNoteForm,
    AddNote,
    OpenReclassifyForm,
    Reclassify,
    TakeBackMove,
    OpenSnoozeForm,
    SnoozeReminders,
    TickSteps,
)
