"""The catalogue that is shipped, and what its loader says about a file that cannot be used."""

import re
from itertools import product

import pytest

from cards.labels import REASONS
from config.playbooks import DEFAULT_PATH, load_playbooks
from config.toml_file import BadFile
from retention.domain.cancellation import CancellationPath, CancellationReason, Mood
from tests.config.shipped import ShippedFile

SHIPPED = ShippedFile(DEFAULT_PATH, load_playbooks)
CATALOGUE = load_playbooks()
TABLES = {
    "common": SHIPPED.content["scripts"],
    **{name: reason["scripts"] for name, reason in SHIPPED.content["reasons"].items()},
}
SCRIPTS = {
    f"{name}-{path}-{mood}": script
    for name, by_path in TABLES.items()
    for path, by_mood in by_path.items()
    for mood, script in by_mood.items()
}
"""What the file says, as it is written."""
_ANOTHER_CHANCE = re.compile(
    r"\b(chance|tentar|(me )?deixa eu|me deixa|me dá|resolver de vez|começar de novo)\b"
)


@pytest.fixture
def problems(tmp_path):
    """What is wrong with the shipped file after some replacements in it."""
    return lambda *changes: SHIPPED.problems(SHIPPED.changed(tmp_path, *changes))


class TestShipped:
    def test_every_reason_has_a_playbook_with_every_mood_and_every_path(self):
        assert set(CATALOGUE.by_reason) == set(CancellationReason)
        for playbook in CATALOGUE.by_reason.values():
            for mood, path in product(Mood, CancellationPath):
                assert playbook.script(mood, path)
            assert set(playbook.steps) == set(CancellationPath)

    def test_the_comment_above_each_reason_is_the_name_people_see(self):
        named = re.findall(r"^# (.+)\n\[reasons\.(\w+)\]$", SHIPPED.text, re.MULTILINE)

        assert {CancellationReason(reason): name for name, reason in named} == REASONS

    def test_the_documents_are_left_to_the_business(self):
        assert {playbook.documents for playbook in CATALOGUE.by_reason.values()} == {()}

    @pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
    def test_a_script_is_one_to_three_sentences_said_to_the_customer(self, script):
        sentences = re.findall(r"[.?](?=\s|$)", script)

        assert 1 <= len(sentences) <= 3
        assert not re.search(r"[!*_#<>]|prezad|informamos|senhor", script, re.IGNORECASE)

    def test_only_who_gives_an_opening_is_asked_for_another_chance(self):
        asks = {
            name.split("-")[1]
            for name, script in SCRIPTS.items()
            if _ANOTHER_CHANCE.search(script.lower())
        }

        assert asks == {CancellationPath.TECHNICAL_OPEN}

    def test_a_step_that_speaks_against_offers_forbids_them(self):
        for playbook in CATALOGUE.by_reason.values():
            for path, steps in playbook.steps.items():
                if any(re.search(r"não (faça oferta|ofereça)", step.words) for step in steps):
                    assert playbook.offers_on(path) == ()

    def test_no_script_is_said_twice(self):
        assert len(set(SCRIPTS.values())) == len(SCRIPTS)

    def test_the_scripts_of_a_path_without_its_own_are_the_common_ones(self):
        price, other = CATALOGUE[CancellationReason.PRICE], CATALOGUE[CancellationReason.COMPETITOR]

        for mood in Mood:
            common, own = (
                {playbook.script(mood, path) for playbook in (price, other)}
                for path in (CancellationPath.TECHNICAL_BLOCKED, CancellationPath.NON_TECHNICAL)
            )
            assert (len(common), len(own)) == (1, 2)

    def test_the_steps_of_a_path_without_its_own_are_the_common_ones(self):
        price, other = CATALOGUE[CancellationReason.PRICE], CATALOGUE[CancellationReason.COMPETITOR]
        open_path, own_path = CancellationPath.TECHNICAL_OPEN, CancellationPath.NON_TECHNICAL

        assert price.steps[open_path] == other.steps[open_path]
        assert price.steps[own_path] != other.steps[own_path]


