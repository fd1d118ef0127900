"""Ratios are taken inside a round, and what was not measured is nothing."""

from __future__ import annotations

import pytest

from bench.figures import Figures, Spread, short

B = ("B", "turn")


@pytest.fixture
def figures():
    found = Figures()
    for found.round, (ours, others) in enumerate([(1.0, 10.0), (4.0, 8.0), (2.0, 8.0)]):
        found.add("auth", "ours", "help", cpu_ms=ours)
        found.add("auth", "B", "turn", cpu_ms=others)
    return found


def test_a_ratio_is_taken_within_each_round(figures):
    found = figures.ratio("auth", "help", "cpu_ms", to=B)

    assert found == Spread(0.1, 0.25, 0.5)


def test_a_round_that_measured_one_side_alone_gives_no_ratio(figures):
    figures.round = 3
    figures.add("auth", "ours", "help", cpu_ms=99.0)

    found = figures.ratio("auth", "help", "cpu_ms", to=B)

    assert found == Spread(0.1, 0.25, 0.5)


def test_what_was_not_measured_has_no_spread_and_no_ratio(figures):
    assert figures.spread("open", "ours", "help", "cpu_ms") is None
    assert figures.ratio("auth", "help", "p50_ms", to=B) is None


def test_a_ratio_turned_around_keeps_its_order():
    assert Spread(0.1, 0.25, 0.5).inverse() == Spread(2.0, 4.0, 10.0)


def test_rows_are_told_apart_from_what_else_was_measured(figures):
    figures.add("growth", "ours", "queries", ratio=1.2)

    assert figures.metrics_of("ours", beside=("cpu_ms",)) == [("growth", "queries", "ratio")]


@pytest.mark.parametrize(
    ("value", "written"), [(0.0123456, "0.0123"), (3.14159, "3.14"), (314.15, "314"), (20, "20")]
)
def test_a_figure_has_three_digits_that_count(value, written):
    assert short(value) == written
