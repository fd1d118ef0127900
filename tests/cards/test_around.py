"""Lists, help and welcome: short, linked, and no promise of what is not there."""

import pytest

from cards.cases_card import case_summary_card, cases_card, not_found_card
from cards.help_card import help_card, unknown_card, welcome_card, wrong_channel_card
from retention.domain.case import CaseNumber
from retention.services.ports.cases import CaseFilter
from tests.cards.gallery import CANTINA, OPEN, URL, a_case, claimed, line_of
from tests.cards.teams_rules import all_text, titles, walk


def links(card):
    return [element["url"] for element in walk(card) if element["type"] == "Action.OpenUrl"]


class TestCases:
    def test_each_line_says_whose_it_is_and_links_to_its_thread(self):
        lines = [line_of(a_case()), line_of(a_case(CANTINA, OPEN, number=43)), line_of(claimed())]

        card = cases_card(lines, which="open", thread_urls={CaseNumber(42): URL})

        assert "⏳ Aguardando Adm/Fin · sem dono · desde 24/11, 14:02" in all_text(card)
        assert "🎧 Em tratativa no RC · com Ana Souza" in all_text(card)
        assert "🤝 Em tratativa no Adm/Fin · com Fernanda Lima" in all_text(card)
        assert links(card) == [URL, URL]

    @pytest.mark.parametrize("which", list(CaseFilter))
    def test_an_empty_list_says_so_kindly(self, which):
        words = all_text(cases_card([], which=which, thread_urls={}))

        assert "agora." in words

    def test_tells_when_there_are_more(self):
        card = cases_card([line_of(a_case())], which="mine", thread_urls={}, more=True)

        assert "Há mais do que estes." in all_text(card)

    def test_one_case_in_short_leads_to_its_thread(self):
        card = case_summary_card(claimed(), URL)

        assert links(card) == [URL]
        assert titles(card) == ["Abrir o tópico"]

    def test_nothing_found_quotes_the_search_literally(self):
        words = all_text(not_found_card("**x** <at>y</at>"))

        assert "Procurei por “**x** <\u200bat>y<\u200b/at>”." in words


class TestHelp:
    def test_names_the_commands_there_are_and_no_others(self):
        words = all_text(help_card())

        for command in (
            "/cancelamento",
            "/caso ",
            "/casos",
            "/fluxo",
            "/equipe",
            "/resumo",
            "/avisos",
            "/relatorio",
            "/treino",
            "/ajuda",
        ):
            assert command in words
        for later in ("/risco", "vencendo"):
            assert later not in words

    def test_an_unknown_command_is_answered_with_the_nearest(self):
        words = all_text(unknown_card("/cancelar", "cancelamento"))

        assert "Não entendi “/cancelar”. Você quis dizer /cancelamento?" in words
        assert "quis dizer" not in all_text(unknown_card("/xyz"))

    def test_the_welcome_says_what_to_type_where_it_stands(self):
        in_channel = all_text(welcome_card(bot_name="Bot Retenção"))
        personal = all_text(welcome_card(is_channel=False))

        assert "Escreva aqui: @Bot Retenção /cancelamento" in in_channel
        assert "Deste canal, guardo só os pedidos" in in_channel
        assert "Escreva aqui: /cancelamento" in personal
        assert "Deste canal" not in personal

    def test_the_wrong_channel_shows_the_way_to_the_right_one(self):
        card = wrong_channel_card("RC + BACKOFFICE & RETENÇÃO", URL)

        assert "**RC + BACKOFFICE & RETENÇÃO**" in all_text(card)
        assert links(card) == [URL]
