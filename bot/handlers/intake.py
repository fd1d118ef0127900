"""`/cancelamento` and the buttons of its form."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.router import Router
from bot.turn import Answer, Desk, Nothing, Post, Show, ShowEverybody, Turn
from cards.actions.intake import (
    BackToFacts,
    ContinueForm,
    DiscardForm,
    FindInCrm,
    FixCaseNumber,
    JoinFromFacts,
    JoinOpenCase,
    OpenInCrm,
    RegisterCase,
    StartForm,
)
from cards.card_action import OnDraft
from dialogs.intake import Pressed
from dialogs.intake_screens import Screen
from retention.domain.draft import Place

router = Router()
_LONGEST_NUMBER = 20


@router.command("cancelamento", "rescisao", "cancelar contrato", bare=True)
async def show_intake(turn: Turn, desk: Desk) -> Answer:
    """Show the form in the thread of the request; a redelivery shows nothing twice."""
    number = turn.args if turn.args.isascii() and len(turn.args) <= _LONGEST_NUMBER else ""
    return await _begin(turn, turn.place, number, Show, desk)


@router.action(StartForm)
async def start(turn: Turn, action: StartForm, desk: Desk) -> Answer:
    """Show the form as a new message below the card whose button was pressed."""
    return await _begin(turn, replace(turn.place, message=""), "", Post, desk)


@router.action(ContinueForm)
async def give_facts(turn: Turn, action: ContinueForm, desk: Desk) -> Answer:
    return _shown(await desk.intake.give_facts(_pressed(turn, action), action.typed))


@router.action(FindInCrm)
async def find_in_crm(turn: Turn, action: FindInCrm, desk: Desk) -> Answer:
    return _shown(await desk.intake.find_in_crm(_pressed(turn, action), action.typed))


@router.action(OpenInCrm)
async def open_in_crm(turn: Turn, action: OpenInCrm, desk: Desk) -> Answer:
    return _shown(await desk.intake.open_in_crm(_pressed(turn, action), action.typed))


@router.action(RegisterCase)
async def register(turn: Turn, action: RegisterCase, desk: Desk) -> Answer:
    return _shown(await desk.intake.give_judgement(_pressed(turn, action), action.typed))


@router.action(BackToFacts)
async def back(turn: Turn, action: BackToFacts, desk: Desk) -> Answer:
    return _shown(await desk.intake.back(_pressed(turn, action)))


@router.action(FixCaseNumber)
async def fix_number(turn: Turn, action: FixCaseNumber, desk: Desk) -> Answer:
    return _shown(await desk.intake.back(_pressed(turn, action)))


@router.action(JoinOpenCase)
async def join(turn: Turn, action: JoinOpenCase, desk: Desk) -> Answer:
    return _shown(await desk.intake.join(_pressed(turn, action)))


@router.action(JoinFromFacts)
async def join_from_facts(turn: Turn, action: JoinFromFacts, desk: Desk) -> Answer:
    return _shown(await desk.intake.join_with_words(_pressed(turn, action), action.typed))


@router.action(DiscardForm)
async def discard(turn: Turn, action: DiscardForm, desk: Desk) -> Answer:
    return _shown(await desk.intake.discard(_pressed(turn, action)))


def _pressed(turn: Turn, action: OnDraft) -> Pressed:
    return Pressed(turn.actor, action.draft, action.v, turn.place.message)


async def _begin(
    turn: Turn, place: Place, crm_case_number: str, kind: type[Show | Post], desk: Desk
) -> Answer:
    draft, screen = await desk.intake.begin(
        actor=turn.actor, place=place, source=turn.source, crm_case_number=crm_case_number
    )
    if draft.place.message:
        return Nothing()
    return kind(screen.card, sent=partial(desk.services.drafts.shown, draft))


def _shown(screen: Screen) -> Answer:
    """Form steps move the message for everybody now; a case's message is moved by its effects."""
    return Show(screen.card) if screen.is_case else ShowEverybody(screen.card)
