"""`Triangular`: the three-way call, and whether the customer came to it."""

from __future__ import annotations

from bot.handlers.case_form import Filled, case_form
from bot.router import Router
from bot.turn import Answer, Desk, Turn
from cards.actions.triangulation import (
    OpenAttendedForm,
    OpenTriangulationForm,
    TellAttended,
    Triangulate,
)
from cards.elements import Json
from cards.triangulation_part import attended_card, triangulation_card
from dialogs.triangulation_answers import read_attended, read_call
from retention.domain.case import Case, CaseAction

router = Router()


@case_form(router, OpenTriangulationForm, CaseAction.TRIANGULATE)
def call_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json:
    team = desk.services.directory.colleagues(turn.actor.id, author=case.opened_by)
    now = desk.services.clock()
    return triangulation_card(case, team, now=now, typed=filled.typed, problems=filled.problems)


@router.action(Triangulate)
async def triangulate(turn: Turn, action: Triangulate, desk: Desk) -> Answer:
    async def change(case: Case) -> Case:
        team = desk.services.directory.colleagues(turn.actor.id, author=case.opened_by)
        call = read_call(action.typed, team, now=desk.services.clock())
        return await desk.services.cases.triangulate(
            actor=turn.actor, number=case.number, call=call, seen=action.v
        )

    return await call_form.send(turn, action, desk, change)


@case_form(router, OpenAttendedForm, CaseAction.TRIANGULATED)
def attended_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json | None:
    """Draw the form while nobody has told."""
    if case.triangulation is None:
        return None
    return attended_card(case, typed=filled.typed, problems=filled.problems)


@router.action(TellAttended)
async def tell_attended(turn: Turn, action: TellAttended, desk: Desk) -> Answer:
    async def change(case: Case) -> Case:
        attended, note = read_attended(action.typed)
        return await desk.services.cases.end_triangulation(
            actor=turn.actor, number=case.number, attended=attended, note=note
        )

    return await attended_form.send(turn, action, desk, change)
