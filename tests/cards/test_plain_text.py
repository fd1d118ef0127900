"""What people typed is shown as typed: no markup, no cut, no more than there is room for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.elements import facts, run
from cards.plain_text import ZERO_WIDTH_SPACE, cut_at, one_line, plain


class TestPlain:
    @pytest.mark.parametrize(
        ("typed", "escaped"),
        [
            ("*a* _b_ ~c~ `d`", r"\*a\* \_b\_ \~c\~ \`d\`"),
            ("[x](https://mal.example)", r"\[x\]\(https://mal.example\)"),
            ("# a", r"\# a"),
            ("- a\n+ b\n=== c", "\\- a\n\\+ b\n\\=== c"),
            ("1. a\n23. b", "1\\. a\n23\\. b"),
            ("    a", "a"),
            ("<at>Ana</at>", r"\<at\>Ana\</at\>"),
            ("&lt;b&gt; &#60; A&B", r"\&lt;b\&gt; &\#60; A&B"),
            ("a | b > c \\ d", r"a \| b \> c \\ d"),
        ],
    )
    def test_escapes_what_would_be_markup(self, typed, escaped):
        assert plain(typed) == escaped

    @pytest.mark.parametrize(
        "typed", ["Padaria Sol", "R$ 349,90", "ana-maria@loja.com.br", "A&B", "14:02 - 15:03"]
    )
    def test_leaves_ordinary_text_alone(self, typed):
        assert plain(typed) == typed

    @given(st.text())
    def test_no_mention_survives(self, typed):
        assert "<at>" not in plain(f"<at>{typed}</at>")


class TestLongWords:
    def test_a_very_long_word_may_break(self):
        words = run("W" * 60)["text"]

        assert max(len(part) for part in words.split(ZERO_WIDTH_SPACE)) < 24
        assert words.replace(ZERO_WIDTH_SPACE, "") == "W" * 60

    def test_an_ordinary_word_stays_whole(self):
        words = "Inconstitucionalmente, 00012345, fulano@loja.com.br"

        assert run(words)["text"] == words

    def test_no_escape_is_torn_apart(self):
        value = facts([("a", plain("*" * 60))])["facts"][0]["value"]

        assert value.replace(ZERO_WIDTH_SPACE, "") == r"\*" * 60
        assert all(len(part) % 2 == 0 for part in value.split(ZERO_WIDTH_SPACE))


class TestCutting:
    @given(st.text(min_size=1), st.integers(min_value=2, max_value=50))
    def test_one_line_never_exceeds_its_measure(self, words, at_most):
        assert len(one_line(words, at_most=at_most)) <= at_most
        assert "\n" not in one_line(words, at_most=at_most)

    def test_a_text_is_cut_after_a_word(self):
        assert one_line("uma frase comprida demais", at_most=19) == "uma frase comprida…"

    @pytest.mark.parametrize(
        ("words", "head"),
        [
            (
                "A impressora trava no almoço desde março. Já liguei três vezes e ninguém me "
                "retornou. Agora eu quero",
                "A impressora trava no almoço desde março. Já liguei três vezes e ninguém me "
                "retornou. …",
            ),
            (
                "A impressora trava no almoço desde março e já liguei três vezes para vocês, mas "
                "ninguém retornou nenhuma das ligações",
                "A impressora trava no almoço desde março e já liguei três vezes para vocês…",
            ),
        ],
        ids=["sentence", "clause"],
    )
    def test_a_long_text_is_cut_at_the_end_of_a_thought(self, words, head):
        assert one_line(words, at_most=98) == head

    @pytest.mark.parametrize("cluster", ["👨‍👩‍👧‍👦", "👍🏽", "e\u0301", "1️⃣"])
    def test_no_emoji_or_accent_is_torn_apart(self, cluster):
        words = "x" * 10 + cluster

        places = {cut_at(words, at_most) for at_most in range(10, len(words))}

        assert places == {10}
