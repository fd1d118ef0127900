"""`/resumo`: the leaders' summary of the day, whenever one asks for it, and what it decides."""

from __future__ import annotations

from bot.handlers.privacy import in_private
from bot.router import Router
from bot.turn import Answer, Desk, Show, ShowEverybody, Turn
from cards.actions.around import DigestAssign, OpenDigestAssign, SeeException, ShowDigest
from cards.digest_card import ONLY_IN_PRIVATE, digest_card
from cards.digest_forms import (
    assigned_notice,
    digest_assign_card,
    no_longer_waiting_notice,
    seen_notice,
)
from cards.elements import Json
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed
from cards.notice import Notice
from dialogs.desk_answers import read_assignee
from retention.domain.case import CaseAction, CaseNumber
from retention.domain.errors import (
    AlreadyDone,
    CannotOwn,
    IllegalTransition,
    InvalidAnswers,
    NotAllowed,
    Problem,
)
from retention.domain.ownership import MAY_OWN

router = Router()


@router.command("resumo")
@in_private(ONLY_IN_PRIVATE)
async def show_digest(turn: Turn, desk: Desk) -> Answer:
    """Show the digest as things stand now."""
    return Show(await _digest(turn, desk))


@router.action(ShowDigest)
@in_private(ONLY_IN_PRIVATE)
async def show_again(turn: Turn, action: ShowDigest, desk: Desk) -> Answer:
    """Go back to the digest, as things stand now."""
    return ShowEverybody(await _digest(turn, desk))


@router.action(SeeException)
@in_private(ONLY_IN_PRIVATE)
async def see_exception(turn: Turn, action: SeeException, desk: Desk) -> Answer:
    """Take note of an exception, and show the digest without it."""
    case = await desk.services.cases.see_exception(actor=turn.actor, number=action.number)
    return ShowEverybody(await _digest(turn, desk, seen_notice(case)))


@router.action(OpenDigestAssign)
@in_private(ONLY_IN_PRIVATE)
async def assign_form(turn: Turn, action: OpenDigestAssign, desk: Desk) -> Answer:
    """Ask who takes a case that waits for an owner."""
    return await _assign_form(turn, action.number, desk)


@router.action(DigestAssign)
@in_private(ONLY_IN_PRIVATE)
async def assign(turn: Turn, action: DigestAssign, desk: Desk) -> Answer:
    """Give the case to somebody, and show the digest without it."""
    typed = action.typed
    try:
        person, _ = read_assignee(typed)
        case = await desk.services.cases.assign(
            actor=turn.actor, number=action.number, person=person, seen=action.v
        )
    except InvalidAnswers as invalid:
        return await _assign_form(turn, action.number, desk, typed, invalid.problems)
    except CannotOwn:
        problems = {"assign_to": Problem.CANNOT_OWN}
        return await _assign_form(turn, action.number, desk, typed, problems)
    except (AlreadyDone, IllegalTransition, NotAllowed):
        case = await desk.services.cases.get(action.number)
        return ShowEverybody(await _digest(turn, desk, no_longer_waiting_notice(case)))
    return ShowEverybody(await _digest(turn, desk, assigned_notice(case)))


async def _assign_form(
    turn: Turn,
    number: CaseNumber,
    desk: Desk,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Answer:
    """Show the form while nobody has the case."""
    case = await desk.services.cases.get(number)
    if case.unclaimed_since is None:
        return ShowEverybody(await _digest(turn, desk, no_longer_waiting_notice(case)))
    await desk.services.cases.check(actor=turn.actor, number=number, action=CaseAction.ASSIGN)
    people = desk.services.directory.with_any(MAY_OWN)
    return ShowEverybody(digest_assign_card(case, people, typed=typed, problems=problems))


async def _digest(turn: Turn, desk: Desk, notice: Notice | None = None) -> Json:
    digest = await desk.services.digests.now(actor=turn.actor)
    return digest_card(digest, thread_urls=desk.room.links_to(digest.named), notice=notice)
