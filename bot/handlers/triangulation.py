"""`Triangular`: the three-way call, and whether the customer came to it."""

from __future__ import annotations

from bot.living_card import case_here, show_changed, show_form
from bot.router import Router
from bot.turn import Answer, Desk, Turn
from cards.actions.triangulation import (
    OpenAttendedForm,
    OpenTriangulationForm,
    TellAttended,
    Triangulate,
)
from cards.elements import Json
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed
from cards.triangulation_part import attended_card, triangulation_card
from dialogs.triangulation_answers import read_attended, read_call
from retention.domain.case import Case, CaseAction
from retention.domain.errors import InvalidAnswers
from retention.domain.people import PersonRef

router = Router()


@router.action(OpenTriangulationForm)
async def call_form(turn: Turn, action: OpenTriangulationForm, desk: Desk) -> Answer:
    return await _call_form(turn, await case_here(turn, action.number, desk), desk)


@router.action(Triangulate)
async def triangulate(turn: Turn, action: Triangulate, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    try:
        call = read_call(action.typed, _others(turn, case, desk), now=desk.services.clock())
    except InvalidAnswers as invalid:
        return await _call_form(turn, case, desk, action.typed, invalid.problems)
    change = desk.services.cases.triangulate(
        actor=turn.actor, number=case.number, call=call, seen=action.v
    )
    return await show_changed(case, change, desk)


@router.action(OpenAttendedForm)
async def attended_form(turn: Turn, action: OpenAttendedForm, desk: Desk) -> Answer:
    return await _attended_form(turn, await case_here(turn, action.number, desk), desk)


@router.action(TellAttended)
async def tell_attended(turn: Turn, action: TellAttended, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    try:
        attended, note = read_attended(action.typed)
    except InvalidAnswers as invalid:
        return await _attended_form(turn, case, desk, action.typed, invalid.problems)
    change = desk.services.cases.end_triangulation(
        actor=turn.actor, number=case.number, attended=attended, note=note
    )
    return await show_changed(case, change, desk)


def _others(turn: Turn, case: Case, desk: Desk) -> list[PersonRef]:
    """List whom the presser may call in: the author of the case first, never themselves."""
    team = desk.services.directory.team(case.opened_by)
    return [person for person in team if person.id != turn.actor.id]


async def _call_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Answer:
    def form(case: Case) -> Json:
        team, now = _others(turn, case, desk), desk.services.clock()
        return triangulation_card(case, team, now=now, typed=typed, problems=problems)

    return await show_form(turn, case, CaseAction.TRIANGULATE, desk, form)


async def _attended_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Answer:
    """Show the form while nobody has told."""

    def form(case: Case) -> Json | None:
        if case.triangulation is None:
            return None
        return attended_card(case, typed=typed, problems=problems)

    return await show_form(turn, case, CaseAction.TRIANGULATED, desk, form)
