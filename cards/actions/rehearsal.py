"""Buttons of `/treino`."""

from __future__ import annotations

from cards.card_action import CardAction, OnRehearsal, Typed


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


ACTIONS = (
    StartRehearsal,
    AnswerDialogue,
    NextDialogue,
    EndRehearsal,
)
