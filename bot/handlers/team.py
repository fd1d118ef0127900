"""`/equipe`: who is on duty, who is away, and telling an absence."""

from __future__ import annotations

from bot.router import Router
from bot.turn import Answer, Desk, Show, Turn
from cards.actions.around import OpenAbsenceForm, TellAbsence
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed
from cards.team_card import absence_card, team_card
from dialogs.case_answers import read_absence
from retention.domain.errors import InvalidAnswers

router = Router()


@router.command("equipe", "plantao")
async def show_team(turn: Turn, desk: Desk) -> Answer:
    await desk.services.team.refresh()
    return _team(desk)


@router.action(OpenAbsenceForm)
async def absence_form(turn: Turn, action: OpenAbsenceForm, desk: Desk) -> Answer:
    return _form(turn, desk)


@router.action(TellAbsence)
async def tell_absence(turn: Turn, action: TellAbsence, desk: Desk) -> Answer:
    """Note an absence; the service judges whose it is to tell."""
    try:
        person, until = read_absence(action.typed)
        await desk.services.team.tell_absence(actor=turn.actor, person=person, until=until)
    except InvalidAnswers as invalid:
        return _form(turn, desk, action.typed, invalid.problems)
    return _team(desk)


def _team(desk: Desk) -> Answer:
    return Show(team_card(desk.services.directory, desk.services.team.today))


def _form(
    turn: Turn, desk: Desk, typed: Typed = NOTHING_TYPED, problems: Problems = NO_PROBLEMS
) -> Answer:
    team = desk.services.team
    people = team.known_to(turn.actor)
    return Show(absence_card(people, team.today, typed=typed, problems=problems))
