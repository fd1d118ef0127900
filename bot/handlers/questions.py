"""A question of whoever has a case: asked, answered, withdrawn."""

from __future__ import annotations

from uuid import uuid4

from bot.handlers.case_form import Filled, case_form
from bot.living_card import press
from bot.router import Router
from bot.turn import Answer, Desk, Show, Turn
from cards.actions.desk import AskInfo, GiveInfo, OpenAskForm, OpenInfoForm, WithdrawQuestion
from cards.case_forms import note_card
from cards.elements import Json
from cards.errors import answered_meanwhile
from cards.question_forms import ask_card, info_card
from dialogs.desk_answers import read_info, read_question
from retention.domain.case import Case, CaseAction
from retention.domain.errors import AlreadyDone

router = Router()


@case_form(router, OpenAskForm, CaseAction.ASK)
def ask_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json | None:
    """Draw the form while nothing is asked."""
    if case.question is not None:
        return None
    now = desk.services.clock()
    return ask_card(
        case,
        desk.services.directory.colleagues(turn.actor.id, author=case.opened_by),
        until=desk.services.business.answer_by(now),
        now=now,
        typed=filled.typed,
        problems=filled.problems,
    )


@router.action(AskInfo)
async def ask(turn: Turn, action: AskInfo, desk: Desk) -> Answer:
    async def change(case: Case) -> Case:
        team = desk.services.directory.colleagues(turn.actor.id, author=case.opened_by)
        asked = read_question(action.typed, team, now=desk.services.clock())
        return await desk.services.cases.ask(
            actor=turn.actor,
            number=case.number,
            person=asked.person,
            what=asked.what,
            until=asked.until,
            seen=action.v,
        )

    return await ask_form.send(turn, action, desk, change)


@case_form(router, OpenInfoForm, CaseAction.ANSWER_QUESTION)
def info_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json | None:
    return info_card(
        case,
        now=desk.services.clock(),
        typed=filled.typed,
        problems=filled.problems,
        notice=filled.notice,
    )


@router.action(GiveInfo)
async def give_info(turn: Turn, action: GiveInfo, desk: Desk) -> Answer:
    """Answer; words that come after somebody else's answer are kept, to be noted."""

    async def change(case: Case) -> Case:
        text = read_info(action.typed)
        return await desk.services.cases.answer_question(
            actor=turn.actor, number=case.number, text=text, seen=action.v
        )

    try:
        return await info_form.send(turn, action, desk, change, raises=(AlreadyDone,))
    except AlreadyDone as refusal:
        present = await desk.services.cases.get(action.number)
        notice = answered_meanwhile(refusal, desk.services.clock())
        noted = {"note": action.info}
        return Show(note_card(present, uuid4().hex, typed=noted, notice=notice))


@router.action(WithdrawQuestion)
async def withdraw(turn: Turn, action: WithdrawQuestion, desk: Desk) -> Answer:
    return await press(turn, action, desk, desk.services.cases.withdraw_question)
