"""Reminders that wait: for how long, and why."""

from __future__ import annotations

from bot.living_card import case_here, show_changed, show_form
from bot.router import Router
from bot.turn import Answer, Desk, Turn
from cards.actions.case import OpenSnoozeForm, SnoozeReminders
from cards.case_forms import snooze_card
from cards.elements import Json
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed
from dialogs.case_answers import read_snooze
from retention.domain.case import Case, CaseAction
from retention.domain.errors import InvalidAnswers

router = Router()


@router.action(OpenSnoozeForm)
async def snooze_form(turn: Turn, action: OpenSnoozeForm, desk: Desk) -> Answer:
    return await _snooze_form(turn, await case_here(turn, action.number, desk), desk)


@router.action(SnoozeReminders)
async def snooze(turn: Turn, action: SnoozeReminders, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    try:
        choice, why = read_snooze(action.typed)
    except InvalidAnswers as invalid:
        return await _snooze_form(turn, case, desk, action.typed, invalid.problems)
    until = desk.services.business.wake_at(choice, desk.services.clock())
    change = desk.services.cases.snooze(
        actor=turn.actor, number=case.number, until=until, why=why, seen=action.v
    )
    return await show_changed(case, change, desk)


async def _snooze_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Answer:
    def form(case: Case) -> Json:
        return snooze_card(case, typed=typed, problems=problems)

    return await show_form(turn, case, CaseAction.SNOOZE, desk, form)
