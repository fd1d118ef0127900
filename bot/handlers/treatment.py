"""The buttons of path 1: the four steps, calls for help, the plan, the customer's answer."""

from __future__ import annotations

from bot.living_card import case_here, press, show_case, show_changed, show_form
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
from cards.errors import NOTHING_TICKED, OUTDATED_FORM
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed
from cards.notice import Notice
from cards.treatment_forms import answer_card, plan_card
from dialogs.case_answers import read_answer, read_plan
from retention.domain.case import Case, CaseAction
from retention.domain.errors import InvalidAnswers, OutdatedForm, Problem
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


@router.action(OpenPlanForm)
async def plan_form(turn: Turn, action: OpenPlanForm, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    return await _plan_form(turn, case, desk)


@router.action(SavePlan)
async def save_plan(turn: Turn, action: SavePlan, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    typed = action.typed
    team = desk.services.directory.rc_team(case.opened_by, turn.actor.ref)
    try:
        plan = read_plan(typed, team, now=desk.services.clock())
        change = desk.services.cases.make_plan(
            actor=turn.actor, number=case.number, plan=plan, seen=action.v
        )
        return await show_changed(case, change, desk, mended=(OutdatedForm,))
    except InvalidAnswers as invalid:
        return await _plan_form(turn, case, desk, typed, invalid.problems)
    except OutdatedForm:
        return await _plan_form(turn, case, desk, typed, notice=OUTDATED_FORM)


@router.action(OpenAnswerForm)
async def answer_form(turn: Turn, action: OpenAnswerForm, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    return await _answer_form(turn, case, desk)


@router.action(RecordAnswer)
async def record_answer(turn: Turn, action: RecordAnswer, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    typed = action.typed
    try:
        answer = read_answer(typed, now=desk.services.clock())
    except InvalidAnswers as invalid:
        return await _answer_form(turn, case, desk, typed, invalid.problems)
    if answer.reversal is None:
        change = desk.services.cases.fail_reversal(
            actor=turn.actor,
            number=case.number,
            customer_said=answer.customer_said,
            told=answer.told,
        )
    else:
        change = desk.services.cases.revert(
            actor=turn.actor,
            number=case.number,
            confirmed_by=answer.reversal.confirmed_by,
            confirmed_at=answer.reversal.confirmed_at,
            channel=answer.reversal.channel,
            told=answer.told,
        )
    return await show_changed(case, change, desk)


async def _plan_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
    *,
    notice: Notice | None = None,
) -> Answer:
    team = desk.services.directory.rc_team(case.opened_by, turn.actor.ref)

    def form(case: Case) -> Json:
        now = desk.services.clock()
        return plan_card(case, team, now=now, typed=typed, problems=problems, notice=notice)

    return await show_form(turn, case, CaseAction.TREAT, desk, form)


async def _answer_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Answer:
    """Show the form while there is no answer."""

    def form(case: Case) -> Json | None:
        now = desk.services.clock()
        if case.answer is not None:
            return None
        return answer_card(case, now=now, typed=typed, problems=problems)

    return await show_form(turn, case, CaseAction.ANSWER, desk, form)
