"""The buttons of path 1: the four steps, calls for help, the plan, the customer's answer."""

from __future__ import annotations

from bot.handlers.case_form import Filled, case_form
from bot.living_card import press, show_case
from bot.router import Router
from bot.turn import Answer, Desk, Turn
from cards.actions.treatment import (
    AnswerCall,
    CallLead,
    CallN2,
    OpenAnswerForm,
    OpenPlanForm,
    RecordAnswer,
    SavePlan,
    TickTreatment,
)
from cards.elements import Json
from cards.errors import NOTHING_TICKED
from cards.treatment_forms import answer_card, plan_card
from dialogs.case_answers import read_answer, read_plan
from retention.domain.case import Case, CaseAction
from retention.domain.errors import Problem
from retention.domain.people import Role

router = Router()


@router.action(TickTreatment)
async def tick(turn: Turn, action: TickTreatment, desk: Desk) -> Answer:
    if not action.steps:
        missing = {"rc_steps": Problem.MISSING}
        return await show_case(turn, action, desk, NOTHING_TICKED, missing)
    return await press(turn, action, desk, desk.services.cases.tick_treatment, steps=action.steps)


@router.action(CallN2)
async def call_n2(turn: Turn, action: CallN2, desk: Desk) -> Answer:
    return await press(turn, action, desk, desk.services.cases.call_help, role=Role.N2)


@router.action(CallLead)
async def call_lead(turn: Turn, action: CallLead, desk: Desk) -> Answer:
    return await press(turn, action, desk, desk.services.cases.call_help, role=Role.RC_LEAD)


@router.action(AnswerCall)
async def answer_call(turn: Turn, action: AnswerCall, desk: Desk) -> Answer:
    return await press(turn, action, desk, desk.services.cases.answer_call)


@case_form(router, OpenPlanForm, CaseAction.TREAT)
def plan_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json:
    now = desk.services.clock()
    return plan_card(
        case,
        desk.services.directory.rc_team(case.opened_by, turn.actor.ref),
        now=now,
        day=desk.services.business.day_to_begin(now),
        typed=filled.typed,
        problems=filled.problems,
        notice=filled.notice,
    )


@router.action(SavePlan)
async def save_plan(turn: Turn, action: SavePlan, desk: Desk) -> Answer:
    async def change(case: Case) -> Case:
        team = desk.services.directory.rc_team(case.opened_by, turn.actor.ref)
        plan = read_plan(action.typed, team, now=desk.services.clock())
        return await desk.services.cases.make_plan(
            actor=turn.actor, number=case.number, plan=plan, seen=action.v
        )

    return await plan_form.send(turn, action, desk, change)


@case_form(router, OpenAnswerForm, CaseAction.ANSWER)
def answer_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json | None:
    """Draw the form while there is no answer."""
    if case.answer is not None:
        return None
    now = desk.services.clock()
    return answer_card(case, now=now, typed=filled.typed, problems=filled.problems)


@router.action(RecordAnswer)
async def record_answer(turn: Turn, action: RecordAnswer, desk: Desk) -> Answer:
    async def change(case: Case) -> Case:
        answer = read_answer(action.typed, now=desk.services.clock())
        if answer.reversal is None:
            return await desk.services.cases.fail_reversal(
                actor=turn.actor,
                number=case.number,
                customer_said=answer.customer_said,
                told=answer.told,
            )
        return await desk.services.cases.revert(
            actor=turn.actor,
            number=case.number,
            confirmed_by=answer.reversal.confirmed_by,
            confirmed_at=answer.reversal.confirmed_at,
            channel=answer.reversal.channel,
            told=answer.told,
        )

    return await answer_form.send(turn, action, desk, change)
