"""Cards drawn by the official renderer: nothing clipped, nothing sideways, everything literal."""

import pytest

from tests.cards.gallery import HOSTILE, gallery
from tests.cards.rendering import THEMES, WIDTHS, Renderer
from tests.cards.teams_rules import walk

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def renderer():
    with Renderer() as browser:
        yield browser


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
def test_no_card_is_clipped_or_pale_or_wider_than_its_place(renderer, theme, width):
    faults = {
        (name, unfold): drawing.faults
        for name, card in gallery().items()
        for unfold in {False, any("targetElements" in element for element in walk(card))}
        if (drawing := renderer.draw(card, theme=theme, width=width, unfold=unfold))
        and any(drawing.faults.values())
    }

    assert faults == {}


def test_what_people_typed_is_shown_letter_by_letter(renderer):
    card = gallery()["case-hostile"]

    shown = renderer.draw(card, theme="light", width=478, unfold=True).text

    assert "".join(HOSTILE.customer.split()) in shown
    assert "".join(HOSTILE.verbatim[-200:].split()) in shown
    assert "Contato" + "".join(HOSTILE.customer.split()) in shown
