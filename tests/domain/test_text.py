"""Normalisation: canonical words that always lead back to what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention.domain.text import Normaliser, fold

NORMALISER = Normaliser(
    {"vcs": "voces", "q": "que", "pra": "para", "to": "estou", "pfv": "por favor"},
    stems=("cancel", "encerr"),
    lookalikes=("cancer",),
)


def forms(text: str) -> list[str]:
    return list(NORMALISER.normalise(text).words)


class TestFold:
    @given(st.text())
    def test_folding_never_changes_the_length(self, text):
        assert len(fold(text)) == len(text)

    @given(st.text())
    def test_what_is_folded_stays_folded(self, text):
        assert fold(fold(text)) == fold(text)

    @given(st.text(), st.text())
    def test_each_character_folds_by_itself(self, one, other):
        assert fold(one + other) == fold(one) + fold(other)

    def test_accents_and_case_fall(self):
        assert fold("NÃO, É Açaí") == "nao, e acai"


class TestWords:
    def test_chat_abbreviations_are_spelled_out(self):
        assert forms("to pensando q vcs") == ["estou", "pensando", "que", "voces"]

    def test_an_abbreviation_of_two_words_is_two_words_that_stand_in_one_place(self):
        normalised = NORMALISER.normalise("ajuda pfv!")

        assert normalised.words == ("ajuda", "por", "favor", "!")
        assert normalised.spans[1] == normalised.spans[2] == (6, 9)

    def test_letters_drawn_out_are_squeezed_but_doubles_stay(self):
        assert forms("nãooooo carrro isssso") == ["nao", "carro", "isso"]

    @pytest.mark.parametrize("slip", ["canselar", "cancealr", "cacelar", "canncelar", "camcelar"])
    def test_one_slip_in_a_leaving_verb_is_mended(self, slip):
        assert forms(slip)[0].startswith("cancel")

    def test_another_word_that_looks_alike_is_left_alone(self):
        assert forms("câncer") == ["cancer"]

    def test_combining_accents_are_the_same_word(self):
        assert forms("na\u0303o") == ["nao"]

    def test_an_accent_that_stands_alone_is_no_word(self):
        assert forms("oi \u0301 tudo") == ["oi", "tudo"]

    def test_a_fiscal_document_is_one_word(self):
        assert forms("NFC-e nf-e") == ["nfce", "nfe"]

    def test_punctuation_keeps_only_what_it_tells(self):
        assert forms("oi... tudo bem?! sim - não; fim!") == [
            *("oi", ".", "tudo", "bem", "?", "sim", ",", "nao", ",", "fim", "!")
        ]


class TestSpans:
    @given(st.text())
    def test_every_word_stands_where_it_says(self, text):
        normalised = NORMALISER.normalise(text)

        spans = list(dict.fromkeys(normalised.spans))  # the words of an abbreviation share one
        ends = [0, *(end for _, end in spans)]

        assert len(normalised.words) == len(normalised.spans)
        assert all(start < end <= len(text) for start, end in spans)
        assert all(start >= end for (start, _), end in zip(spans, ends, strict=False))

    @given(st.text(), st.sampled_from(["  ", "\n", "Oi. ", "não, "]))
    def test_words_in_front_only_move_the_others(self, text, front):
        alone, behind = NORMALISER.normalise(text), NORMALISER.normalise(f"{front} {text}")

        count, shift = len(alone.words), len(front) + 1
        first = len(behind.words) - count

        assert behind.words[first:] == alone.words
        assert behind.spans[first:] == tuple((a + shift, b + shift) for a, b in alone.spans)

    @given(st.text(alphabet="abcdehilmnopqrstuvxzáâãçéêíóôõúü 0123,.!?\n"))
    def test_capitals_change_nothing(self, text):
        small, capital = NORMALISER.normalise(text), NORMALISER.normalise(text.upper())

        assert (capital.words, capital.spans) == (small.words, small.spans)

    def test_a_span_is_the_literal_text(self):
        text = "Olha, VCS não dão jeito"

        normalised = NORMALISER.normalise(text)
        start, end = normalised.span(2, 3)

        assert text[start:end] == "VCS não"
