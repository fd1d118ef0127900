"""Buttons of the end of a case: its documents, its outcome."""

from __future__ import annotations

from cards.card_action import OnCase, Typed


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


ACTIONS = (
    OpenDocumentsForm,
    MarkDocuments,
    OpenResultForm,
    RecordResult,
)