class TestRefused:
    def test_what_is_wrong_is_told_all_at_once_in_the_order_of_the_file(self, problems):
        offers = 'offers = ["downsell", "discount", "easier_payment"]'
        rule = 'rule = "documento 004, etapa 1"'
        scripts = "[reasons.competitor.scripts.non_technical]"

        found = problems(
            (offers, 'offers = ["downsell", "discont", "easier_payment"]'),
            (f"{scripts}\nneutral", f"{scripts}\nhappy"),
            (rule, 'rule = "etapa 1"'),
        )

        assert [problem.split(": ")[0] for problem in found] == [
            f"line {SHIPPED.line_of(offers)}, reasons.price.offers.2",
            f"line {SHIPPED.line_of(scripts)}, {scripts[1:-1]}.neutral",
            f"line {SHIPPED.line_of(scripts) + 1}, {scripts[1:-1]}.happy",
            f"line {SHIPPED.line_of(rule)}, reasons.champion_left.steps.non_technical.1.rule",
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
                'offers = ["pause", "downsell"]\ndocuments = []',
                'offers = ["pause", "downsell"]\ndocuments = "Distrato"',
                "reasons.seasonal_pause.documents: has to be a list in brackets, as in "
                '["one", "two"]',
            ),
            (
                'offers = ["pause", "downsell"]\ndocuments = []',
                'offers = ["pause", "downsell"]\ndocuments = ["Distrato", "Contrato", "DISTRATO."]',
                'reasons.seasonal_pause.documents: "DISTRATO." is the same as "Distrato": keep one',
            ),
            (
                "[scripts.non_technical]",
                "[scripts.non_tech]",
                "scripts.non_technical: is missing: add it",
            ),
            (
                "[reasons.competitor.scripts.non_technical]",
                "[reasons.competitor.scripts.technical]",
                "reasons.competitor.scripts.technical: has to be 'technical_open', "
                "'technical_blocked' or 'non_technical'",
            ),
            (
                'rule = "documento 000, estudo de caso", no_offers = true',
                'rule = "documento 000, estudo de caso", no_offers = "sim"',
                "reasons.business_closing.steps.non_technical.1.no_offers: has to be true or false",
            ),
            (
                'technical = "Ninguém que ficou foi treinado."',
                f'technical = "{"x" * 111}"',
                "reasons.champion_left.hints.technical: has to have at most 110 characters",
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
            for part in ("", ".scripts.non_technical", ".steps", ".hints")
        ]

        found = problems(*changes)

        assert any("reasons.other: is missing: add it" in problem for problem in found)
        assert any("reasons.outros: has to be 'recurring_issue'" in problem for problem in found)

    def test_a_key_that_stands_twice_is_told_with_its_line(self, problems):
        [found] = problems(("[reasons.other.hints]\n", '[reasons.other.hints]\ntechnical = "x"\n'))

        assert f"line {SHIPPED.line_of('[reasons.other.hints]') + 2}" in found
        assert "once" in found

    def test_a_file_that_is_not_there_names_the_setting(self, tmp_path):
        with pytest.raises(BadFile, match="set PLAYBOOKS_FILE"):
            load_playbooks(tmp_path / "nowhere.toml")

    def test_a_file_that_begins_with_a_byte_order_mark_is_read(self, tmp_path):
        path = tmp_path / "playbooks.toml"
        path.write_text(SHIPPED.text, encoding="utf-8-sig")

        assert load_playbooks(path) == CATALOGUE

    def test_a_file_in_another_encoding_is_told_so(self, tmp_path):
        path = tmp_path / "playbooks.toml"
        path.write_bytes(SHIPPED.text.encode("latin-1", errors="replace"))

        with pytest.raises(BadFile, match="UTF-8"):
            load_playbooks(path)


class TestVersion:
    def test_changes_with_the_content_alone(self, tmp_path):
        commented, changed = tmp_path / "commented.toml", tmp_path / "changed.toml"
        commented.write_text(f"# a comment\n\n{SHIPPED.text}", encoding="utf-8")
        changed.write_text(SHIPPED.text.replace("você", "vc", 1), encoding="utf-8")

        assert load_playbooks(commented).version == CATALOGUE.version
        assert load_playbooks(changed).version != CATALOGUE.version
