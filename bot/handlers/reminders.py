"""Reminders that wait: for how long, and why."""

from __future__ import annotations

from bot.handlers.case_form import Filled, case_form
from bot.router import Router
from bot.turn import Answer, Desk, Turn
from cards.actions.case import OpenSnoozeForm, SnoozeReminders
from cards.case_forms import snooze_card
from cards.elements import Json
from dialogs.case_answers import read_snooze
from retention.domain.case import Case, CaseAction

router = Router()


@case_form(router, OpenSnoozeForm, CaseAction.SNOOZE)
def snooze_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json:
    return snooze_card(case, typed=filled.typed, problems=filled.problems)


@router.action(SnoozeReminders)
async def snooze(turn: Turn, action: SnoozeReminders, desk: Desk) -> Answer:
    async def change(case: Case) -> Case:
        choice, why = read_snooze(action.typed)
        until = desk.services.business.wake_at(choice, desk.services.clock())
        return await desk.services.cases.snooze(
            actor=turn.actor, number=case.number, until=until, why=why, seen=action.v
        )

    return await snooze_form.send(turn, action, desk, change)
