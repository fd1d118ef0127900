"""The buttons that put a mistyped Caso number right."""

from __future__ import annotations

from bot.living_card import case_here, show_changed, show_form
from bot.router import Router
from bot.turn import Answer, Desk, Turn
from cards.actions.numbers import CorrectNumber, OpenNumberForm
from cards.elements import Json
from cards.errors import OUTDATED_FORM
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed
from cards.notice import Notice
from cards.number_form import DoubtedNumber, TakenNumber, number_card
from retention.domain.case import Case, CaseAction
from retention.domain.errors import (
    DuplicateOpenCase,
    InvalidAnswers,
    NothingChanges,
    OutdatedForm,
    Problem,
)

router = Router()


@router.action(OpenNumberForm)
async def number_form(turn: Turn, action: OpenNumberForm, desk: Desk) -> Answer:
    return await _form(turn, await case_here(turn, action.number, desk), desk)


@router.action(CorrectNumber)
async def correct_number(turn: Turn, action: CorrectNumber, desk: Desk) -> Answer:
    case = await case_here(turn, action.number, desk)
    typed = action.typed
    try:
        number, doubted = await desk.numbers.read(case, typed, doubted=action.doubted)
        if doubted is not None:
            return await _form(turn, case, desk, typed, doubted=doubted)
        change = desk.services.cases.correct_number(
            actor=turn.actor, number=case.number, crm_case_number=number, seen=action.v
        )
        return await show_changed(
            case, change, desk, mended=(NothingChanges, OutdatedForm, DuplicateOpenCase)
        )
    except InvalidAnswers as invalid:
        return await _form(turn, case, desk, typed, invalid.problems)
    except NothingChanges:
        return await _form(turn, case, desk, typed, {"crm_case": Problem.UNCHANGED})
    except OutdatedForm:
        return await _form(turn, case, desk, typed, notice=OUTDATED_FORM)
    except DuplicateOpenCase as duplicate:
        taken = await _taken(duplicate.crm_case_number, desk)
        return await _form(turn, case, desk, typed, taken=taken)


async def _taken(crm_case_number: str, desk: Desk) -> TakenNumber | None:
    """Find who has the number; None when that case was ended meanwhile."""
    found = await desk.services.cases.open_for(crm_case_number)
    if found is None:
        return None
    place = (await desk.services.cases.thread(found.number)).place
    return TakenNumber(found, desk.room.link_to(place) if place else None)


async def _form(
    turn: Turn,
    case: Case,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
    *,
    taken: TakenNumber | None = None,
    doubted: DoubtedNumber | None = None,
    notice: Notice | None = None,
) -> Answer:
    def form(case: Case) -> Json:
        return number_card(
            case,
            pattern=desk.numbers.pattern,
            typed=typed,
            problems=problems,
            taken=taken,
            doubted=doubted,
            notice=notice,
        )

    return await show_form(turn, case, CaseAction.CORRECT_NUMBER, desk, form)
