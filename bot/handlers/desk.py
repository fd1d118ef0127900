"""The buttons of the lead's desk: assign, give back, the fast lane."""

from __future__ import annotations

from bot.handlers.case_form import Filled, case_form
from bot.router import Router
from bot.turn import Answer, Desk, Turn
from cards.actions.desk import (
    AssignCase,
    EndAttempts,
    GiveBack,
    OpenAssignForm,
    OpenAttemptsForm,
    OpenDecisionForm,
    OpenGiveBackForm,
    TellDecision,
)
from cards.desk_forms import assign_card, attempts_card, decision_card, give_back_card
from cards.elements import Json
from dialogs.desk_answers import read_assignee, read_attempts, read_decision, read_give_back
from retention.domain.case import Case, CaseAction
from retention.domain.errors import CannotOwn, InvalidAnswers, Problem
from retention.domain.ownership import MAY_OWN

router = Router()


# ---- whose it is ---------------------------------------------------------------------------------


@case_form(router, OpenAssignForm, CaseAction.ASSIGN)
def assign_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json:
    people = desk.services.directory.with_any(MAY_OWN)
    return assign_card(case, people, typed=filled.typed, problems=filled.problems)


@router.action(AssignCase)
async def assign(turn: Turn, action: AssignCase, desk: Desk) -> Answer:
    async def change(case: Case) -> Case:
        person, field = read_assignee(action.typed)
        try:
            return await desk.services.cases.assign(
                actor=turn.actor, number=case.number, person=person, seen=action.v
            )
        except CannotOwn:
            raise InvalidAnswers({field: Problem.CANNOT_OWN}) from None

    return await assign_form.send(turn, action, desk, change)


@case_form(router, OpenGiveBackForm, CaseAction.GIVE_BACK)
def give_back_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json | None:
    """Draw the form while somebody has the case."""
    if case.owner is None:
        return None
    return give_back_card(case, typed=filled.typed, problems=filled.problems)


@router.action(GiveBack)
async def give_back(turn: Turn, action: GiveBack, desk: Desk) -> Answer:
    async def change(case: Case) -> Case:
        why = read_give_back(action.typed)
        return await desk.services.cases.give_back(actor=turn.actor, number=case.number, why=why)

    return await give_back_form.send(turn, action, desk, change)


# ---- the fast lane -------------------------------------------------------------------------------


@case_form(router, OpenDecisionForm, CaseAction.DECIDE)
def decision_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json | None:
    """Draw the form while the customer may still stay."""
    if case.decision is not None:
        return None
    return decision_card(case, typed=filled.typed, problems=filled.problems)


@router.action(TellDecision)
async def tell_decision(turn: Turn, action: TellDecision, desk: Desk) -> Answer:
    async def change(case: Case) -> Case:
        said = read_decision(action.typed)
        return await desk.services.cases.customer_decided(
            actor=turn.actor, number=case.number, said=said
        )

    return await decision_form.send(turn, action, desk, change)


@case_form(router, OpenAttemptsForm, CaseAction.END_ATTEMPTS)
def attempts_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json:
    return attempts_card(
        case,
        now=desk.services.clock(),
        typed=filled.typed,
        problems=filled.problems,
        notice=filled.notice,
    )


@router.action(EndAttempts)
async def end_attempts(turn: Turn, action: EndAttempts, desk: Desk) -> Answer:
    """Keep the attempts; the form of the outcome quotes them.

    It is not opened here: the card is edited for everybody now, and would close it again.
    """

    async def change(case: Case) -> Case:
        attempts = read_attempts(
            action.typed, action.channels, opened_at=case.opened_at, now=desk.services.clock()
        )
        return await desk.services.cases.end_attempts(
            actor=turn.actor, number=case.number, attempts=attempts, seen=action.v
        )

    return await attempts_form.send(turn, action, desk, change)
