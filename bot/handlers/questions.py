"""A question of whoever has a case: asked, answered, withdrawn."""

from __future__ import annotations

from uuid import uuid4

from bot.living_card import case_here, press, show_changed, show_form
from bot.router import Router
from bot.turn import Answer, Desk, Show, Turn
from cards.actions.desk import AskInfo, GiveInfo, OpenAskForm, OpenInfoForm, WithdrawQuestion
from cards.case_forms import note_card
from cards.elements import Json
from cards.errors import OUTDATED_FORM, answered_meanwhile
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed
from cards.notice import Notice
from cards.question_forms import ask_card, info_card
from dialogs.desk_answers import read_info, read_question
from retention.domain.case import Case, CaseAction
from retention.domain.errors import AlreadyDone, InvalidAnswers, OutdatedForm
from retention.domain.people import PersonRef

router = Router()


@router.action(OpenAskForm)
async def ask_form(turn: Turn, action: OpenAskForm, desk: Desk) -> Answer:
    return await _ask_form(turn, await case_here(turn, action.number, desk), desk)


@router.action(AskInfo)
async def ask(turn: Turn, action: AskInfo, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    try:
        asked = read_question(action.typed, _others(turn, case, desk), now=desk.services.clock())
    except InvalidAnswers as invalid:
        return await _ask_form(turn, case, desk, action.typed, invalid.problems)
    change = desk.services.cases.ask(
        actor=turn.actor,
        number=case.number,
        person=asked.person,
        what=asked.what,
        until=asked.until,
        seen=action.v,
    )
    return await show_changed(case, change, desk)


@router.action(OpenInfoForm)
async def info_form(turn: Turn, action: OpenInfoForm, desk: Desk) -> Answer:
    return await _info_form(turn, await case_here(turn, action.number, desk), desk)


@router.action(GiveInfo)
async def give_info(turn: Turn, action: GiveInfo, desk: Desk) -> Answer:
    """Answer; words that come after somebody else's answer are kept, to be noted."""
    case, typed = await case_here(turn, action.number, desk), action.typed
    try:
        text = read_info(typed)
        change = desk.services.cases.answer_question(
            actor=turn.actor, number=case.number, text=text, seen=action.v
        )
        return await show_changed(case, change, desk, mended=(AlreadyDone, OutdatedForm))
    except InvalidAnswers as invalid:
        return await _info_form(turn, case, desk, typed, invalid.problems)
    except OutdatedForm:
        return await _info_form(turn, case, desk, typed, notice=OUTDATED_FORM)
    except AlreadyDone as refusal:
        present = await desk.services.cases.get(case.number)
        notice = answered_meanwhile(refusal, desk.services.clock())
        noted = {"note": typed["info"]}
        return Show(note_card(present, uuid4().hex, typed=noted, notice=notice))


@router.action(WithdrawQuestion)
async def withdraw(turn: Turn, action: WithdrawQuestion, desk: Desk) -> Answer:
    return await press(turn, action, desk, desk.services.cases.withdraw_question)


def _others(turn: Turn, case: Case, desk: Desk) -> list[PersonRef]:
    """List whom the presser may ask: the author of the case first, never themselves."""
    team = desk.services.directory.team(case.opened_by)
    return [person for person in team if person.id != turn.actor.id]


async def _ask_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Answer:
    """Show the form while nothing is asked."""
    now = desk.services.clock()

    def form(case: Case) -> Json | None:
        if case.question is not None:
            return None
        until, team = desk.services.business.answer_by(now), _others(turn, case, desk)
        return ask_card(case, team, until=until, now=now, typed=typed, problems=problems)

    return await show_form(turn, case, CaseAction.ASK, desk, form)


async def _info_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
    *,
    notice: Notice | None = None,
) -> Answer:
    def form(case: Case) -> Json | None:
        now = desk.services.clock()
        return info_card(case, now=now, typed=typed, problems=problems, notice=notice)

    return await show_form(turn, case, CaseAction.ANSWER_QUESTION, desk, form)
