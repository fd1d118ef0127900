"""Every outcome has words, and every words an outcome."""

from __future__ import annotations

import string

import pytest

from doctor.checks import CHECKS, EVERYWHERE, OK
from doctor.words import words

WORDS = words()
OUTCOMES = [
    pytest.param(check, code, level, id=f"{check.name}-{code}")
    for check in CHECKS
    for code, level in check.levels.items()
]


def test_the_checks_are_exactly_those_with_words_in_the_same_order():
    assert list(WORDS.checks) == [check.name for check in CHECKS]


def test_the_outcomes_are_exactly_those_with_words():
    told = {name: set(check.outcomes) for name, check in WORDS.checks.items()}

    assert told == {check.name: set(check.levels) for check in CHECKS}
    assert set(WORDS.everywhere) == set(EVERYWHERE)


def test_no_check_redefines_what_may_happen_everywhere():
    assert [check.name for check in CHECKS if check.levels.keys() & EVERYWHERE.keys()] == []


def test_every_group_has_a_title():
    assert list(WORDS.groups) == list(
        dict.fromkeys(check.found("silent").group for check in CHECKS)
    )


@pytest.mark.parametrize(("check", "code", "level"), OUTCOMES)
def test_whatever_is_not_well_says_what_to_do(check, code, level):
    outcome = WORDS.checks[check.name].outcomes[code]

    assert outcome.said.endswith(".")
    assert bool(outcome.todo) is (level is not OK)


def test_the_braces_hold_plain_names():
    texts = [
        text
        for check in WORDS.checks.values()
        for outcome in check.outcomes.values()
        for text in (outcome.said, outcome.todo)
    ]
    fields = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}

    assert "name" in fields
    assert all(name.isidentifier() for name in fields)
