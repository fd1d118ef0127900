"""RetentionBot: an activity becomes a Turn, the router answers it, the answer goes out.

The only place that catches a turn's errors: a refusal is said kindly, a bug is logged and said
kindly too. Nothing a person sends makes the HTTP edge answer 5xx.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from botbuilder.core import ActivityHandler, TurnContext

from bot import invokes
from bot.activity import (
    bot_name_of,
    conversation_of,
    delivery_of,
    is_personal,
    pressed_message,
    thread_of,
)
from bot.botframework import BODY, invoke_answer
from bot.commands import Command, what_was_said
from bot.door import Door
from bot.handlers.talk import NOTE, is_talk, take_as_note
from bot.identity import actor_of
from bot.inbox import Inbox
from bot.living_card import living_card
from bot.router import Router, UnknownAction
from bot.sending import card_activity, send, send_for_invoke, send_for_message, text_activity
from bot.turn import Answer, Desk, Nothing, Show, Tell, Turn
from cards.elements import Json
from cards.errors import NO_BUTTON, notice_for
from cards.help_card import help_card, unknown_card, welcome_card, wrong_channel_card
from cards.notice import Notice
from cards.sentences import SOMETHING_FAILED, UNKNOWN_ACTION, sentence
from retention.domain.draft import Place
from retention.domain.errors import CaseNotFound, DraftNotFound, RetentionError
from retention.services.ports.failures import PermanentError, TransientError

log = structlog.get_logger(__name__)


class RetentionBot(ActivityHandler):
    def __init__(self, *, desk: Desk, router: Router, door: Door) -> None:
        self._desk = desk
        self._router = router
        self._door = door
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
            answer = await self._press(body, str(value.get("verb") or ""), value, is_new=True)
            await send_for_message(context, answer, pressed=pressed_message(body))
            return
        answer = await self._command(body)
        await send_for_message(context, answer, pressed="")

    async def _command(self, body: Mapping[str, Any]) -> Answer:
        said = what_was_said(body)
        is_ours = is_personal(body) or self._desk.room.is_home(conversation_of(body))
        if is_personal(body):
            said = said.to_the_bot()
        elif not is_ours and not said.addressed:
            return Nothing()
        command = self._router.book.read(said)
        turn = self._turn(body, args=command.args) if command else None
        if command is None or turn is None:
            return Nothing()
        if refused := await self._door.why_not(turn):
            return refused
        if not is_ours:
            return self._elsewhere()
        await self._remember(turn)
        return await self._obey(command, turn)

    async def _obey(self, command: Command, turn: Turn) -> Answer:
        try:
            if self._is_talk(command):
                noted = await take_as_note(command.typed, turn, self._desk)
                if noted is not None:
                    return noted
            if command.name is None:
                return Show(self._guess(command))
            return await self._router.answer_command(command.name, turn, self._desk)
        except RetentionError as refusal:
            return self._refusal(refusal)

    def _is_talk(self, command: Command) -> bool:
        return command.name != NOTE and is_talk(
            command.typed,
            begins_with_command=command.name is not None,
            is_near=lambda: self._router.book.nearest(command.typed) is not None,
        )

    def _guess(self, command: Command) -> Json:
        """Answer what is no command: with the one it is most like, or with the whole help."""
        if not command.typed:
            return help_card()
        return unknown_card(command.typed, self._router.book.nearest(command.typed))

    def _refusal(self, refusal: RetentionError) -> Answer:
        log.info("turn.refused", why=type(refusal).__name__)
        return Tell(sentence(self._notice(refusal)))

    def _notice(self, refusal: RetentionError) -> Notice:
        return notice_for(refusal, now=self._desk.services.clock())

    def _elsewhere(self) -> Answer:
        room = self._desk.room
        return Show(wrong_channel_card(room.channel_name, room.channel_link))

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
            answer = await self._press(body, verb, data, is_new=self._inbox.take(key))
            return await send_for_invoke(context, answer, body)
        except (TransientError, PermanentError) as error:
            log.warning("turn.unanswered", error=type(error).__name__)
        except Exception:
            log.exception("turn.failed")
        self._inbox.give_back(key)
        return invokes.message(SOMETHING_FAILED)

    async def _press(
        self, body: Mapping[str, Any], verb: str, data: Any, *, is_new: bool
    ) -> Answer:
        turn = self._turn(body)
        if turn is None:
            return Tell(UNKNOWN_ACTION)
        if refused := await self._door.why_not(turn):
            return refused
        if not is_new:
            await self._door.write_down(turn, verb, "Redelivered")
        await self._remember(turn)
        return await self._answer_press(verb, data, turn)

    async def _answer_press(self, verb: str, data: Any, turn: Turn) -> Answer:
        """Answer a button. A press that no card of ours in this place can have made is audited."""
        if turn.place.is_channel and not self._desk.room.is_home(turn.place.conversation):
            await self._door.write_down(turn, verb, "WrongChannel")
            return Tell(UNKNOWN_ACTION)
        try:
            return await self._router.answer_action(verb, data, turn, self._desk)
        except (UnknownAction, CaseNotFound, DraftNotFound) as forged:
            return await self._refuse_forged(turn, verb, forged)
        except RetentionError as refusal:
            return self._refusal(refusal)

    async def _refuse_forged(self, turn: Turn, verb: str, forged: Exception) -> Answer:
        """Write a forged press down; answer with the present case of its thread, if it has one."""
        case = await self._desk.services.cases.discussed_in(turn.place.conversation)
        number = case.number if case else None
        await self._door.write_down(turn, verb, type(forged).__name__, number)
        if case is not None:
            notice = self._notice(forged) if isinstance(forged, RetentionError) else NO_BUTTON
            return Show(await living_card(self._desk, case, notice))
        return self._refusal(forged) if isinstance(forged, RetentionError) else Tell(UNKNOWN_ACTION)

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
            if turn := self._turn(body):
                await self._remember(turn)
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

    async def _remember(self, turn: Turn) -> None:
        """Remember where a person speaks with the bot alone."""
        if not turn.place.is_channel:
            await self._desk.services.chats.heard(actor=turn.actor, place=turn.place)

    async def _apologise(self, context: TurnContext) -> None:
        try:
            await context.send_activity(text_activity(SOMETHING_FAILED))
        except (TransientError, PermanentError) as error:
            log.warning("turn.unanswered", error=type(error).__name__)

    def _turn(self, body: Mapping[str, Any], *, args: str = "") -> Turn | None:
        actor = actor_of(body, self._desk.services.directory)
        if actor is None:
            return None
        place = Place(
            service_url=str(body.get("serviceUrl") or ""),
            conversation=thread_of(body),
            is_channel=not is_personal(body),
            message=pressed_message(body),
        )
        return Turn(actor=actor, place=place, source=delivery_of(body), args=args)
