"""Buttons whose effect nobody sees in public."""

from __future__ import annotations

from cards.card_action import CallId, CardAction, OnCase, Typed


class CallSupport(OnCase):
    """Call a lead in private: nothing of it is said in the thread."""

    verb = "agent.support"


class AnswerSupport(CardAction):
    """Whoever was called in private says that they are coming."""

    verb = "support.coming"

    call: CallId


class OpenRiskForm(OnCase):
    verb = "case.risk_form"


class TellRisk(OnCase):
    """Have a lead told in private of what was heard."""

    verb = "case.risk"

    heard: Typed = ""


ACTIONS = (CallSupport, AnswerSupport, OpenRiskForm, TellRisk)
