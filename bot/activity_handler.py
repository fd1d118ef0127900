"""RetentionBot: an activity comes in, its answer is found, and goes out.

The only place that catches a turn's errors: a bug is logged, and said as kindly as `answers` says a
refusal. Nothing a person sends makes the HTTP edge answer 5xx.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from botbuilder.core import ActivityHandler, TurnContext

from bot import invokes
from bot.activity import bot_name_of, conversation_of, delivery_of, is_personal, pressed_message
from bot.answers import Answers
from bot.botframework import BODY, card_activity, invoke_answer, text_activity
from bot.door import Door
from bot.inbox import Inbox
from bot.router import Router
from bot.sending import send, send_for_invoke, send_for_message
from bot.turn import Desk
from cards.help_card import welcome_card
from cards.sentences import SOMETHING_FAILED
from retention.services.ports.failures import PermanentError, TransientError

log = structlog.get_logger(__name__)


class RetentionBot(ActivityHandler):
    def __init__(self, *, desk: Desk, router: Router, door: Door) -> None:
        self._desk = desk
        self._answers = Answers(desk=desk, router=router, door=door)
        self._inbox = Inbox()

    # ---- messages --------------------------------------------------------------------------------

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Answer a typed command, or a button of a client too old for Action.Execute."""
        body = turn_context.turn_state[BODY]
        key = delivery_of(body)
        if not self._inbox.take(key):
            return
        try:
            await self._answer_message(turn_context, body)
        except (TransientError, PermanentError) as error:
            self._inbox.give_back(key)
            log.warning("turn.unanswered", error=type(error).__name__)
        except Exception:
            self._inbox.give_back(key)
            log.exception("turn.failed")
            await self._apologise(turn_context)

    async def _answer_message(self, context: TurnContext, body: Mapping[str, Any]) -> None:
        value = body.get("value")
        if isinstance(value, dict) and not str(body.get("text") or "").strip():
            verb = str(value.get("verb") or "")
            answer = await self._answers.to_press(body, verb, value, is_new=True)
            await send_for_message(context, answer, pressed=pressed_message(body))
            return
        answer = await self._answers.to_words(body)
        await send_for_message(context, answer, pressed="")

    async def _apologise(self, context: TurnContext) -> None:
        try:
            await context.send_activity(text_activity(SOMETHING_FAILED))
        except (TransientError, PermanentError) as error:
            log.warning("turn.unanswered", error=type(error).__name__)

    # ---- buttons ---------------------------------------------------------------------------------

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        """Answer a pressed button, always with HTTP 200: Teams shows anything else as a fault."""
        body = turn_context.turn_state[BODY]
        if body.get("name") == "adaptiveCard/action":
            answer = await self._answer_invoke(turn_context, body)
        else:
            answer = invokes.not_offered(str(body.get("name") or ""))
        await turn_context.send_activity(invoke_answer(answer))

    async def _answer_invoke(self, context: TurnContext, body: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a button asks for; returns the body of the answer.

        The same press again does nothing twice: it is audited, and shows how things are now.
        """
        key = delivery_of(body)
        try:
            verb, data = invokes.read_action(body.get("value"))
            answer = await self._answers.to_press(body, verb, data, is_new=self._inbox.take(key))
            return await send_for_invoke(context, answer, body)
        except (TransientError, PermanentError) as error:
            log.warning("turn.unanswered", error=type(error).__name__)
        except Exception:
            log.exception("turn.failed")
        self._inbox.give_back(key)
        return invokes.message(SOMETHING_FAILED)

    # ---- arrivals --------------------------------------------------------------------------------

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """Welcome a conversation the bot was added to, once."""
        body = turn_context.turn_state[BODY]
        if str(body.get("action") or "").startswith("add"):
            await self._welcome(turn_context, body)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Welcome likewise: Teams sends this event, the one above, or both."""
        body = turn_context.turn_state[BODY]
        added = body.get("membersAdded")
        members = added if isinstance(added, list) else []
        ids = [str(one.get("id", "")).lower() for one in members if isinstance(one, dict)]
        if self._desk.room.bot_id.lower() in ids:
            await self._welcome(turn_context, body)

    async def _welcome(self, context: TurnContext, body: Mapping[str, Any]) -> None:
        room = self._desk.room
        where = conversation_of(body) if is_personal(body) else room.channel_id
        key = f"welcome|{where}"
        if not self._inbox.take(key):
            return
        try:
            await self._answers.hear(body)
            if await self._desk.services.welcomes.is_due(where):
                context.activity.conversation.id = where
                card = welcome_card(bot_name=bot_name_of(body), is_channel=not is_personal(body))
                await send(context, card_activity(card))
                await self._desk.services.welcomes.sent(where)
        except (TransientError, PermanentError) as error:
            log.warning("turn.unanswered", error=type(error).__name__)
        except Exception:
            log.exception("turn.failed")
        finally:
            self._inbox.give_back(key)
