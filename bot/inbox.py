"""Deliveries seen lately. Teams sends a message again when its answer takes over about 15 s.

This spares the common repeat inside one process. What must survive a restart is decided in the
database: a draft knows the message it came from, a case knows its draft.
"""

from __future__ import annotations

from collections import OrderedDict

_REMEMBERED = 4096


class Inbox:
    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()

    def take(self, key: str) -> bool:
        """Claim a delivery; False when it is being answered or was answered already."""
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def give_back(self, key: str) -> None:
        """Let a delivery whose answer failed be tried again."""
        self._seen.pop(key, None)
