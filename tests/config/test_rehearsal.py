"""The dialogues that are shipped, and what the loader says about a file that cannot be used."""

import json
import re
from pathlib import Path

import pytest

from config.rehearsal import DEFAULT_PATH, load_rehearsal
from config.toml_file import BadFile
from retention.domain.cancellation import Mood, OriginChannel
from retention.domain.rehearsal import Question, Route
from tests.config.shipped import ShippedFile

SHIPPED = ShippedFile(DEFAULT_PATH, load_rehearsal)
DIALOGUES = list(load_rehearsal().dialogues.values())
DATA = Path(__file__).parent.parent / "data"
_DOCUMENTED = {
    "last_chance": "Olha, não estou satisfeito com o atendimento, já reportei esse problema várias "
    "vezes. Mas se vocês resolverem agora, continuo.",
    "wants_to_understand": "Vou ser bem sincero, estou quase desistindo do sistema. Mas quero "
    "entender se isso tem solução.",
    "only_wants_out": "Já cansei. Só quero cancelar. Me manda logo pra quem resolve isso.",
    "already_left": "Não adianta tentar. Já contratei outro sistema. Só quero encerrar com vocês.",
}
"""Word by word, from the process document."""


@pytest.fixture
def problems(tmp_path):
    """What is wrong with the shipped file after some replacements in it."""
    return lambda *changes: SHIPPED.problems(SHIPPED.changed(tmp_path, *changes))


def runs_of(words, length=5):
    """The runs of so many words of a text."""
    found = re.findall(r"\w+", words.lower())
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


class TestShipped:
    def test_the_documented_dialogues_stand_word_by_word_beside_ten_invented_ones(self):
        documented = {each.name: each.words for each in DIALOGUES if each.is_documented}

        assert documented == _DOCUMENTED
        assert len(DIALOGUES) == len(documented) + 10

    def test_the_invented_ones_are_nobodys_utterances(self):
        kept = [
            json.loads(line)["text"]
            for path in sorted(DATA.glob("utterances*.jsonl"))
            for line in path.read_text(encoding="utf-8").splitlines()
        ]
        said = {run for text in kept for run in runs_of(text)}

        known = [each.name for each in DIALOGUES if runs_of(each.words) & said]

        assert [name for name in known if name not in _DOCUMENTED] == []

    def test_every_path_channel_and_mood_is_met_and_the_day_s_work_more_than_once(self):
        routes = [each.route for each in DIALOGUES]

        assert set(routes) == set(Route)
        assert routes.count(Route.NOT_CANCELLATION) > 1
        assert {each.channel for each in DIALOGUES} == set(OriginChannel)
        assert {each.mood for each in DIALOGUES} == set(Mood)

    def test_reason_and_opening_are_asked_alike_often(self):
        asked = [each.also_asks for each in DIALOGUES]

        assert asked.count(Question.REASON) == asked.count(Question.OPENING)

    @pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda each: each.name)
    def test_our_own_words_are_kind_and_plain(self, dialogue):
        ours = " ".join([dialogue.situation, dialogue.right, *dialogue.wrong, dialogue.why])

        assert not re.search(r"[!*_#<>]", ours)
        assert dialogue.why.endswith(".")


class TestRefused:
    def test_what_is_wrong_is_told_all_at_once_in_the_order_of_the_file(self, problems):
        action = '  "Apagar o comentário e esperar a raiva passar",'
        rule = 'rule = "documento 004, etapa 3"'

        found = problems((action, '  "",'), (rule, 'rule = "etapa 3"'))

        assert found == [
            f"line {SHIPPED.line_of(action)}, invented.public_threat.wrong.1: is empty: write it",
            f"line {SHIPPED.line_of(rule)}, invented.second_house.rule: has to name document and "
            'place, as in "documento 002, Fluxo"',
        ]

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("[invented.new_price]", "[imagined.new_price]", "imagined: is no name this file"),
            ('reason = "price"\n', 'reason = "money"\n', "new_price.reason: has to be 'recurring"),
            ('reason = "price"\n', "", "new_price: every path has a reason"),
            ('reason = "price"\n', 'reason = "other"\n', "other says nothing to learn"),
            (
                'path = "technical_open"\nreason = "hard_to_use_training"',
                'path = "technical_blocked"\nreason = "hard_to_use_training"',
                "opening open does not go with technical_blocked: correct one of them",
            ),
            (
                '"Registrar como encerramento da empresa"',
                '"Garantir a pausa, já que são só quatro meses"',
                "two actions are the same: keep one",
            ),
            ("[invented.new_price]", "[invented.last_chance]", "last_chance names two dialogues"),
            (
                "[invented.new_price]",
                f'[invented.new_price]\nwords = "{"x" * 281}"\n[invented.another]',
                "has to have at most 280 characters",
            ),
        ],
    )
    def test_each_mistake_is_told_with_its_mend(self, problems, old, new, told):
        found = problems((old, new))

        assert any(told in problem for problem in found), found

    def test_the_day_s_work_has_no_reason_to_ask_for(self, problems):
        table = '[invented.table_twelve]\nsituation = "Rodízio lotado'
        asks = 'also_asks = "opening"'
        start = SHIPPED.text.index(table)
        old = SHIPPED.text[start : SHIPPED.text.index(asks, start) + len(asks)]

        found = problems((old, old.replace(asks, 'also_asks = "reason"')))

        assert found == [
            f"line {SHIPPED.line_of(table)}, invented.table_twelve: asks for a reason and has "
            'none: also_asks = "opening"'
        ]

    def test_a_file_that_is_not_there_names_the_setting(self, tmp_path):
        with pytest.raises(BadFile, match="set REHEARSAL_FILE"):
            load_rehearsal(tmp_path / "nowhere.toml")

    def test_a_file_in_another_encoding_is_told_so(self, tmp_path):
        path = tmp_path / "rehearsal.toml"
        path.write_bytes(SHIPPED.text.encode("latin-1", errors="replace"))

        with pytest.raises(BadFile, match="UTF-8"):
            load_rehearsal(path)

    def test_what_is_no_toml_is_told_with_its_line(self, problems):
        [found] = problems(("[invented.new_price]", "[invented.new_price"))

        assert f"line {SHIPPED.line_of('[invented.new_price]')}" in found
