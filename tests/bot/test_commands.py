from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import Command, CommandBook, Said, what_was_said
from bot.handlers import ROUTER

BOT = {"id": "28:bot", "name": "Bot Retenção"}
MENTION = {"type": "mention", "mentioned": BOT, "text": "<at>Bot Retenção</at>"}
COMMANDS = ("/cancelamento", "／Cancelamento", "cancelamento", "/RESCISÃO", "cancelar contrato")
SPACES = st.text(" \t\n\xa0\u200b\ufeff", max_size=4)
WORDS = st.text("abzçã/.1", min_size=1, max_size=8)
NAMES = st.text(st.characters(exclude_characters="<>&", exclude_categories=["Cs"]), max_size=20) | (
    st.sampled_from(["cancelamento", "Bot Retenção", "/cancelamento 1", "Bot Retenc\u0327a\u0303o"])
)
MARKUP = st.sampled_from(
    ["<at>", "</at>", '<at id="0">', "<AT", "<", ">", "Bot", " Retenção", "&nbsp;", "&lt;at&gt;"]
) | st.text(max_size=5)
"""Pieces of mentions, whole and broken."""


def mentioning(name):
    return f"<at>{name}</at>"


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

    @given(st.lists(MARKUP, max_size=12).map("".join))
    def test_whatever_the_markup_one_line_of_words_is_left(self, text):
        said = what_was_said(message(text, MENTION)).text

        assert said == " ".join(said.split())

    @given(st.lists(WORDS | NAMES.map(mentioning), max_size=8).map(" ".join))
    def test_what_was_read_once_reads_the_same_again(self, text):
        said = what_was_said(message(text, MENTION))

        assert what_was_said(message(said.text)).text == said.text

    @given(NAMES, SPACES, st.sampled_from(COMMANDS), st.integers(0, 99_999_999), st.booleans())
    def test_no_name_in_the_mention_eats_the_command(self, name, space, command, number, is_last):
        mention, typed = mentioning(name), f"{command}{space or ' '}{number}"
        text = f"{typed}{space}{mention}" if is_last else f"{mention}{space}{typed}"

        said = what_was_said(message(text, MENTION | {"text": mention}))

        assert ROUTER.book.read(said) == Command("cancelamento", said.text, str(number))


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
        assert ROUTER.book.nearest("/risco") is None, "not a slip of /rescisao"

    @given(st.text(max_size=200), st.booleans())
    def test_any_text_is_a_command_or_none(self, text, addressed):
        book = CommandBook()
        book.add("cancelamento", ("cancelar contrato",))

        book.read(Said(text, addressed))
