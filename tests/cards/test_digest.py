"""What the summary of the day shows once, and what it does not call the leading one."""

import pytest

from cards.digest_card import digest_card
from tests.cards.gallery import BLOCKED, NON_TECHNICAL, a_case, minutes
from tests.cards.mornings import a_digest
from tests.cards.teams_rules import all_text, titles


def shown(*open_cases, past=()):
    return all_text(digest_card(a_digest(*open_cases, past=past), thread_urls={}))


def asked_for(*judgements):
    return tuple(a_case(judgement=each, number=100 + n) for n, each in enumerate(judgements))


class TestOldest:
    def test_stands_alone_while_the_mentions_may_still_find_an_owner(self):
        words = shown(a_case(at=minutes(60 * 19 - 1)))

        assert "🕑 Mais antigo sem dono\nPadaria Sol" in words
        assert "Para você decidir" not in words

    def test_is_not_repeated_below_the_decision_about_it(self):
        words = shown(a_case())

        assert "Para você decidir" in words
        assert "Mais antigo sem dono" not in words


class TestFurther:
    @pytest.mark.parametrize(("open_cases", "offered"), [((a_case(),), True), ((), False)])
    def test_cases_without_an_owner_are_offered_where_there_are_any(self, open_cases, offered):
        card = digest_card(a_digest(*open_cases), thread_urls={})

        assert ("Ver casos sem dono" in titles(card)) is offered


class TestReasons:
    @pytest.mark.parametrize(
        ("judgements", "said"),
        [
            ([BLOCKED], "1 pedido: falha não resolvida na raiz."),
            ([BLOCKED, NON_TECHNICAL], "2 pedidos, e nenhum motivo à frente."),
            ([BLOCKED] * 2 + [NON_TECHNICAL] * 2, "4 pedidos, e nenhum motivo à frente."),
            ([BLOCKED] * 2 + [NON_TECHNICAL], "**Falha não resolvida na raiz:** 2 de 3 pedidos."),
        ],
        ids=["one", "one each", "as many", "ahead"],
    )
    def test_only_one_that_came_more_often_leads(self, judgements, said):
        assert said in shown(past=asked_for(*judgements))
