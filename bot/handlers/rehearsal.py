"""`/treino`: the dialogues to practise on, in the personal chat alone."""

from __future__ import annotations

from bot.handlers.privacy import in_private
from bot.router import Router
from bot.turn import Answer, Desk, Show, ShowEverybody, Turn
from cards.actions.rehearsal import AnswerDialogue, EndRehearsal, NextDialogue, StartRehearsal
from cards.elements import Json
from cards.rehearsal_card import ONLY_IN_PRIVATE, feedback_card, question_card, score_card
from retention.domain.errors import InvalidAnswers
from retention.domain.rehearsal import Run, RunStep

router = Router()


@router.command("treino", "treinar")
@in_private(ONLY_IN_PRIVATE)
async def show_rehearsal(turn: Turn, desk: Desk) -> Answer:
    """Show where the person's open run stands, or the first dialogue of a new one."""
    return Show(await _card(await desk.services.rehearsals.begin(actor=turn.actor), desk))


@router.action(StartRehearsal)
@in_private(ONLY_IN_PRIVATE)
async def start(turn: Turn, action: StartRehearsal, desk: Desk) -> Answer:
    run = await desk.services.rehearsals.begin(actor=turn.actor)
    return ShowEverybody(await _card(run, desk))


@router.action(AnswerDialogue)
@in_private(ONLY_IN_PRIVATE)
async def answer(turn: Turn, action: AnswerDialogue, desk: Desk) -> Answer:
    rehearsals = desk.services.rehearsals
    try:
        run = await rehearsals.answer(
            actor=turn.actor, run_id=action.run, version=action.v, given=action.typed
        )
    except InvalidAnswers as invalid:
        run = await rehearsals.get(actor=turn.actor, run_id=action.run)
        dialogue = rehearsals.dialogue(run)
        card = question_card(run, dialogue, typed=action.typed, problems=invalid.problems)
        return ShowEverybody(card)
    return ShowEverybody(await _card(run, desk))


@router.action(NextDialogue)
@in_private(ONLY_IN_PRIVATE)
async def go_on(turn: Turn, action: NextDialogue, desk: Desk) -> Answer:
    run = await desk.services.rehearsals.go_on(
        actor=turn.actor, run_id=action.run, version=action.v
    )
    return ShowEverybody(await _card(run, desk))


@router.action(EndRehearsal)
@in_private(ONLY_IN_PRIVATE)
async def end(turn: Turn, action: EndRehearsal, desk: Desk) -> Answer:
    run = await desk.services.rehearsals.end(actor=turn.actor, run_id=action.run, version=action.v)
    return ShowEverybody(await _card(run, desk))


async def _card(run: Run, desk: Desk) -> Json:
    """Draw where a run stands."""
    rehearsals = desk.services.rehearsals
    match run.step:
        case RunStep.QUESTION:
            return question_card(run, rehearsals.dialogue(run))
        case RunStep.FEEDBACK:
            return feedback_card(run, rehearsals.dialogue(run))
        case RunStep.ENDED:
            return score_card(
                run,
                rehearsals.rehearsal.rules_to_reread(run),
                best=await rehearsals.best_before(run),
                now=desk.services.clock(),
            )
