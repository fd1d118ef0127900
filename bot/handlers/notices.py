"""`/avisos`: what a person is told in private without asking, and what they do not want."""

from __future__ import annotations

from bot.handlers.privacy import in_private
from bot.router import Router
from bot.turn import Answer, Desk, Show, Turn
from cards.actions.around import MuteNotices
from cards.notices_card import ONLY_IN_PRIVATE, notices_card
from retention.domain.notices import NoticeKind, PersonalChat, is_called_for_support, notices_of

router = Router()


@router.command("avisos")
@in_private(ONLY_IN_PRIVATE)
async def show_notices(turn: Turn, desk: Desk) -> Answer:
    """Show which notices a person gets."""
    return _shown(turn, await desk.services.chats.of(actor=turn.actor), desk)


@router.action(MuteNotices)
@in_private(ONLY_IN_PRIVATE)
async def mute(turn: Turn, action: MuteNotices, desk: Desk) -> Answer:
    """Stop or begin a kind of notice for whoever pressed."""
    kind = NoticeKind(action.kind)
    chat = await desk.services.chats.mute(actor=turn.actor, kind=kind, muted=bool(action.on))
    return _shown(turn, chat, desk)


def _shown(turn: Turn, chat: PersonalChat, desk: Desk) -> Answer:
    return Show(
        notices_card(
            chat,
            kinds=notices_of(turn.actor),
            digest_at=desk.services.digests.due_at,
            with_support=is_called_for_support(turn.actor),
        )
    )
