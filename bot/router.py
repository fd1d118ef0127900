"""Who answers what: commands by name, buttons by verb. Each handler module brings a Router."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.commands import CommandBook
from bot.turn import Answer, Desk, Turn
from cards.card_action import CardAction

CommandHandler = Callable[[Turn, Desk], Awaitable[Answer]]
ActionType = TypeVar("ActionType", bound=CardAction)


class UnknownAction(Exception):
    """No handler knows this button, or its data has not the shape of any card we drew."""


class Router:
    def __init__(self) -> None:
        self.book = CommandBook()
        self.commands: dict[str, tuple[tuple[str, ...], bool, CommandHandler]] = {}
        self.actions: dict[str, tuple[type[CardAction], Callable[..., Awaitable[Answer]]]] = {}

    @classmethod
    def of(cls, parts: Iterable[Router]) -> Router:
        """Join the routers of the handler modules into the one of the bot."""
        whole = cls()
        for part in parts:
            for name, (aliases, bare, handler) in part.commands.items():
                whole.command(name, *aliases, bare=bare)(handler)
            whole.actions |= part.actions
        return whole

    def command(
        self, name: str, *aliases: str, bare: bool = False
    ) -> Callable[[CommandHandler], CommandHandler]:
        """Register the handler of a typed command and its other spellings (see CommandBook)."""

        def register(handler: CommandHandler) -> CommandHandler:
            self.book.add(name, aliases, bare=bare)
            self.commands[name] = (aliases, bare, handler)
            return handler

        return register

    def action(
        self, kind: type[ActionType]
    ) -> Callable[
        [Callable[[Turn, ActionType, Desk], Awaitable[Answer]]],
        Callable[[Turn, ActionType, Desk], Awaitable[Answer]],
    ]:
        """Register the handler of a button."""

        def register(
            handler: Callable[[Turn, ActionType, Desk], Awaitable[Answer]],
        ) -> Callable[[Turn, ActionType, Desk], Awaitable[Answer]]:
            self.actions[kind.verb] = (kind, handler)
            return handler

        return register

    async def answer_command(self, name: str, turn: Turn, desk: Desk) -> Answer:
        """Run the handler of a known command."""
        return await self.commands[name][-1](turn, desk)

    async def answer_action(self, verb: str, data: Any, turn: Turn, desk: Desk) -> Answer:
        """Run the handler of a button. Raises UnknownAction: the data came from no card of ours."""
        if verb not in self.actions:
            raise UnknownAction(verb[:40])
        kind, handler = self.actions[verb]
        try:
            action = kind.model_validate(data)
        except ValidationError as error:
            raise UnknownAction(verb) from error
        return await handler(turn, action, desk)
