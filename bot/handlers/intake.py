"""`/cancelamento` and the buttons of its form."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.router import Router
from bot.turn import Answer, Desk, Nothing, Post, Show, ShowEverybody, Turn
from cards.actions import (
    BackToFacts,
    ContinueForm,
    DiscardForm,
    FixCaseNumber,
    JoinOpenCase,
    RegisterCase,
    StartForm,
)
from dialogs.intake import Screen
from retention.domain.draft import Place

router = Router()


@router.command("cancelamento", "rescisao", "cancelar contrato")
async def show_intake(turn: Turn, desk: Desk) -> Answer:
    """Show the form in the thread of the request; a redelivery shows nothing twice."""
    crm_case_number = turn.args if turn.args.isdigit() else ""
    return await _begin(turn, turn.place, crm_case_number, Show, desk)


@router.action(StartForm)
async def start(turn: Turn, action: StartForm, desk: Desk) -> Answer:
    """Show the form as a new message below the card whose button was pressed."""
    return await _begin(turn, replace(turn.place, message=""), "", Post, desk)


@router.action(ContinueForm)
async def give_facts(turn: Turn, action: ContinueForm, desk: Desk) -> Answer:
    return _shown(
        await desk.intake.give_facts(
            actor=turn.actor, draft_id=action.draft, version=action.v, answers=action.typed
        )
    )


@router.action(RegisterCase)
async def register(turn: Turn, action: RegisterCase, desk: Desk) -> Answer:
    return _shown(
        await desk.intake.give_judgement(
            actor=turn.actor, draft_id=action.draft, version=action.v, answers=action.typed
        )
    )


@router.action(BackToFacts)
async def back(turn: Turn, action: BackToFacts, desk: Desk) -> Answer:
    return _shown(await desk.intake.back(actor=turn.actor, draft_id=action.draft))


@router.action(FixCaseNumber)
async def fix_number(turn: Turn, action: FixCaseNumber, desk: Desk) -> Answer:
    return _shown(await desk.intake.back(actor=turn.actor, draft_id=action.draft))


@router.action(JoinOpenCase)
async def join(turn: Turn, action: JoinOpenCase, desk: Desk) -> Answer:
    return _shown(await desk.intake.join(actor=turn.actor, draft_id=action.draft))


@router.action(DiscardForm)
async def discard(turn: Turn, action: DiscardForm, desk: Desk) -> Answer:
    return _shown(await desk.intake.discard(actor=turn.actor, draft_id=action.draft))


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
