"""The buttons of a case whose effect nobody sees in public: behind the "…", without a colour."""

from __future__ import annotations

from collections.abc import Sequence

from cards.actions.private import CallSupport, OpenRiskForm
from cards.elements import Json
from retention.domain.case import Case


def private_buttons(case: Case) -> Sequence[Json]:
    """Offer what is done in private on any open case."""
    return [
        OpenRiskForm.on(case, "Risco de detrator…", secondary=True),
        CallSupport.on(case, "Preciso de apoio", secondary=True),
    ]
