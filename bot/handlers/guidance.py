"""`/ajuda`, `/fluxo`, and the kind word for what nobody understood."""

from __future__ import annotations

from functools import cache

import orjson

from bot.commands import case_number_in
from bot.router import Router
from bot.turn import Answer, Desk, Show, Turn
from cards.actions.around import ShowHelp
from cards.cases_card import not_found_card
from cards.elements import Json
from cards.flow_card import case_flow_card, process_card
from cards.help_card import help_card
from retention.domain.case import Case
from retention.domain.errors import CaseNotFound

router = Router()


@cache
def _help() -> Show:
    """Show the one card that never changes; it is encoded once."""
    return Show(orjson.Fragment(orjson.dumps(help_card())))


@router.command("ajuda", "help", "?")
async def show_help(turn: Turn, desk: Desk) -> Answer:
    return _help()


@router.action(ShowHelp)
async def help_pressed(turn: Turn, action: ShowHelp, desk: Desk) -> Answer:
    return _help()


@router.command("fluxo")
async def show_flow(turn: Turn, desk: Desk) -> Answer:
    """Show where a case stands: the one that is named, else that of the thread, else nobody's."""
    if not turn.args:
        here = await desk.services.cases.discussed_in(turn.place.conversation)
        return Show(process_card() if here is None else _flow_of(here, desk))
    number = case_number_in(turn.args)
    if number is None:
        return Show(not_found_card(turn.args))
    try:
        case = await desk.services.cases.get(number)
    except CaseNotFound:
        return Show(not_found_card(turn.args))
    return Show(_flow_of(case, desk, url=await desk.thread_url(number)))


def _flow_of(case: Case, desk: Desk, *, url: str | None = None) -> Json:
    return case_flow_card(case, called=desk.services.handover_team(), thread_url=url)
