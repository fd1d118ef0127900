"""How the outside fails, as the core tells it apart."""

from __future__ import annotations

import traceback


class TransientError(Exception):
    """The outside failed for now; the same call may succeed later.

    `outcome_unknown` tells that the call may have taken effect although its answer was lost.
    """

    def __init__(self, message: str = "", *, outcome_unknown: bool = False) -> None:
        super().__init__(message)
        self.outcome_unknown = outcome_unknown


class RetryAfter(TransientError):
    """The outside asked for a pause of so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"retry after {seconds:.1f} s")
        self.seconds = seconds


class Away(RetryAfter):
    """The outside is away, nobody knows for how long: the pauses grow, from so many seconds on."""


class PermanentError(Exception):
    """The outside will never accept this; somebody must look."""


class Unreachable(PermanentError):
    """A person cannot be written to: they have blocked the bot, or it does not know them."""


class MessageGone(PermanentError):
    """The message to edit no longer exists in its conversation."""


def raised_at(error: Exception) -> str:
    """Say where an error arose, without its text, which may hold what a customer said."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"
