"""How our writings are known again: each ends with the key it was written under."""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = re.compile(r"\[rb:[^\]\s]+\]")
COMMENT_BYTES: Final = 4000
"""Salesforce: a CaseComment holds so many bytes of UTF-8."""
POST_BYTES: Final = 9000
"""Salesforce: a post holds 10,000 characters, the mentioned name among them."""


def mark(key: str) -> str:
    return f"[rb:{key}]"


def marked(text: str, key: str, *, at_most: int) -> str:
    """Put the mark of a key behind a text, cut to so many bytes of UTF-8 in all."""
    end = f" {mark(key)}"
    room = at_most - len(end.encode())
    return text.encode()[:room].decode(errors="ignore").rstrip() + end


def is_marked(text: str) -> bool:
    """Tell whether a text carries a mark of ours, of whatever key."""
    return _MARK.search(text) is not None
