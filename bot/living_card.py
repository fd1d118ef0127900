"""What a button on a case answers: the case as it is now, a form it has use for, or why not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.turn import Answer, Desk, Show, Turn
from cards.card_action import OnCase
from cards.elements import Json
from cards.errors import notice_for
from cards.forms import NO_PROBLEMS, Problems
from cards.notice import Notice
from dialogs.case_view import case_view
from retention.domain.case import Case, CaseAction, CaseNumber, case_code
from retention.domain.errors import CaseNotFound, NotAllowed, RetentionError

Form = Callable[[Case], Json | None]
"""The form to show on a case as it is now; None: it has no use for it any more."""


async def case_here(turn: Turn, number: CaseNumber, desk: Desk) -> Case:
    """Load the case a card speaks of, if this is its thread: card data is not to be trusted."""
    case, thread = await desk.services.cases.in_thread(number)
    if thread.place is None or thread.place.conversation != turn.place.conversation:
        raise CaseNotFound(case_code(number))
    return case


async def show_case(
    turn: Turn,
    action: OnCase,
    desk: Desk,
    notice: Notice | None = None,
    problems: Problems = NO_PROBLEMS,
) -> Answer:
    """Answer with the case as it is, a notice on top, and what to mend beside its own fields."""
    case = await case_here(turn, action.number, desk)
    return Show(await living_card(desk, case, notice, problems))


async def press(
    turn: Turn,
    action: OnCase,
    desk: Desk,
    change: Callable[..., Awaitable[Case]],
    **told: object,
) -> Answer:
    """Change the case a button stands on, in the name of whoever pressed it, and show it.

    `change` is a use case; `told` is what it asks for beside `actor` and `number`.
    """
    case = await case_here(turn, action.number, desk)
    return await show_changed(case, change(actor=turn.actor, number=case.number, **told), desk)


async def show_changed(
    case: Case,
    change: Awaitable[Case],
    desk: Desk,
    *,
    form: Form | None = None,
    mended: tuple[type[RetentionError], ...] = (),
) -> Answer:
    """Answer with the case as it is now, or with the form it still has use for.

    A refusal says why on top of the present card, to the presser alone; those in `mended` are
    raised, for the form that the change came from.
    """
    try:
        changed = await change
    except mended:
        raise
    except RetentionError as refusal:
        return await _refusal(case, refusal, desk)
    asked = form(changed) if form else None
    return Show(asked or await living_card(desk, changed))


async def show_form(turn: Turn, case: Case, action: CaseAction, desk: Desk, form: Form) -> Answer:
    """Show a form to whoever may fill it in, to anybody else why not."""
    judged = desk.services.cases.check(actor=turn.actor, number=case.number, action=action)
    return await show_changed(case, judged, desk, form=form)


async def _refusal(case: Case, refusal: RetentionError, desk: Desk) -> Answer:
    """Say why not, on top of the present card."""
    present = await desk.services.cases.get(case.number)
    holders = (
        desk.services.directory.with_any(refusal.roles) if isinstance(refusal, NotAllowed) else ()
    )
    notice = notice_for(refusal, holders=holders, now=desk.services.clock())
    return Show(await living_card(desk, present, notice))


async def living_card(
    desk: Desk, case: Case, notice: Notice | None = None, problems: Problems = NO_PROBLEMS
) -> Json:
    """Draw the case card as everybody sees it, with a notice on top for the presser."""
    return await case_view(desk.services, case, notice, problems)
