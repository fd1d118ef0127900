"""What is answered: an activity becomes a Turn, the door lets it in, the router answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from bot.activity import conversation_of, delivery_of, is_personal, pressed_message, thread_of
from bot.commands import Command, what_was_said
from bot.door import Door
from bot.handlers.talk import NOTE, is_talk, take_as_note
from bot.identity import actor_of
from bot.living_card import living_card
from bot.router import Router, UnknownAction
from bot.turn import Answer, Desk, Nothing, Show, Tell, Turn
from cards.elements import Json
from cards.errors import NO_BUTTON, notice_for
from cards.help_card import help_card, unknown_card, wrong_channel_card
from cards.notice import Notice
from cards.sentences import UNKNOWN_ACTION, sentence
from retention.domain.draft import Place
from retention.domain.errors import CaseNotFound, DraftNotFound, RetentionError

log = structlog.get_logger(__name__)


class Answers:
    """Find the answer to an activity. A refusal is one, said kindly; other errors are raised."""

    def __init__(self, *, desk: Desk, router: Router, door: Door) -> None:
        self._desk, self._router, self._door = desk, router, door

    async def to_words(self, body: Mapping[str, Any]) -> Answer:
        """Answer what somebody typed: a command, what is like one, or in a case's thread a note."""
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

    async def to_press(
        self, body: Mapping[str, Any], verb: str, data: Any, *, is_new: bool
    ) -> Answer:
        """Answer a pressed button. One that is not `is_new` was delivered before: it is audited."""
        turn = self._turn(body)
        if turn is None:
            return Tell(UNKNOWN_ACTION)
        if refused := await self._door.why_not(turn):
            return refused
        if not is_new:
            await self._door.write_down(turn, verb, "Redelivered")
        await self._remember(turn)
        return await self._answer_press(verb, data, turn)

    async def hear(self, body: Mapping[str, Any]) -> None:
        """Take note of somebody who asked nothing yet."""
        if turn := self._turn(body):
            await self._remember(turn)

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

    def _elsewhere(self) -> Answer:
        room = self._desk.room
        return Show(wrong_channel_card(room.channel_name, room.channel_link))

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

    def _refusal(self, refusal: RetentionError) -> Answer:
        log.info("turn.refused", why=type(refusal).__name__)
        return Tell(sentence(self._notice(refusal)))

    def _notice(self, refusal: RetentionError) -> Notice:
        return notice_for(refusal, now=self._desk.services.clock())

    async def _remember(self, turn: Turn) -> None:
        """Remember where a person speaks with the bot alone."""
        if not turn.place.is_channel:
            await self._desk.services.chats.heard(actor=turn.actor, place=turn.place)

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
