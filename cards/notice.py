"""A notice: what just happened to this one press, said before anything else."""

from __future__ import annotations

from dataclasses import dataclass

from cards.elements import Band, Json, band, heading, text


@dataclass(frozen=True, slots=True)
class Notice:
    """`title` and `text` are Markdown: whoever makes one escapes the names in them."""

    title: str
    text: str
    style: Band


def notice_band(notice: Notice | None) -> Json | None:
    """Show a notice as a strip of its own on top of a card."""
    if notice is None:
        return None
    return band(
        heading(notice.title, section=True),
        text(notice.text),
        id="notice",
        style=notice.style,
    )
