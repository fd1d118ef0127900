"""A form on a case: judged before it is shown, and shown again with what is to be mended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.living_card import case_here, show_changed, show_form
from bot.router import Router
from bot.turn import Answer, Desk, Turn
from cards.card_action import OnCase
from cards.elements import Json
from cards.errors import OUTDATED_FORM
from cards.forms import Problems, Typed
from cards.notice import Notice
from retention.domain.case import Case, CaseAction
from retention.domain.errors import InvalidAnswers, OutdatedForm, RetentionError


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a form: what was typed, what to mend in it, what to say on top."""

    typed: Typed = field(default_factory=dict)
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None


EMPTY = Filled()

Draw = Callable[[Case, Filled, Turn, Desk], Json | None]
"""Draws a form on the case as it is now; None: the case has no use for it any more."""


class CaseForm:
    """Show a form to whoever may fill it in, and change the case by what was typed in it."""

    def __init__(self, action: CaseAction, draw: Draw) -> None:
        self._action = action
        self._draw = draw

    async def open(self, turn: Turn, pressed: OnCase, desk: Desk) -> Answer:
        """Answer the button that asks for the form."""
        return await self.show(turn, await case_here(turn, pressed.number, desk), desk)

    async def send(
        self,
        turn: Turn,
        pressed: OnCase,
        desk: Desk,
        change: Callable[[Case], Awaitable[Case]],
        *,
        raises: tuple[type[RetentionError], ...] = (),
    ) -> Answer:
        """Answer the button that sends the form: the changed case, or the form once more.

        Args:
            turn: who sends it.
            pressed: the button, with what was typed.
            desk: what handlers work with.
            change: reads what was typed, and acts. InvalidAnswers and OutdatedForm show the form
                again, any other refusal the case with why not.
            raises: refusals that the caller answers.
        """
        case = await case_here(turn, pressed.number, desk)
        mended = (InvalidAnswers, OutdatedForm, *raises)
        try:
            return await show_changed(case, change(case), desk, mended=mended)
        except InvalidAnswers as invalid:
            return await self.show(turn, case, desk, Filled(pressed.typed, invalid.problems))
        except OutdatedForm:
            return await self.show(turn, case, desk, Filled(pressed.typed, notice=OUTDATED_FORM))

    async def show(self, turn: Turn, case: Case, desk: Desk, filled: Filled = EMPTY) -> Answer:
        """Show the form to whoever may fill it in, to anybody else why not."""

        def form(case: Case) -> Json | None:
            return self._draw(case, filled, turn, desk)

        return await show_form(turn, case, self._action, desk, form)


def case_form(
    router: Router, opener: type[OnCase], action: CaseAction
) -> Callable[[Draw], CaseForm]:
    """Make the form that a function draws; `opener` asks for it, `action` is what it leads to."""

    def register(draw: Draw) -> CaseForm:
        form = CaseForm(action, draw)
        router.action(opener)(form.open)
        return form

    return register
