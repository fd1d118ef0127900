"""The daily limit of calls: once it is reached, one call a minute finds out when it is lifted.

Salesforce counts the calls of the whole organisation over the last 24 hours and never says when to
come back. Whoever asks meanwhile is turned away here, without a call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from retention.salesforce.errors import LIMIT_SECONDS, LimitReached
from retention.services.ports.failures import PermanentError, RetryAfter

_ANSWER_SECONDS: Final = 5.0
"""How long others wait for the answer to the one call that finds out."""

log = structlog.get_logger(__name__)


class DailyLimit:
    """Shared by all calls of one client; `clock` gives seconds."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ask_at: float | None = None
        """When the next call may be made; None while the limit is not reached."""

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Let a call through and learn from how it ends. Raises RetryAfter in place of a call."""
        self._let_through()
        try:
            yield
        except LimitReached:
            self._close()
            raise
        except PermanentError:
            self._open()  # an answer, though not the one that was hoped for
            raise
        else:
            self._open()

    def _let_through(self) -> None:
        if self._ask_at is None:
            return
        left = self._ask_at - self._clock()
        if left > 0:
            raise RetryAfter(left)
        self._ask_at = self._clock() + _ANSWER_SECONDS

    def _close(self) -> None:
        if self._ask_at is None:
            log.warning("crm.limit_reached")
        self._ask_at = self._clock() + LIMIT_SECONDS

    def _open(self) -> None:
        if self._ask_at is not None:
            log.info("crm.limit_lifted")
        self._ask_at = None
