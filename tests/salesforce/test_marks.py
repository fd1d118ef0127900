"""Marks: cut texts keep them, and end at a whole character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retention.salesforce.marks import COMMENT_BYTES, is_marked, mark, marked

KEY = "RET-0042:1:crm"


def test_a_short_text_stays_whole():
    assert marked("Liguei.", KEY, at_most=COMMENT_BYTES) == "Liguei. [rb:RET-0042:1:crm]"


@given(st.text(alphabet="aé€😀 ", min_size=0, max_size=40), st.integers(min_value=30, max_value=60))
def test_a_long_text_is_cut_at_a_character_and_keeps_its_mark(text, room):
    written = marked(text, KEY, at_most=room)

    assert len(written.encode()) <= room
    assert written.endswith(f" {mark(KEY)}")
    assert text.startswith(written.removesuffix(f" {mark(KEY)}"))


def test_a_comment_of_accents_fills_its_bytes_and_no_more():
    written = marked("é" * 4000, KEY, at_most=COMMENT_BYTES)

    assert COMMENT_BYTES - 1 <= len(written.encode()) <= COMMENT_BYTES


def test_what_people_write_carries_no_mark():
    assert is_marked(f"x {mark(KEY)} y")
    assert not is_marked("[rb: nada] [RET-0042]")
