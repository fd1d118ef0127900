"""Thousands of hostile requests, and no law broken. `python -m tests.fuzz` goes on for longer."""

from __future__ import annotations

import pytest

from cards.plain_text import plain
from tests.databases import database_of
from tests.fuzz.fuzz import Plan, fuzz
from tests.fuzz.laws import broken_by_card, broken_by_message, markup_in
from tests.fuzz.report import faults
from tests.fuzz.words import CANARIES
from tests.scenarios.office import used_before

ENOUGH = 2_000


@pytest.fixture
def sqlite_url(tmp_path):
    """The address of a SQLite file that a bot has served before."""
    yield from database_of("sqlite", tmp_path, used_before)


@pytest.mark.timeout(400)  # two thousand requests, on a machine that may be busy
async def test_no_request_however_hostile_breaks_a_law(sqlite_url):
    plan = Plan(ENOUGH, patience_seconds=10)  # the machine may be busy with other tests

    report = await fuzz(plan, sqlite_url)

    assert "\n".join(faults(report)) == ""
    assert report.posted >= ENOUGH
    assert report.mutations["none"] < ENOUGH / 2
    assert report.cases > 10


class TestTheJudge:
    """A judge that never finds anything would pass everything."""

    @pytest.mark.parametrize("words", CANARIES[:16])
    def test_markup_that_people_typed_is_seen_until_it_is_escaped(self, words):
        assert markup_in(words)
        assert markup_in(plain(words)) == []

    def test_a_mention_without_its_entity_is_seen(self):
        assert list(broken_by_message({"type": "message", "text": "<at>Ana</at> oi"}))

    def test_a_link_in_a_card_is_seen(self):
        element = {"type": "TextBlock", "text": "[aqui](http://evil.example)", "wrap": True}

        assert list(broken_by_card({"type": "AdaptiveCard", "body": [element]}))

    def test_our_own_bold_type_is_no_markup_of_theirs(self):
        assert markup_in(r"Com **\*\*Ana\*\*** desde **14:02**") == []
