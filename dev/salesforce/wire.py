"""How values look in JSON."""

from datetime import UTC, datetime
from typing import Any


def rendered(value: Any) -> Any:
    """Give a field's value as the REST API does: 2026-11-21T20:00:00.000+0000."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000+0000"
    return value


def rendered_for_chatter(at: datetime) -> str:
    """Give a moment as the Connect API does: 2026-11-21T20:00:05.000Z."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
