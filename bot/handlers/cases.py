"""The buttons of the living card: claim, note, ticks, classification, documents, outcome."""

from __future__ import annotations

from uuid import uuid4

from bot.handlers.case_form import Filled, case_form
from bot.living_card import case_here, press, show_case, show_changed, show_form
from bot.router import Router
from bot.turn import Answer, Desk, Show, Turn
from cards.actions.case import (
    AddNote,
    ClaimCase,
    OpenNoteForm,
    OpenReclassifyForm,
    Reclassify,
    TakeBackMove,
    TickSteps,
    ViewCase,
)
from cards.actions.closing import MarkDocuments, OpenDocumentsForm, OpenResultForm, RecordResult
from cards.case_forms import note_card, reclassify_card
from cards.closing_forms import documents_card, gate_problems, result_card
from cards.documents_part import STATE_INPUTS, documents_named, documents_of
from cards.elements import Json
from cards.errors import NOTHING_TICKED
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed
from dialogs.case_answers import read_correction, read_note, read_outcome
from retention.domain.cancellation import CancellationReason
from retention.domain.case import Case, CaseAction
from retention.domain.errors import CannotClose, InvalidAnswers, NothingChanges, Problem

router = Router()


@router.action(ViewCase)
async def view(turn: Turn, action: ViewCase, desk: Desk) -> Answer:
    return await show_case(turn, action, desk)


@router.action(ClaimCase)
async def claim(turn: Turn, action: ClaimCase, desk: Desk) -> Answer:
    return await press(turn, action, desk, desk.services.cases.claim)


@router.action(TickSteps)
async def tick(turn: Turn, action: TickSteps, desk: Desk) -> Answer:
    if not action.steps:
        missing = {"crm_steps": Problem.MISSING}
        return await show_case(turn, action, desk, NOTHING_TICKED, missing)
    return await press(turn, action, desk, desk.services.cases.tick, steps=action.steps)


# ---- note and classification ---------------------------------------------------------------------


@router.action(OpenNoteForm)
async def note_form(turn: Turn, action: OpenNoteForm, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    return Show(note_card(case, uuid4().hex))


@router.action(AddNote)
async def note(turn: Turn, action: AddNote, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    try:
        text = read_note(action.typed)
    except InvalidAnswers as invalid:
        return Show(note_card(case, action.k, typed=action.typed, problems=invalid.problems))
    change = desk.services.cases.note(
        actor=turn.actor, number=case.number, text=text, request_id=action.k
    )
    return await show_changed(case, change, desk)


@case_form(router, OpenReclassifyForm, CaseAction.RECLASSIFY)
def reclassify_form(case: Case, filled: Filled, turn: Turn, desk: Desk) -> Json:
    return reclassify_card(case, typed=filled.typed, problems=filled.problems, notice=filled.notice)


@router.action(Reclassify)
async def reclassify(turn: Turn, action: Reclassify, desk: Desk) -> Answer:
    async def change(case: Case) -> Case:
        right = read_correction(action.typed)
        try:
            return await desk.services.cases.reclassify(
                actor=turn.actor,
                number=case.number,
                path=right.path,
                reason=right.reason,
                reason_text=right.reason_text,
                why=right.why,
                seen=action.v,
            )
        except NothingChanges:
            raise InvalidAnswers({"path": Problem.UNCHANGED}) from None

    return await reclassify_form.send(turn, action, desk, change)


@router.action(TakeBackMove)
async def take_back(turn: Turn, action: TakeBackMove, desk: Desk) -> Answer:
    return await press(turn, action, desk, desk.services.cases.take_back)


# ---- the end -------------------------------------------------------------------------------------


@router.action(OpenDocumentsForm)
async def documents_form(turn: Turn, action: OpenDocumentsForm, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    required = await desk.services.cases.required_documents(case)
    return Show(documents_card(case, required, may_validate=case.may_validate(turn.actor)))


@router.action(MarkDocuments)
async def mark_documents(turn: Turn, action: MarkDocuments, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    names = documents_of(case, await desk.services.cases.required_documents(case))
    marks = {
        state: documents_named(action.typed[field], names) for state, field in STATE_INPUTS.items()
    }
    change = desk.services.cases.mark_documents(actor=turn.actor, number=case.number, marks=marks)
    return await show_changed(case, change, desk)


@router.action(OpenResultForm)
async def result_form(turn: Turn, action: OpenResultForm, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    return await _result_form(turn, case, desk)


@router.action(RecordResult)
async def record_outcome(turn: Turn, action: RecordResult, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    typed = action.typed
    try:
        outcome, override = read_outcome(typed)
        required = await desk.services.cases.required_documents(case, outcome.real_reason)
        change = desk.services.cases.record_outcome(
            actor=turn.actor,
            number=case.number,
            outcome=outcome,
            validated=documents_named(typed["doc_validated"], required),
            override=override,
        )
        return await show_changed(case, change, desk, mended=(CannotClose,))
    except InvalidAnswers as invalid:
        return await _result_form(turn, case, desk, typed, invalid.problems)
    except CannotClose as refusal:
        return await _result_form(turn, case, desk, typed, gate_problems(refusal))


async def _result_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Answer:
    """Show the form while the case is open."""
    chosen = typed.get("real_reason", "")
    reason = CancellationReason(chosen) if chosen in set(CancellationReason) else None
    required = await desk.services.cases.required_documents(case, reason)

    def form(case: Case) -> Json | None:
        if case.outcome is not None:
            return None
        return result_card(
            case,
            typed=typed,
            problems=problems,
            missing=[name for name in required if name not in case.validated],
            by_exception=case.needs_override(turn.actor),
        )

    return await show_form(turn, case, CaseAction.RECORD_OUTCOME, desk, form)
