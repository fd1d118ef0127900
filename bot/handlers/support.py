"""`Preciso de apoio` and `/apoio`: somebody is called in private, and nothing is said in public."""

from __future__ import annotations

from bot.commands import case_number_in
from bot.handlers.privacy import in_private
from bot.living_card import case_here, living_card
from bot.router import Router
from bot.turn import Answer, Desk, Nothing, ShowEverybody, ShowInPrivate, Tell, Turn
from cards.actions.private import AnswerSupport, CallSupport
from cards.sentences import ONLY_IN_OUR_CHAT
from cards.support_card import asked_card, called_already, called_notice
from retention.domain.case import CaseNumber
from retention.domain.errors import CaseNotFound

router = Router()


@router.command("apoio", "preciso de apoio")
async def call_by_command(turn: Turn, desk: Desk) -> Answer:
    """Call somebody; whatever there is to say is said in the personal chat, by an effect."""
    number = await _case_meant(turn, desk)
    support = desk.services.support
    call, is_new = await support.call(actor=turn.actor, place=turn.place, number=number)
    if is_new or turn.place.is_channel:
        return Nothing()
    return Tell(called_already(call))


@router.action(CallSupport)
async def call_by_button(turn: Turn, action: CallSupport, desk: Desk) -> Answer:
    """Call somebody, and say so on the presser's own view of the case."""
    case = await case_here(turn, action.number, desk)
    support = desk.services.support
    call, _ = await support.call(actor=turn.actor, place=turn.place, number=case.number)
    return ShowInPrivate(await living_card(desk, case, called_notice(call)))


@router.action(AnswerSupport)
@in_private(ONLY_IN_OUR_CHAT)
async def come(turn: Turn, action: AnswerSupport, desk: Desk) -> Answer:
    """Let whoever was asked come; who is late sees who was first."""
    support = desk.services.support
    call = await support.answer(actor=turn.actor, call_id=action.call)
    about = await support.about(call)
    url = desk.room.link_to(about.thread) if about.thread else ""
    return ShowEverybody(asked_card(call, turn.actor.ref, about, url=url))


async def _case_meant(turn: Turn, desk: Desk) -> CaseNumber | None:
    """Find the case a command names, else that of the thread; a wrong code delays no call."""
    number = case_number_in(turn.args)
    if number is not None:
        try:
            return (await desk.services.cases.get(number)).number
        except CaseNotFound:
            return None
    if not turn.place.is_channel:
        return None
    case = await desk.services.cases.discussed_in(turn.place.conversation)
    return case.number if case else None
