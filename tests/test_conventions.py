"""What no type checker sees: words live in `cards/`, every button has a handler, no stray path."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from bot.handlers import ROUTER
from cards.actions import ACTIONS
from retention.domain.event_types import EVENT_TYPES
from retention.services.subscriptions import SUBSCRIPTIONS

ROOT = Path(__file__).parent.parent
PRODUCT = (
    *("app.py", "command_line.py", "operations.py", "spreadsheet.py"),
    *("bot", "dialogs", "config", "doctor", "retention"),
)
ACCENTED = re.compile(r"[À-ÖØ-öø-ÿ]")
NAMES = {"RC + BACKOFFICE & RETENÇÃO"}
"""No sentence: the channel's name."""


def sources():
    for name in PRODUCT:
        path = ROOT / name
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def modules():
    yield from sources()
    for folder in ("cards", "dev", "manifest", "tests"):
        yield from (
            path for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts
        )


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_words_for_people_live_in_cards_alone(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in docstrings
        and ACCENTED.search(node.value)
        and node.value not in NAMES
        and not _is_comment(tree, node)
    ]

    assert found == []


def test_what_a_module_keeps_to_itself_it_uses():
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in modules()}

    unused = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, tree in trees.items()
        for name in sorted(_private_names(tree) - _names(tree, ast.Load))
    ]

    assert len(trees) > 300
    assert unused == []


def test_every_button_has_a_handler_and_every_handler_a_button():
    assert set(ROUTER.actions) == set(ACTIONS)


def test_every_event_says_what_else_happens():
    assert set(SUBSCRIPTIONS) == set(EVENT_TYPES)


def test_everything_needed_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    locked = (ROOT / "requirements.lock").read_text()
    names = {re.split(r"[\[<>=;\s]", line, maxsplit=1)[0] for line in wanted}

    missing = {
        name for name in names if not re.search(rf"^{re.escape(name)}==", locked, re.MULTILINE)
    }
    assert missing == set()


def _private_names(tree):
    """Give the underscored names that a module defines; what is decorated has other readers."""
    named = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            named |= set() if node.decorator_list else {node.name}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            named |= _names(node, ast.Store)
    return {name for name in named if re.match(r"_[^_]", name)}


def _names(tree, context):
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return {name.id for name in names if isinstance(name.ctx, context)}


def _is_comment(tree, node):
    """Tell a string that stands alone under an assignment: it documents a name."""
    return any(isinstance(parent, ast.Expr) and parent.value is node for parent in ast.walk(tree))
