"""Draw the app's icons: a speech bubble with an arrow that turns back. `python -m manifest.icons`.

The mark is a handful of strokes on a 32 x 32 grid. A pixel is covered as far as the nearest stroke
reaches into it; only additions, products and square roots, so that every machine draws the same.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, sqrt
from pathlib import Path

COLOR_SIZE, OUTLINE_SIZE = 192, 32
"""Teams: the sides of the two icons, in pixels."""

Rgb = tuple[int, int, int]
ACCENT: Rgb = (0x0B, 0x5C, 0x66)
_WHITE: Rgb = (255, 255, 255)
_AMBER: Rgb = (0xFF, 0xC2, 0x4B)
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Line:
    """A straight stroke with round ends."""

    x1: float
    y1: float
    x2: float
    y2: float

    def distance(self, x: float, y: float) -> float:
        """Measure how far a point is from the stroke's middle."""
        dx, dy = self.x2 - self.x1, self.y2 - self.y1
        along = ((x - self.x1) * dx + (y - self.y1) * dy) / (dx * dx + dy * dy)
        along = min(1.0, max(0.0, along))
        return _length(x - self.x1 - along * dx, y - self.y1 - along * dy)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a circle; `right` and `down` (1 or -1) say which. Lines cover its ends."""

    x: float
    y: float
    radius: float
    right: int
    down: int

    def distance(self, x: float, y: float) -> float:
        """Measure how far a point is from the stroke's middle; infinite in other quarters."""
        dx, dy = x - self.x, y - self.y
        if dx * self.right < 0 or dy * self.down < 0:
            return inf
        return abs(_length(dx, dy) - self.radius)


Stroke = Line | Quarter

BUBBLE: tuple[Stroke, ...] = (
    Line(8, 3, 24, 3),
    Quarter(24, 9, 6, right=1, down=-1),
    Line(30, 9, 30, 19),
    Quarter(24, 19, 6, right=1, down=1),
    Line(24, 25, 16.5, 25),
    Line(16.5, 25, 10, 30),
    Line(10, 30, 10, 25),
    Line(10, 25, 8, 25),
    Quarter(8, 19, 6, right=-1, down=1),
    Line(2, 19, 2, 9),
    Quarter(8, 9, 6, right=-1, down=-1),
)
ARROW: tuple[Stroke, ...] = (
    Line(9, 11, 19, 11),
    Line(9, 11, 12, 8),
    Line(9, 11, 12, 14),
    Quarter(19, 15, 4, right=1, down=-1),
    Quarter(19, 15, 4, right=1, down=1),
    Line(19, 19, 13, 19),
)


@dataclass(frozen=True, slots=True)
class Image:
    """A square picture: rows from the top, 4 bytes (red, green, blue, alpha) a pixel."""

    size: int
    pixels: bytes


def color_icon() -> Image:
    """Draw the 192 x 192 icon: the mark on a full square, which Teams rounds off itself."""
    cover_bubble = _pen(BUBBLE, scale=3.5, size=COLOR_SIZE, width=2.4)
    cover_arrow = _pen(ARROW, scale=3.5, size=COLOR_SIZE, width=2.4)

    def paint(x: float, y: float) -> Iterator[int]:
        color = _mix(ACCENT, _WHITE, cover_bubble(x, y))
        yield from _mix(color, _AMBER, cover_arrow(x, y))
        yield 255

    return _drawn(COLOR_SIZE, paint)


def outline_icon() -> Image:
    """Draw the 32 x 32 icon: the mark in pure white, all else transparent, no margin (Teams)."""
    cover = _pen(BUBBLE + ARROW, scale=1, size=OUTLINE_SIZE, width=2)

    def paint(x: float, y: float) -> Iterator[int]:
        yield from _WHITE
        yield round(255 * cover(x, y))

    return _drawn(OUTLINE_SIZE, paint)


def png(image: Image) -> bytes:
    """Encode as PNG: 8 bits a channel, with alpha, no filters."""
    stride = 4 * image.size
    rows = (image.pixels[at : at + stride] for at in range(0, len(image.pixels), stride))
    header = struct.pack(">IIBBBBB", image.size, image.size, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 9))
        + _chunk(b"IEND", b"")
    )


def main() -> None:
    """Write both icons next to this file."""
    (_FOLDER / "color.png").write_bytes(png(color_icon()))
    (_FOLDER / "outline.png").write_bytes(png(outline_icon()))


def _pen(
    strokes: tuple[Stroke, ...], *, scale: float, size: int, width: float
) -> Callable[[float, float], float]:
    """Give the function that tells how much of the pixel around a point the strokes cover, 0 to 1.

    `width` is in units of the grid, whose middle goes to the middle of the picture.
    """
    shift = (size / scale - OUTLINE_SIZE) / 2

    def cover(x: float, y: float) -> float:
        at_x, at_y = x / scale - shift, y / scale - shift
        nearest = min(stroke.distance(at_x, at_y) for stroke in strokes)
        return min(1.0, max(0.0, (width / 2 - nearest) * scale + 0.5))

    return cover


def _drawn(size: int, paint: Callable[[float, float], Iterator[int]]) -> Image:
    middles = [pixel + 0.5 for pixel in range(size)]
    return Image(size, bytes(byte for y in middles for x in middles for byte in paint(x, y)))


def _mix(under: Rgb, over: Rgb, cover: float) -> Rgb:
    red, green, blue = (
        round(below + (above - below) * cover) for below, above in zip(under, over, strict=True)
    )
    return red, green, blue


def _length(dx: float, dy: float) -> float:
    return sqrt(dx * dx + dy * dy)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


if __name__ == "__main__":
    main()
