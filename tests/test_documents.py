"""The documents say what the program does: settings, links, pictures, the form of a decision."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from bot.metrics import Metrics
from config.salesforce import SalesforceSettings
from config.settings import Settings
from manifest.settings import PackageSettings
from operations import COMMANDS
from retention.services.ports.effects import Backlog

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / ".env.example"
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
OPERATION = ROOT / "docs" / "operacao.md"
OPERATORS_PAGES = [OPERATION, ROOT / "docs" / "implantacao.md", ROOT / "docs" / "salesforce.md"]
SOURCES = [
    ROOT / "app.py",
    *(path for name in ("bot", "retention", "doctor") for path in (ROOT / name).rglob("*.py")),
]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PICTURES = sorted((ROOT / "docs" / "img").glob("*.png"))
MOST_BYTES = 200 * 1024
LONGEST_DECISION = 60

_SETTING = re.compile(r"#([A-Z][A-Z0-9_]*)=(.*)")
_ROW = re.compile(r"\| `([A-Z][A-Z0-9_]*)` \| (.+?) \| (.+?) \|")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CODE = re.compile(r"```.*?```", re.DOTALL)
_TARGET = re.compile(r"^([a-z0-9]+):.*## ", re.MULTILINE)
_METRIC = re.compile(r"# TYPE (retencao_\w+) (?:histogram|counter|gauge)")
_METRIC_ROW = re.compile(r"^\| `(retencao_\w+)`([^|]*)\|", re.MULTILINE)
_VARIABLES_ROW = re.compile(r"^\| ((?:`[A-Z][A-Z0-9_]+`(?:, )?)+) \|", re.MULTILINE)
_VARIABLE = re.compile(r"`([A-Z][A-Z0-9_]+)`")
_EVENTS_ROW = re.compile(r"^\| ((?:`[a-z_]+\.[a-z_]+`(?:, )?)+) \|", re.MULTILINE)
_EVENT = re.compile(r"`([a-z_]+\.[a-z_]+)`")
_WARNED = re.compile(r'log\.(?:warning|error|exception)\(\s*"([a-z_.]+)"')


def names_of_settings():
    crm = [f"SALESFORCE_{name.upper()}" for name in SalesforceSettings.model_fields]
    return [name.upper() for name in Settings.model_fields] + crm


def example_values():
    lines = EXAMPLE.read_text("utf-8").splitlines()
    return {found[1]: found[2].strip('"') for line in lines if (found := _SETTING.fullmatch(line))}


def readme_rows():
    return _ROW.findall((ROOT / "README.md").read_text("utf-8"))


def anchor(heading):
    """Name a heading as its page on a Git host does."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(document):
    headings = _HEADING.findall(_CODE.sub("", document.read_text("utf-8")))
    return {anchor(heading) for heading in headings}


class TestSettings:
    def test_the_example_lists_exactly_the_settings_in_their_order(self):
        listed = list(example_values())

        assert listed == names_of_settings()

    def test_the_example_says_what_each_setting_means(self):
        lines = EXAMPLE.read_text("utf-8").splitlines()

        silent = [line for before, line in pairwise(lines) if _means_nothing(before, line)]

        assert silent == []

    def test_the_values_of_the_example_are_the_defaults(self, tmp_path, monkeypatch):
        for name in names_of_settings():
            monkeypatch.delenv(name, raising=False)
        monkeypatch.chdir(ROOT)
        env = tmp_path / ".env"
        env.write_text(_SETTING.sub(r"\1=\2", EXAMPLE.read_text("utf-8")), "utf-8")

        given = [_values(kind(_env_file=env)) for kind in (Settings, SalesforceSettings)]

        assert given == [_values(kind(_env_file=None)) for kind in (Settings, SalesforceSettings)]

    def test_the_readme_lists_exactly_the_settings_with_default_and_meaning(self):
        rows = readme_rows()

        assert [name for name, _, _ in rows] == names_of_settings()
        assert {name: default.strip("`—") for name, default, _ in rows} == example_values()


