"""The buttons of the living card: answer, claim, note, tick, outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import uuid4

from bot.router import Router
from bot.turn import Answer, Desk, Show, Turn
from cards.actions import (
    AddNote,
    ClaimCase,
    OpenAnswerForm,
    OpenNoteForm,
    OpenResultForm,
    RecordAnswer,
    RecordResult,
    TickSteps,
    ViewCase,
)
from cards.case_card import case_card
from cards.case_forms import answer_card, note_card, result_card
from cards.elements import Json
from cards.errors import NOTHING_TICKED, notice_for
from cards.notice import Notice
from dialogs.case_answers import read_answer, read_note, read_outcome
from retention.domain.case import Case, CaseAction, CaseNumber, case_code
from retention.domain.errors import CaseNotFound, InvalidAnswers, NotAllowed, RetentionError

router = Router()


@router.action(ViewCase)
async def view(turn: Turn, action: ViewCase, desk: Desk) -> Answer:
    return Show(_living_card(desk, await _case_here(turn, action.number, desk)))


@router.action(ClaimCase)
async def claim(turn: Turn, action: ClaimCase, desk: Desk) -> Answer:
    case = await _case_here(turn, action.number, desk)
    change = desk.services.cases.claim(actor=turn.actor, number=case.number)
    return await _show_changed(case, change, desk)


@router.action(TickSteps)
async def tick(turn: Turn, action: TickSteps, desk: Desk) -> Answer:
    case = await _case_here(turn, action.number, desk)
    if not action.steps:
        return Show(_living_card(desk, case, NOTHING_TICKED))
    change = desk.services.cases.tick(actor=turn.actor, number=case.number, steps=action.steps)
    return await _show_changed(case, change, desk)


@router.action(OpenNoteForm)
async def note_form(turn: Turn, action: OpenNoteForm, desk: Desk) -> Answer:
    case = await _case_here(turn, action.number, desk)
    return Show(note_card(case, uuid4().hex))


@router.action(AddNote)
async def note(turn: Turn, action: AddNote, desk: Desk) -> Answer:
    case = await _case_here(turn, action.number, desk)
    try:
        text = read_note(action.typed)
    except InvalidAnswers as invalid:
        return Show(note_card(case, action.k, typed=action.typed, problems=invalid.problems))
    change = desk.services.cases.note(
        actor=turn.actor, number=case.number, text=text, request_id=action.k
    )
    return await _show_changed(case, change, desk)


@router.action(OpenAnswerForm)
async def answer_form(turn: Turn, action: OpenAnswerForm, desk: Desk) -> Answer:
    case = await _case_here(turn, action.number, desk)
    judged = desk.services.cases.check(
        actor=turn.actor, number=case.number, action=CaseAction.ANSWER
    )
    return await _show_changed(case, judged, desk, form=_answer_form)


@router.action(RecordAnswer)
async def record_answer(turn: Turn, action: RecordAnswer, desk: Desk) -> Answer:
    case = await _case_here(turn, action.number, desk)
    typed = action.typed
    now = desk.services.clock()
    try:
        answer = read_answer(typed, now=now)
    except InvalidAnswers as invalid:
        return Show(answer_card(case, now=now, typed=typed, problems=invalid.problems))
    if answer.reversal is None:
        change = desk.services.cases.fail_reversal(
            actor=turn.actor, number=case.number, customer_said=answer.customer_said
        )
    else:
        change = desk.services.cases.revert(
            actor=turn.actor,
            number=case.number,
            confirmed_by=answer.reversal.confirmed_by,
            confirmed_at=answer.reversal.confirmed_at,
            channel=answer.reversal.channel,
        )
    return await _show_changed(case, change, desk)


@router.action(OpenResultForm)
async def result_form(turn: Turn, action: OpenResultForm, desk: Desk) -> Answer:
    case = await _case_here(turn, action.number, desk)
    judged = desk.services.cases.check(
        actor=turn.actor, number=case.number, action=CaseAction.RECORD_OUTCOME
    )
    return await _show_changed(case, judged, desk, form=_result_form)


@router.action(RecordResult)
async def record_outcome(turn: Turn, action: RecordResult, desk: Desk) -> Answer:
    case = await _case_here(turn, action.number, desk)
    typed = action.typed
    try:
        outcome = read_outcome(typed)
    except InvalidAnswers as invalid:
        return Show(result_card(case, typed=typed, problems=invalid.problems))
    change = desk.services.cases.record_outcome(
        actor=turn.actor, number=case.number, outcome=outcome
    )
    return await _show_changed(case, change, desk)


async def _case_here(turn: Turn, number: CaseNumber, desk: Desk) -> Case:
    """Load the case a card speaks of, if this is its thread: card data is not to be trusted."""
    thread = await desk.services.cases.thread(number)
    if thread.place is None or thread.place.conversation != turn.place.conversation:
        raise CaseNotFound(case_code(number))
    return await desk.services.cases.get(number)


async def _show_changed(
    case: Case,
    change: Awaitable[Case],
    desk: Desk,
    *,
    form: Callable[[Case, Desk], Json | None] | None = None,
) -> Answer:
    """Answer with the case as it is now, or with the form it still has use for.

    A refusal says why on top of the present card, to the presser alone.
    """
    try:
        changed = await change
        asked = form(changed, desk) if form else None
        return Show(asked or _living_card(desk, changed))
    except RetentionError as refusal:
        present = await desk.services.cases.get(case.number)
        holders = (
            desk.services.directory.with_any(refusal.roles)
            if isinstance(refusal, NotAllowed)
            else ()
        )
        notice = notice_for(refusal, holders=holders, now=desk.services.clock())
        return Show(_living_card(desk, present, notice))


def _answer_form(case: Case, desk: Desk) -> Json | None:
    return answer_card(case, now=desk.services.clock()) if case.answer is None else None


def _result_form(case: Case, _desk: Desk) -> Json | None:
    return result_card(case) if case.outcome is None else None


def _living_card(desk: Desk, case: Case, notice: Notice | None = None) -> Json:
    return case_card(
        case, called=desk.services.handover_team(), now=desk.services.clock(), notice=notice
    )
