"""The buttons of the lead's desk: assign, give back, the fast lane."""

from __future__ import annotations

from bot.living_card import case_here, show_changed, show_form
from bot.router import Router
from bot.turn import Answer, Desk, Turn
from cards.actions.desk import (
    AssignCase,
    EndAttempts,
    GiveBack,
    OpenAssignForm,
    OpenAttemptsForm,
    OpenDecisionForm,
    OpenGiveBackForm,
    TellDecision,
)
from cards.closing_forms import result_card
from cards.desk_forms import (
    assign_card,
    attempts_card,
    decision_card,
    give_back_card,
)
from cards.elements import Json
from cards.errors import OUTDATED_FORM
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed
from cards.notice import Notice
from dialogs.desk_answers import (
    read_assignee,
    read_attempts,
    read_decision,
    read_give_back,
)
from retention.domain.case import Case, CaseAction
from retention.domain.errors import (
    CannotOwn,
    InvalidAnswers,
    OutdatedForm,
    Problem,
)
from retention.domain.ownership import MAY_OWN

router = Router()


# ---- whose it is ---------------------------------------------------------------------------------


@router.action(OpenAssignForm)
async def assign_form(turn: Turn, action: OpenAssignForm, desk: Desk) -> Answer:
    return await _assign_form(turn, await case_here(turn, action.number, desk), desk)


@router.action(AssignCase)
async def assign(turn: Turn, action: AssignCase, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    try:
        person, field = read_assignee(action.typed)
    except InvalidAnswers as invalid:
        return await _assign_form(turn, case, desk, action.typed, invalid.problems)
    change = desk.services.cases.assign(
        actor=turn.actor, number=case.number, person=person, seen=action.v
    )
    try:
        return await show_changed(case, change, desk, mended=(CannotOwn,))
    except CannotOwn:
        return await _assign_form(turn, case, desk, action.typed, {field: Problem.CANNOT_OWN})


@router.action(OpenGiveBackForm)
async def give_back_form(turn: Turn, action: OpenGiveBackForm, desk: Desk) -> Answer:
    return await _give_back_form(turn, await case_here(turn, action.number, desk), desk)


@router.action(GiveBack)
async def give_back(turn: Turn, action: GiveBack, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    try:
        why = read_give_back(action.typed)
    except InvalidAnswers as invalid:
        return await _give_back_form(turn, case, desk, action.typed, invalid.problems)
    change = desk.services.cases.give_back(actor=turn.actor, number=case.number, why=why)
    return await show_changed(case, change, desk)


# ---- the fast lane -------------------------------------------------------------------------------


@router.action(OpenDecisionForm)
async def decision_form(turn: Turn, action: OpenDecisionForm, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    return await _decision_form(turn, case, desk)


@router.action(TellDecision)
async def tell_decision(turn: Turn, action: TellDecision, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    try:
        said = read_decision(action.typed)
    except InvalidAnswers as invalid:
        return await _decision_form(turn, case, desk, action.typed, invalid.problems)
    change = desk.services.cases.customer_decided(actor=turn.actor, number=case.number, said=said)
    return await show_changed(case, change, desk)


@router.action(OpenAttemptsForm)
async def attempts_form(turn: Turn, action: OpenAttemptsForm, desk: Desk) -> Answer:
    return await _attempts_form(turn, await case_here(turn, action.number, desk), desk)


@router.action(EndAttempts)
async def end_attempts(turn: Turn, action: EndAttempts, desk: Desk) -> Answer:
    """Keep the attempts, and go on with the form of the outcome that quotes them."""
    case, typed = await case_here(turn, action.number, desk), action.typed
    try:
        attempts = read_attempts(
            typed, action.channels, opened_at=case.opened_at, now=desk.services.clock()
        )
        change = desk.services.cases.end_attempts(
            actor=turn.actor, number=case.number, attempts=attempts, seen=action.v
        )
        required = await desk.services.cases.required_documents(case)

        def form(case: Case) -> Json:
            missing = [name for name in required if name not in case.validated]
            return result_card(case, missing=missing)

        return await show_changed(case, change, desk, form=form, mended=(OutdatedForm,))
    except InvalidAnswers as invalid:
        return await _attempts_form(turn, case, desk, typed, invalid.problems)
    except OutdatedForm:
        return await _attempts_form(turn, case, desk, typed, notice=OUTDATED_FORM)


# ---- the forms -----------------------------------------------------------------------------------


async def _assign_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Answer:
    people = desk.services.directory.with_any(MAY_OWN)

    def form(case: Case) -> Json:
        return assign_card(case, people, typed=typed, problems=problems)

    return await show_form(turn, case, CaseAction.ASSIGN, desk, form)


async def _give_back_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Answer:
    """Show the form while somebody has the case."""

    def form(case: Case) -> Json | None:
        if case.owner is None:
            return None
        return give_back_card(case, typed=typed, problems=problems)

    return await show_form(turn, case, CaseAction.GIVE_BACK, desk, form)


async def _decision_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Answer:
    """Show the form while the customer may still stay."""

    def form(case: Case) -> Json | None:
        if case.decision is not None:
            return None
        return decision_card(case, typed=typed, problems=problems)

    return await show_form(turn, case, CaseAction.DECIDE, desk, form)


async def _attempts_form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
    *,
    notice: Notice | None = None,
) -> Answer:
    def form(case: Case) -> Json:
        now = desk.services.clock()
        return attempts_card(case, now=now, typed=typed, problems=problems, notice=notice)

    return await show_form(turn, case, CaseAction.END_ATTEMPTS, desk, form)
