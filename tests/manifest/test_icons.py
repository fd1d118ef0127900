"""The icons: Teams' rules for them, and that the committed files are what the code draws."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from manifest import icons, package
from manifest.icons import ACCENT, Image, color_icon, outline_icon, png

FOLDER = Path(icons.__file__).parent


def decoded(data):
    """Read a PNG of the kind we write: 8 bits, RGBA, one IDAT, no filters."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length) == (zlib.crc32(kind + content),)
        chunks[kind] = content
        at += 12 + length
    width, height, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert width == height
    assert rest == [8, 6, 0, 0, 0]
    raw, stride = zlib.decompress(chunks[b"IDAT"]), 4 * width + 1
    rows = [raw[start : start + stride] for start in range(0, len(raw), stride)]
    assert len(rows) == height
    assert {row[0] for row in rows} == {0}
    return Image(width, b"".join(row[1:] for row in rows))


def committed(name):
    return decoded((FOLDER / name).read_bytes())


def pixels(image):
    return [tuple(image.pixels[at : at + 4]) for at in range(0, len(image.pixels), 4)]


@pytest.mark.parametrize(
    ("name", "draw"), [("color.png", color_icon), ("outline.png", outline_icon)]
)
def test_the_committed_icon_is_what_the_code_draws(name, draw):
    assert committed(name) == draw()


def test_what_is_encoded_reads_back_the_same():
    image = outline_icon()

    assert decoded(png(image)) == image


def test_the_outline_is_32_wide_and_only_white_and_transparent():
    image = committed("outline.png")

    found = pixels(image)

    assert image.size == 32
    assert {pixel[:3] for pixel in found} == {(255, 255, 255)}
    assert {pixel[3] for pixel in found} >= {0, 255}
    assert found[0][3] == 0, "the corners are background"
    assert sum(pixel[3] == 0 for pixel in found) > len(found) / 2


def test_the_color_icon_is_192_wide_opaque_and_stands_on_the_accent_color():
    image = committed("color.png")

    found = pixels(image)

    assert image.size == 192
    assert {pixel[3] for pixel in found} == {255}
    assert {found[0], found[191], found[-192], found[-1]} == {(*ACCENT, 255)}
    assert len({pixel[:3] for pixel in found}) > 2, "in colour"


def test_the_mark_keeps_to_the_middle_that_every_crop_of_teams_shows():
    """Teams: a symbol of 120 x 120 in the middle survives the round crop."""
    image = committed("color.png")

    painted = [
        (at % 192, at // 192) for at, pixel in enumerate(pixels(image)) if pixel[:3] != ACCENT
    ]

    assert all(36 <= coordinate < 156 for place in painted for coordinate in place)


def test_the_manifest_names_the_same_accent_color():
    accent = package._read("manifest.template.json")["accentColor"]

    assert bytes.fromhex(accent[1:]) == bytes(ACCENT)
