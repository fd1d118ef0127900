"""What a button on a case answers: the case as it is now, a form it has use for, or why not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.turn import Answer, Desk, Show, Turn
from cards.case_card import case_card
from cards.elements import Json
from cards.errors import notice_for
from cards.notice import Notice
from retention.domain.case import Case, CaseNumber, case_code
from retention.domain.errors import CaseNotFound, NotAllowed, RetentionError

Form = Callable[[Case], Awaitable[Json | None]]
"""The form to show on a case as it is now; None: it has no use for it any more."""


async def case_here(turn: Turn, number: CaseNumber, desk: Desk) -> Case:
    """Load the case a card speaks of, if this is its thread: card data is not to be trusted."""
    thread = await desk.services.cases.thread(number)
    if thread.place is None or thread.place.conversation != turn.place.conversation:
        raise CaseNotFound(case_code(number))
    return await desk.services.cases.get(number)


async def show_changed(
    case: Case, change: Awaitable[Case], desk: Desk, *, form: Form | None = None
) -> Answer:
    """Answer with the case as it is now, or with the form it still has use for.

    A refusal says why on top of the present card, to the presser alone.
    """
    try:
        changed = await change
    except RetentionError as refusal:
        return await show_refusal(case, refusal, desk)
    asked = await form(changed) if form else None
    return Show(asked or await living_card(desk, changed))


async def show_refusal(case: Case, refusal: RetentionError, desk: Desk) -> Answer:
    """Say why not, on top of the present card."""
    present = await desk.services.cases.get(case.number)
    holders = (
        desk.services.directory.with_any(refusal.roles) if isinstance(refusal, NotAllowed) else ()
    )
    notice = notice_for(refusal, holders=holders, now=desk.services.clock())
    return Show(await living_card(desk, present, notice))


async def living_card(desk: Desk, case: Case, notice: Notice | None = None) -> Json:
    """Draw the case card as everybody sees it, with a notice on top for the presser."""
    return case_card(
        case,
        called=desk.services.handover_team(),
        now=desk.services.clock(),
        notice=notice,
        playbook=await desk.services.playbooks.of(case),
    )
