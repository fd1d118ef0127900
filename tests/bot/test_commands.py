from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import CommandBook, Said, what_was_said
from bot.handlers import ROUTER

BOT = {"id": "28:bot", "name": "Bot Retenção"}
MENTION = {"type": "mention", "mentioned": BOT, "text": "<at>Bot Retenção</at>"}


def message(text, *entities):
    return {"recipient": BOT, "text": text, "entities": list(entities)}


class TestWhatWasSaid:
    @pytest.mark.parametrize(
        "text",
        [
            "<at>Bot Retenção</at> /cancelamento\n",
            "<at>Bot Retenção</at>/cancelamento",
            "<at>Bot Retenção</at>&nbsp;/cancelamento",
            "<at>Bot Retenção</at>\xa0/cancelamento\u200b",
            "/cancelamento <at>Bot Retenção</at>",
        ],
    )
    def test_the_mention_and_odd_spaces_are_taken_away(self, text):
        assert what_was_said(message(text, MENTION)) == Said("/cancelamento", addressed=True)

    def test_a_mention_that_teams_split_in_two_goes_whole(self):
        halves = [
            {"type": "mention", "mentioned": BOT, "text": f"<at>{part}</at>"}
            for part in ("Bot", "Retenção")
        ]

        said = what_was_said(message("<at>Bot</at> <at>Retenção</at> /ajuda", *halves))

        assert said == Said("/ajuda", addressed=True)

    def test_text_that_only_looks_like_a_mention_calls_nobody(self):
        said = what_was_said(message("<at>Bot Retenção</at> /cancelamento"))

        assert not said.addressed

    def test_the_names_of_people_stay(self):
        other = {"type": "mention", "mentioned": {"id": "29:lia"}, "text": "<at>Lia Ramos</at>"}

        said = what_was_said(
            message("<at>Bot Retenção</at> /caso <at>Lia Ramos</at>", MENTION, other)
        )

        assert said.text == "/caso Lia Ramos"

    @pytest.mark.parametrize("entities", [[None], ["x"], [{"type": None}], [{"type": "mention"}]])
    def test_odd_entities_do_no_harm(self, entities):
        assert what_was_said({"recipient": BOT, "text": "oi", "entities": entities}).text == "oi"

    @given(st.text(max_size=300))
    def test_any_text_is_read(self, text):
        what_was_said(message(text, MENTION))


class TestRead:
    @pytest.mark.parametrize(
        ("text", "name", "args"),
        [
            ("/cancelamento 00012345", "cancelamento", "00012345"),
            ("CANCELAMENTO", "cancelamento", ""),
            ("／Rescisão", "cancelamento", ""),
            ("cancelar contrato", "cancelamento", ""),
            ("/casos sem dono", "casos", "sem dono"),
            ("/caso RET-0001", "caso", "RET-0001"),
        ],
    )
    def test_spellings_lead_to_one_command(self, text, name, args):
        command = ROUTER.book.read(Said(text, addressed=True))

        assert command is not None
        assert (command.name, command.args) == (name, args)

    def test_a_longer_word_is_another_command(self):
        command = ROUTER.book.read(Said("/cancelamentos", addressed=True))

        assert command is not None
        assert command.name is None

    def test_the_nearest_command_is_found(self):
        assert ROUTER.book.nearest("cancelamnto") == "cancelamento"
        assert ROUTER.book.nearest("xyz") is None

    @given(st.text(max_size=200), st.booleans())
    def test_any_text_is_a_command_or_none(self, text, addressed):
        book = CommandBook()
        book.add("cancelamento", ("cancelar contrato",))

        book.read(Said(text, addressed))
