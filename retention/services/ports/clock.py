"""The present moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""The present moment, aware, in UTC."""


def utc_now() -> datetime:
    """Tell the present moment by the machine's clock."""
    return datetime.now(UTC)
