"""`/resumo`: the leaders' summary of the day, whenever one asks for it."""

from __future__ import annotations

from bot.room import links_of
from bot.router import Router
from bot.turn import Answer, Desk, Show, ShowEverybody, Tell, Turn
from cards.actions.around import SeeException
from cards.digest_card import ONLY_IN_PRIVATE, digest_card
from cards.elements import Json

router = Router()


@router.command("resumo")
async def show_digest(turn: Turn, desk: Desk) -> Answer:
    """Show the digest as things stand now."""
    if turn.place.is_channel:
        return Tell(ONLY_IN_PRIVATE)
    return Show(await _digest(turn, desk))


@router.action(SeeException)
async def see_exception(turn: Turn, action: SeeException, desk: Desk) -> Answer:
    """Take note of an exception, and show the digest without it."""
    if turn.place.is_channel:
        return Tell(ONLY_IN_PRIVATE)
    await desk.services.cases.see_exception(actor=turn.actor, number=action.number)
    return ShowEverybody(await _digest(turn, desk))


async def _digest(turn: Turn, desk: Desk) -> Json:
    digest = await desk.services.digests.now(actor=turn.actor)
    return digest_card(digest, thread_urls=links_of(digest, desk.room))
