"""`/caso` and `/casos`: find a case and the way to its thread."""

from __future__ import annotations

from bot.commands import case_number_in
from bot.router import Router
from bot.turn import Answer, Desk, Show, Turn
from cards.actions.around import ListCases
from cards.cases_card import (
    case_summary_card,
    cases_card,
    matches_card,
    not_found_card,
    which_case_card,
)
from retention.domain.case import CaseNumber
from retention.domain.errors import CaseNotFound
from retention.domain.text import fold
from retention.services.ports.cases import CaseFilter

_PAGE = 10
_FILTERS = {
    "": CaseFilter.OPEN,
    "meus": CaseFilter.MINE,
    "sem dono": CaseFilter.UNCLAIMED,
    "vigilia": CaseFilter.WATCHED,
}

router = Router()


@router.command("caso")
async def find_case(turn: Turn, desk: Desk) -> Answer:
    """Find by code, Caso number or words of the customer's name."""
    if (number := case_number_in(turn.args)) is not None:
        try:
            return await _one(number, desk)
        except CaseNotFound:
            return Show(not_found_card(turn.args))
    if not turn.args:
        return Show(which_case_card())
    found = await desk.services.cases.search(turn.args, limit=_PAGE)
    if not found:
        return Show(not_found_card(turn.args))
    if len(found) == 1:
        return await _one(found[0].number, desk)
    return Show(matches_card(found, query=turn.args, thread_urls=desk.room.links_to(found)))


@router.command("casos")
async def list_cases(turn: Turn, desk: Desk) -> Answer:
    """List cases; for a filter nobody knows, say so above the open ones."""
    which = _FILTERS.get(fold(turn.args))
    return await _list(turn, which or CaseFilter.OPEN, desk, unknown="" if which else turn.args)


@router.action(ListCases)
async def list_pressed(turn: Turn, action: ListCases, desk: Desk) -> Answer:
    return await _list(turn, CaseFilter(action.which), desk)


async def _list(turn: Turn, which: CaseFilter, desk: Desk, *, unknown: str = "") -> Answer:
    found = await desk.services.cases.list(actor=turn.actor, which=which, limit=_PAGE + 1)
    page = found[:_PAGE]
    return Show(
        cases_card(
            page,
            which=which,
            thread_urls=desk.room.links_to(page),
            more=len(found) > _PAGE,
            unknown=unknown,
        )
    )


async def _one(number: CaseNumber, desk: Desk) -> Answer:
    case = await desk.services.cases.get(number)
    return Show(case_summary_card(case, await desk.thread_url(number)))
