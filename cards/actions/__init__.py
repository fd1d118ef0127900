"""One class per button: what its card carries back, shared by the card and its handler.

One module for each chapter, which lists its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from cards.actions import (
    around,
    case,
    closing,
    desk,
    intake,
    numbers,
    private,
    rehearsal,
    treatment,
    triangulation,
)
from cards.card_action import CardAction

ACTIONS: Mapping[str, type[CardAction]] = {
    action.verb: action
    for chapter in (
        intake,
        case,
        numbers,
        treatment,
        desk,
        closing,
        rehearsal,
        around,
        private,
        triangulation,
    )
    for action in chapter.ACTIONS
}
"""Every button there is, by verb."""
