"""Buttons whose effect nobody sees in public."""

from __future__ import annotations

from cards.card_action import CallId, CardAction, OnCase


class CallSupport(OnCase):
    """Call a lead in private: nothing of it is said in the thread."""

    verb = "agent.support"


class AnswerSupport(CardAction):
    """Whoever was called in private says that they are coming."""

    verb = "support.coming"

    call: CallId


ACTIONS = (CallSupport, AnswerSupport)
