"""SECURITY.md: every threat has a test that exists, and what it says of dependencies is so."""

from __future__ import annotations

import ast
import re
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "SECURITY.md"
LOCKS = sorted(ROOT.glob("*.lock"))
PRODUCT = (
    *("app.py", "command_line.py", "operations.py", "spreadsheet.py"),
    *("bot", "cards", "config", "dialogs", "doctor", "retention"),
)
SDK = ("botbuilder", "botframework", "msrest")
USED_OF_THE_SDK = {
    "botbuilder.core.ActivityHandler",
    "botbuilder.core.InvokeResponse",
    "botbuilder.core.TurnContext",
    "botbuilder.integration.aiohttp.CloudAdapter",
    "botbuilder.schema.Activity",
    "botbuilder.schema.Attachment",
    "botbuilder.schema.ConversationAccount",
    "botbuilder.schema.ResourceResponse",
    "botframework.connector.auth.AuthenticateRequestResult",
    "botframework.connector.auth.BotFrameworkAuthentication",
    "botframework.connector.auth.ClaimsIdentity",
    "botframework.connector.auth.ConnectorFactory",
}

_ROW = re.compile(r"^\| ([A-Z])(\d+) \|(.*)\|$", re.MULTILINE)
_TEST = re.compile(r"`([\w/]+\.py)::([\w:]+)`")
_CELLS_AFTER_THE_ID = 3
_PIN = re.compile(r"^[a-z0-9][\w.\-]*==", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
_LINK = re.compile(r"\]\(([^)#\s]+)[^)\s]*\)")


def rows():
    """Give each row of a table of threats: the letter of its table, its number, its cells."""
    return [
        (letter, int(number), [cell.strip() for cell in rest.split("|")])
        for letter, number, rest in _ROW.findall(DOCUMENT.read_text("utf-8"))
    ]


@cache
def names_in(path):
    """Name the tests of a file as pytest does, without importing it."""
    return set(_names_of(ast.parse((ROOT / "tests" / path).read_text("utf-8")).body))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def sources():
    for path in (ROOT / name for name in PRODUCT):
        yield from [path] if path.is_file() else path.rglob("*.py")


class TestThreats:
    def test_each_has_a_number_of_its_own_and_none_is_left_out(self):
        numbered = {
            letter: [number for _, number, _ in table]
            for letter, table in groupby(rows(), key=lambda row: row[0])
        }

        assert set(numbered) == {"T", "S"}
        for numbers in numbered.values():
            assert numbers == list(range(1, len(numbers) + 1))

    @pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]}{row[1]:02}")
    def test_each_says_who_and_how_and_names_a_test(self, row):
        _, _, cells = row

        assert len(cells) == _CELLS_AFTER_THE_ID
        assert all(cells)
        assert _TEST.search(cells[-1])

    def test_every_test_that_is_named_exists(self):
        named = _TEST.findall(DOCUMENT.read_text("utf-8"))

        missing = [
            f"{path}::{name}"
            for path, name in named
            if not (ROOT / "tests" / path).is_file() or name not in names_in(path)
        ]

        assert missing == []

    def test_every_relative_link_leads_to_a_file(self):
        links = _LINK.findall(DOCUMENT.read_text("utf-8"))

        assert [link for link in links if not (ROOT / link).exists()] == []


class TestTheArchivedSdk:
    def test_no_more_of_it_is_used_than_is_said(self):
        used = {name for path in sources() for name in imported(path) if name.startswith(SDK)}

        assert used == USED_OF_THE_SDK


class TestLocks:
    @pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
    def test_every_pin_has_its_hashes_and_no_lock_names_a_registry(self, lock):
        text = lock.read_text("utf-8")
        starts = [found.start() for found in _PIN.finditer(text)]

        pins = [text[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]

        assert pins
        assert [pin for pin in pins if not _HASH.search(pin)] == []
        assert "://" not in text


def _names_of(body, within=""):
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _names_of(node.body, f"{within}{node.name}::")
        elif _is_function(node) and node.name.startswith("test_"):
            yield within + node.name


def _is_function(node):
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
