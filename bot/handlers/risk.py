"""`Risco de detrator`: what was heard goes to a lead in private."""

from __future__ import annotations

from bot.living_card import case_here, living_card
from bot.router import Router
from bot.turn import Answer, Desk, ShowInPrivate, Turn
from cards.actions.private import OpenRiskForm, TellRisk
from cards.risk_card import KNOWN, TOLD, risk_form
from dialogs.case_answers import read_risk
from retention.domain.errors import InvalidAnswers

router = Router()


@router.action(OpenRiskForm)
async def form(turn: Turn, action: OpenRiskForm, desk: Desk) -> Answer:
    return ShowInPrivate(risk_form(await case_here(turn, action.number, desk)))


@router.action(TellRisk)
async def tell(turn: Turn, action: TellRisk, desk: Desk) -> Answer:
    """Have a lead told, and say so on the presser's own view of the case."""
    case = await case_here(turn, action.number, desk)
    try:
        heard = read_risk(action.typed)
    except InvalidAnswers as invalid:
        return ShowInPrivate(risk_form(case, typed=action.typed, problems=invalid.problems))
    is_new = await desk.services.risks.tell(actor=turn.actor, number=case.number, heard=heard)
    return ShowInPrivate(await living_card(desk, case, TOLD if is_new else KNOWN))
