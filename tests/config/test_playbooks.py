"""The catalogue that is shipped, and what its loader says about a file that cannot be used."""

import re

import pytest

from cards.labels import REASONS
from config.playbooks import DEFAULT_PATH, load_playbooks
from config.toml_file import BadFile
from retention.domain.cancellation import CancellationPath, CancellationReason, Mood

SHIPPED = DEFAULT_PATH.read_text(encoding="utf-8")
CATALOGUE = load_playbooks()
SCRIPTS = [
    pytest.param(script, id=f"{playbook.reason}-{mood}")
    for playbook in CATALOGUE.by_reason.values()
    for mood, script in playbook.scripts.items()
]


@pytest.fixture
def problems(tmp_path):
    """What is wrong with the shipped file after some replacements in it."""

    def read(*changes):
        text = SHIPPED
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = tmp_path / "playbooks.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadFile) as refused:
            load_playbooks(path)
        assert str(path) in str(refused.value)
        return refused.value.problems

    return read


def line_of(text):
    return SHIPPED[: SHIPPED.index(text)].count("\n") + 1


class TestShipped:
    def test_every_reason_has_a_playbook_with_every_mood_and_every_path(self):
        assert set(CATALOGUE.by_reason) == set(CancellationReason)
        for playbook in CATALOGUE.by_reason.values():
            assert set(playbook.scripts) == set(Mood)
            assert set(playbook.steps) == set(CancellationPath)

    def test_the_comment_above_each_reason_is_the_name_people_see(self):
        named = re.findall(r"^# (.+)\n\[reasons\.(\w+)\]$", SHIPPED, re.MULTILINE)

        assert {CancellationReason(reason): name for name, reason in named} == REASONS

    def test_the_documents_are_left_to_the_business(self):
        assert {playbook.documents for playbook in CATALOGUE.by_reason.values()} == {()}

    @pytest.mark.parametrize("script", SCRIPTS)
    def test_a_script_is_one_to_three_sentences_said_to_the_customer(self, script):
        sentences = re.findall(r"[.?](?=\s|$)", script)

        assert 1 <= len(sentences) <= 3
        assert not re.search(r"[!*_#<>]|prezad|informamos|senhor", script, re.IGNORECASE)

    def test_no_script_is_said_twice(self):
        scripts = [script for [script] in (param.values for param in SCRIPTS)]

        assert len(set(scripts)) == len(scripts)

    def test_the_steps_of_a_path_without_its_own_are_the_common_ones(self):
        price, other = CATALOGUE[CancellationReason.PRICE], CATALOGUE[CancellationReason.COMPETITOR]
        open_path, own_path = CancellationPath.TECHNICAL_OPEN, CancellationPath.NON_TECHNICAL

        assert price.steps[open_path] == other.steps[open_path]
        assert price.steps[own_path] != other.steps[own_path]


class TestRefused:
    def test_what_is_wrong_is_told_all_at_once_in_the_order_of_the_file(self, problems):
        offers = 'offers = ["downsell", "discount", "easier_payment"]'
        rule = 'rule = "documento 004, etapa 1"'

        found = problems(
            (offers, 'offers = ["downsell", "discont", "easier_payment"]'),
            ("[reasons.competitor.scripts]\nneutral", "[reasons.competitor.scripts]\nhappy"),
            (rule, 'rule = "etapa 1"'),
        )

        assert [problem.split(": ")[0] for problem in found] == [
            f"line {line_of(offers)}, reasons.price.offers.2",
            f"line {line_of('[reasons.competitor.scripts]')}, reasons.competitor.scripts.neutral",
            f"line {line_of('[reasons.competitor.scripts]') + 1}, reasons.competitor.scripts.happy",
            f"line {line_of(rule)}, reasons.champion_left.steps.non_technical.1.rule",
        ]

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("\n[steps]\n", "\n[steeps]\n", "steps: is missing: add it"),
            (
                "\n[steps]\n",
                "\n[steeps]\n",
                "steeps: is no name this file knows: correct or remove it",
            ),
            (
                '\nnon_technical = [\n  { do = "Entenda o que mudou para',
                '\nnon_tech = [\n  { do = "Entenda o que mudou para',
                "steps.non_technical: is missing: add it",
            ),
            (
                'technical = "Ninguém que ficou foi treinado."',
                'technical = " "',
                "reasons.champion_left.hints.technical: is empty: write it",
            ),
            (
                'technical = "Ninguém que ficou foi treinado."',
                "technical = 3",
                "reasons.champion_left.hints.technical: has to be a text in quotes",
            ),
            (
                'technical = "Ninguém que ficou foi treinado."',
                'emotional = "x"',
                "reasons.champion_left.hints.emotional: has to be 'technical', 'strategic' or "
                "'relational'",
            ),
            (
                'offers = ["pause", "downsell"]',
                'offers = ["pause", "pause"]',
                'reasons.seasonal_pause.offers: "pause" stands twice: keep one',
            ),
            (
                'technical = "Ninguém que ficou foi treinado."',
                f'technical = "{"x" * 121}"',
                "reasons.champion_left.hints.technical: has to have at most 120 characters",
            ),
            (
                "[reasons.other.hints]",
                "[reasons.other.hunts]",
                "reasons.other.hunts: is no name this file knows: correct or remove it",
            ),
        ],
    )
    def test_each_mistake_is_told_with_its_mend(self, problems, old, new, told):
        found = problems((old, new))

        assert any(problem.endswith(f", {told}") for problem in found), found

    def test_a_missing_reason_and_an_unknown_one_are_named(self, problems):
        text = "\n[reasons.other"
        changes = [
            (f"{text}{part}]", f"\n[reasons.outros{part}]")
            for part in ("", ".scripts", ".steps", ".hints")
        ]

        found = problems(*changes)

        assert any("reasons.other: is missing: add it" in problem for problem in found)
        assert any("reasons.outros: has to be 'recurring_issue'" in problem for problem in found)

    def test_a_key_that_stands_twice_is_told_with_its_line(self, problems):
        [found] = problems(("[reasons.other.hints]\n", '[reasons.other.hints]\ntechnical = "x"\n'))

        assert f"line {line_of('[reasons.other.hints]') + 2}" in found
        assert "once" in found

    def test_a_file_that_is_not_there_names_the_setting(self, tmp_path):
        with pytest.raises(BadFile, match="set PLAYBOOKS_FILE"):
            load_playbooks(tmp_path / "nowhere.toml")

    def test_a_file_in_another_encoding_is_told_so(self, tmp_path):
        path = tmp_path / "playbooks.toml"
        path.write_bytes(SHIPPED.encode("latin-1", errors="replace"))

        with pytest.raises(BadFile, match="UTF-8"):
            load_playbooks(path)


class TestVersion:
    def test_changes_with_the_content_alone(self, tmp_path):
        commented, changed = tmp_path / "commented.toml", tmp_path / "changed.toml"
        commented.write_text(f"# a comment\n\n{SHIPPED}", encoding="utf-8")
        changed.write_text(SHIPPED.replace("você", "vc", 1), encoding="utf-8")

        assert load_playbooks(commented).version == CATALOGUE.version
        assert load_playbooks(changed).version != CATALOGUE.version
