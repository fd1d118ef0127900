"""Places of the messenger as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from retention.domain.draft import Place


def place_of(data: dict[str, Any] | None) -> Place | None:
    """Read a place back from JSON."""
    return None if data is None else Place(**data)


def place_json(place: Place | None) -> dict[str, Any] | None:
    """Write a place as JSON."""
    return None if place is None else asdict(place)
