"""`/resumo` and `/avisos`: the leaders' summary of the day, and who gets it."""

from __future__ import annotations

from bot.room import links_of
from bot.router import Router
from bot.turn import Answer, Desk, Show, ShowEverybody, Tell, Turn
from cards.actions.around import MuteNotices, SeeException
from cards.digest_card import ONLY_IN_PRIVATE, digest_card
from cards.elements import Json
from cards.notices_card import NO_NOTICES, notices_card
from cards.notices_card import ONLY_IN_PRIVATE as NOTICES_ONLY_IN_PRIVATE
from retention.domain.notices import NoticeKind
from retention.domain.people import Role

_GETS_NOTICES = frozenset({Role.LEADER})

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


@router.command("avisos")
async def show_notices(turn: Turn, desk: Desk) -> Answer:
    """Show which notices a person gets."""
    if turn.place.is_channel:
        return Tell(NOTICES_ONLY_IN_PRIVATE)
    if not turn.actor.has_any(_GETS_NOTICES):
        return Tell(NO_NOTICES)
    chat = await desk.services.chats.of(actor=turn.actor)
    return Show(notices_card(chat, digest_at=desk.services.digests.due_at))


@router.action(MuteNotices)
async def mute(turn: Turn, action: MuteNotices, desk: Desk) -> Answer:
    """Stop or begin a kind of notice for whoever pressed."""
    if turn.place.is_channel:
        return Tell(NOTICES_ONLY_IN_PRIVATE)
    if not turn.actor.has_any(_GETS_NOTICES):
        return Tell(NO_NOTICES)
    kind = NoticeKind(action.kind)
    chat = await desk.services.chats.mute(actor=turn.actor, kind=kind, muted=bool(action.on))
    return Show(notices_card(chat, digest_at=desk.services.digests.due_at))


async def _digest(turn: Turn, desk: Desk) -> Json:
    digest = await desk.services.digests.now(actor=turn.actor)
    return digest_card(digest, thread_urls=links_of(digest, desk.room))
