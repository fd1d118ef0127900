"""Every card, as Teams and its reader will take it."""

import re

import pytest

from cards.actions import ACTIONS
from tests.cards.gallery import gallery
from tests.cards.teams_rules import all_text, findings, shown_actions, walk

GALLERY = gallery()
_SYSTEM_WORDS = re.compile(r"\b(erro|inválid|falha ao|operação|null|None)\b", re.IGNORECASE)


@pytest.mark.parametrize("name", GALLERY)
def test_teams_shows_it_as_meant(name):
    assert findings(GALLERY[name]) == []


@pytest.mark.parametrize("name", GALLERY)
def test_each_button_parses_back_into_its_action(name):
    for action in shown_actions(GALLERY[name]):
        if action["type"] == "Action.Execute":
            kind = ACTIONS[action["verb"]]
            parsed = kind.model_validate(action["data"])

            assert action["data"].items() <= parsed.model_dump().items()
            assert ("associatedInputs" in action) is (not kind.inputs)


@pytest.mark.parametrize("name", [name for name in GALLERY if "hostile" not in name])
def test_it_speaks_as_someone_at_the_next_desk(name):
    words = all_text(GALLERY[name])

    assert "!" not in words
    assert not _SYSTEM_WORDS.search(words)


def test_every_button_there_is_stands_on_some_card():
    verbs = {e["verb"] for card in GALLERY.values() for e in walk(card) if "verb" in e}

    assert verbs == set(ACTIONS)