class TestOperatorsPages:
    def test_they_explain_every_setting_and_none_that_there_is_not(self):
        explained = {
            name
            for page in OPERATORS_PAGES
            for row in _VARIABLES_ROW.findall(page.read_text("utf-8"))
            for name in _VARIABLE.findall(row)
        }

        package = {name.upper() for name in PackageSettings.model_fields}
        assert explained == {*names_of_settings(), *package}

    def test_they_explain_every_warning_of_the_log_and_no_event_that_there_is_not(self):
        explained = {
            name
            for row in _EVENTS_ROW.findall(OPERATION.read_text("utf-8").partition("## Logs\n")[2])
            for name in _EVENT.findall(row)
        }
        source = "".join(path.read_text("utf-8") for path in SOURCES)

        warnings = set(_WARNED.findall(source))

        assert warnings - explained == set()
        assert {name for name in explained if f'"{name}"' not in source} == set()


class TestCommands:
    def test_the_readme_shows_every_command(self):
        shown = re.findall(r"app\.py ([a-z]+)", (ROOT / "README.md").read_text("utf-8"))

        assert set(shown) == {"serve", *COMMANDS}

    @pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
    def test_every_target_that_is_named_is_in_the_makefile(self, document):
        targets = _TARGET.findall((ROOT / "Makefile").read_text("utf-8"))
        named = re.findall(
            r"`make ([a-z0-9]+)|^make ([a-z0-9]+)", document.read_text("utf-8"), re.MULTILINE
        )

        assert {one or other for one, other in named} - set(targets) == set()


class TestMetrics:
    def test_the_operators_page_explains_exactly_the_metrics_there_are(self):
        given = Metrics().render(Backlog(0, 0, 0.0)).decode()

        explained = _METRIC_ROW.findall(OPERATION.read_text("utf-8"))

        assert sorted(name for name, _ in explained) == sorted(_METRIC.findall(given))

    def test_it_names_the_labels_of_each(self):
        metrics = Metrics()
        labels = {
            name: list(collector._labelnames)
            for name, collector in metrics._registry._names_to_collectors.items()
            if isinstance(collector, MetricWrapperBase)
        }

        explained = _METRIC_ROW.findall(OPERATION.read_text("utf-8"))

        assert {name: re.findall(r"`(\w+)`", said) for name, said in explained} == {
            name: labels[name] for name, _ in explained
        }


class TestLinks:
    @pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
    def test_every_relative_link_leads_to_a_file_and_a_heading(self, document):
        links = _LINK.findall(document.read_text("utf-8"))
        relative = [link for link in links if not link.startswith("https://")]

        assert [link for link in relative if not _leads_somewhere(document, link)] == []

    @pytest.mark.parametrize("document", DOCUMENTS[1:], ids=lambda path: path.name)
    def test_the_readme_leads_to_every_document(self, document):
        links = _LINK.findall((ROOT / "README.md").read_text("utf-8"))

        assert str(document.relative_to(ROOT)) in links


class TestDecisions:
    def test_they_are_numbered_without_gaps(self):
        numbers = [int(path.name[:4]) for path in DECISIONS]

        assert numbers == list(range(1, len(DECISIONS) + 1))

    @pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.name)
    def test_each_has_its_four_parts_on_one_screen(self, decision):
        text = decision.read_text("utf-8")

        title, *parts = _HEADING.findall(text)

        assert title.startswith(f"{decision.name[:4]}. ")
        assert parts == ["Context", "Decision", "Consequences", "Alternatives"]
        assert len(text.splitlines()) <= LONGEST_DECISION


class TestPictures:
    @pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
    def test_each_is_small_and_shown_somewhere(self, picture):
        pages = [document.read_text("utf-8") for document in DOCUMENTS]

        assert picture.stat().st_size <= MOST_BYTES
        assert any(f"img/{picture.name})" in page for page in pages)

    def test_each_says_in_words_what_it_shows(self):
        pages = [document.read_text("utf-8") for document in DOCUMENTS]

        assert [page for page in pages if "![](" in page] == []


def _means_nothing(before, line):
    return _SETTING.fullmatch(line) is not None and not re.match(r"# [^-]", before)


def _values(settings):
    values = settings.model_dump()
    return {
        name: value.resolve() if isinstance(value, Path) else value
        for name, value in values.items()
    }


def _leads_somewhere(document, link):
    path, _, heading = link.partition("#")
    target = document.parent / path if path else document
    return target.exists() and (not heading or heading in anchors(target))
