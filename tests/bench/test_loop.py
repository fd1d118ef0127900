"""How late a loop was, and whether a long run grew."""

from __future__ import annotations

from bench.bots import Usage
from bench.loop import Lateness, lateness
from bench.soak import broken_laws


def look(rss, files=40):
    return Usage(cpu=1.0, rss=rss, peak=rss, files=files)


def test_only_what_is_within_the_stretch_counts():
    late = [(0.5, 0.9), (1.5, 0.03), (2.5, 0.8)]

    assert lateness(late, 1.0, 2.0) == Lateness(0.0, 30.0)


def test_ticks_not_worth_writing_count_for_the_99th_percentile():
    late = [(1.0 + each / 100, 0.010 + each / 1000) for each in range(10)]

    assert lateness(late, 1.0, 2.0) == Lateness(14.0, 19.0)


def test_growth_before_the_warm_up_is_over_is_none():
    assert broken_laws([look(90), look(120), look(121)], [0.0, 0.0]) == []


def test_growth_leaks_and_stuck_effects_break_a_law_each():
    found = broken_laws([look(90), look(120), look(123, files=60)], [2.0, 0.0])

    assert [law.split(":")[0] for law in found] == ["BROKEN"] * 3
