"""What is answered in the personal chat alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from bot.turn import Answer, Tell, Turn

P = ParamSpec("P")
Handler = Callable[Concatenate[Turn, P], Awaitable[Answer]]


def in_private(words: str) -> Callable[[Handler[P]], Handler[P]]:
    """Tell `words` where others read along, and leave the handler alone."""

    def guard(handler: Handler[P]) -> Handler[P]:
        @wraps(handler)
        async def answer(turn: Turn, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
            if turn.place.is_channel:
                return Tell(words)
            return await handler(turn, *args, **kwargs)

        return answer

    return guard
