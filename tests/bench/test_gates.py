"""A gate holds up to its limit, and keeps silent about what was not measured."""

from __future__ import annotations

import pytest

from bench.figures import Figures
from bench.gates import GATES, Gate


def measured(value):
    figures = Figures()
    figures.add("auth", "B", "turn c=16", cpu_ms=50.0)
    figures.add("auth", "ours", "help c=16", cpu_ms=value)
    return figures


def verdicts(figures):
    return [verdict for gate in GATES if (verdict := gate.verdict(figures))]


def test_nothing_measured_is_nothing_judged():
    assert verdicts(Figures()) == []


@pytest.mark.parametrize(("cpu_ms", "word"), [(0.30, "PASS"), (0.34, "FAIL")])
def test_help_may_cost_a_150th_of_a_bare_turn(cpu_ms, word):
    [found] = verdicts(measured(cpu_ms))

    assert str(found).startswith(f"{word}  CPU of help")
    assert found.holds is (word == "PASS")


def test_the_figure_the_limit_and_the_goal_are_said():
    gate = Gate("last of 64", 1300, lambda _: 1234.5, " ms", goal=1100)

    assert (
        str(gate.verdict(Figures())) == "PASS  last of 64: 1234 ms (at most 1300 ms, goal 1100 ms)"
    )


def test_a_figure_at_the_limit_holds():
    verdict = Gate("stall", 20, lambda _: 20.0).verdict(Figures())

    assert verdict
    assert verdict.holds
