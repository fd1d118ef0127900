"""How an answer goes out in its turn: a message, an edit, the body that answers an invoke."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import structlog
from botbuilder.core import TurnContext
from botbuilder.schema import Activity

from bot import invokes
from bot.activity import pressed_message
from bot.botframework import card_activity, text_activity
from bot.turn import Answer, Nothing, Post, Show, ShowEverybody, ShowInPrivate, Tell
from cards.sentences import DONE
from retention.services.ports.failures import PermanentError, RetryAfter, TransientError

_SHORT_PAUSE_SECONDS = 0.5
_SEND_PATIENCE_SECONDS = 6.0
"""Teams sends a message again after about 15 s without an answer; one call may take 10 s."""
_EDIT_PATIENCE_SECONDS = 1.5
"""Teams: budget 2 s for an invoke. The edit for everybody may not eat more than this of it."""
log = structlog.get_logger(__name__)


async def send_for_message(context: TurnContext, answer: Answer, *, pressed: str) -> None:
    """Answer a message. `pressed` is the one whose card was pressed, empty for typed words.

    Raises TransientError or PermanentError where Teams does not take the answer.
    """
    match answer:
        case ShowEverybody(card) if pressed:
            await _edit(context, pressed, card)
        case Show(card, sent) | Post(card, sent):
            message = await send(context, card_activity(card))
            if sent is not None:
                await sent(message)
        case ShowEverybody(card):
            await send(context, card_activity(card))
        case Tell(text):
            await send(context, text_activity(text))
        case ShowInPrivate() | Nothing():
            pass


async def send_for_invoke(
    context: TurnContext, answer: Answer, body: Mapping[str, Any]
) -> dict[str, Any]:
    """Give the body that answers an invoke, once everybody was shown what is for everybody.

    Raises TransientError or PermanentError where Teams does not take a new message.
    """
    match answer:
        case Show(card) | ShowInPrivate(card):
            return invokes.card(card)
        case ShowEverybody(card):
            await _edit_for_everybody(context, pressed_message(body), card)
            return invokes.card(card)
        case Post(card, sent):
            message = await send(context, card_activity(card))
            if sent is not None:
                await sent(message)
            return invokes.message(DONE)
        case Tell(text):
            return invokes.message(text)
        case Nothing():
            return invokes.message(DONE)


async def send(context: TurnContext, activity: Activity) -> str:
    """Send in the turn, trying again after short pauses. Returns the message id.

    An answer that is shown twice does less harm than one that is never shown. Raises TransientError
    when its patience ends, PermanentError at once.
    """
    give_up_at = time.monotonic() + _SEND_PATIENCE_SECONDS
    while True:
        try:
            return str((await context.send_activity(activity)).id)
        except TransientError as error:
            pause = error.seconds if isinstance(error, RetryAfter) else _SHORT_PAUSE_SECONDS
            if time.monotonic() + pause > give_up_at:
                raise
            await asyncio.sleep(pause)


async def _edit_for_everybody(context: TurnContext, message: str, card: Any) -> None:
    """Edit before answering, so that no later edit wipes what the presser types next."""
    if not message:
        return
    try:
        await asyncio.wait_for(_edit(context, message, card), _EDIT_PATIENCE_SECONDS)
    except (TransientError, PermanentError, TimeoutError) as error:
        log.warning("card.not_edited", error=type(error).__name__)


async def _edit(context: TurnContext, message: str, card: Any) -> None:
    activity = card_activity(card)
    activity.id = message
    await context.update_activity(activity)
