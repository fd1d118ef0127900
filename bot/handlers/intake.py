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

router = Router()


@router.command("cancelamento", "rescisao", "cancelar contrato")
async def show_intake(turn: Turn, desk: Desk) -> Answer:
    """Show the form in the thread of the request; a redelivery shows nothing twice."""
    crm_case_number = turn.args if turn.args.isdigit() else ""
    draft, card = await desk.intake.begin(
        actor=turn.actor, place=turn.place, source=turn.source, crm_case_number=crm_case_number
    )
    if draft.place.message:
        return Nothing()
    return Show(card, sent=partial(desk.services.drafts.shown, draft))


@router.action(StartForm)
async def start(turn: Turn, action: StartForm, desk: Desk) -> Answer:
    place = replace(turn.place, message="")
    draft, card = await desk.intake.begin(
        actor=turn.actor, place=place, source=turn.source, crm_case_number=""
    )
    if draft.place.message:
        return Nothing()
    return Post(card, sent=partial(desk.services.drafts.shown, draft))


@router.action(ContinueForm)
async def give_facts(turn: Turn, action: ContinueForm, desk: Desk) -> Answer:
    card = await desk.intake.give_facts(
        actor=turn.actor,
        draft_id=action.draft,
        version=action.v,
        answers=action.typed,
    )
    return ShowEverybody(card)


@router.action(RegisterCase)
async def register(turn: Turn, action: RegisterCase, desk: Desk) -> Answer:
    card = await desk.intake.give_judgement(
        actor=turn.actor,
        draft_id=action.draft,
        version=action.v,
        answers=action.typed,
    )
    return Show(card)


@router.action(BackToFacts)
async def back(turn: Turn, action: BackToFacts, desk: Desk) -> Answer:
    return ShowEverybody(await desk.intake.back(actor=turn.actor, draft_id=action.draft))


@router.action(FixCaseNumber)
async def fix_number(turn: Turn, action: FixCaseNumber, desk: Desk) -> Answer:
    return ShowEverybody(await desk.intake.back(actor=turn.actor, draft_id=action.draft))


@router.action(JoinOpenCase)
async def join(turn: Turn, action: JoinOpenCase, desk: Desk) -> Answer:
    return ShowEverybody(await desk.intake.join(actor=turn.actor, draft_id=action.draft))


@router.action(DiscardForm)
async def discard(turn: Turn, action: DiscardForm, desk: Desk) -> Answer:
    return ShowEverybody(await desk.intake.discard(actor=turn.actor, draft_id=action.draft))
