"""Read a TOML file of the business and check it; say line by line what there is to mend."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

Model = TypeVar("Model", bound=BaseModel)

FilePlace = tuple[str | int, ...]
"""The way to a key, table by table."""

_HEADER = re.compile(r"\[([\w.]+)\]")
_ITEM_HEADER = re.compile(r"\[\[(\w+)\]\]")
_KEY = re.compile(r"(\w+)\s*=")
_ITEM = re.compile(r"\s+[\"{]")
_SHOULD = re.compile(r"^\w+ should ")
_MENDS: Mapping[str, str] = {
    "missing": "is missing: add it",
    "extra_forbidden": "is no name this file knows: correct or remove it",
    "string_too_short": "is empty: write it",
    "string_type": "has to be a text in quotes",
    "tuple_type": 'has to be a list in brackets, as in ["one", "two"]',
    "bool_parsing": "has to be true or false",
    "bool_type": "has to be true or false",
    "dict_type": "has to be a table of its own",
    "model_type": "has to be a table of its own",
}
"""What to do, by the type of pydantic's error; of the others, its own words say it."""


_RULE = re.compile(r"documento 00[0-4], \S.*")


class Strict(BaseModel):
    """A table of a file: every name in it is known, and nothing changes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def some_words(at_most: int) -> StringConstraints:
    """Ask for some words, so few that a card that holds them all is one Teams takes."""
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=at_most)


def process_rule(text: str) -> str:
    """Ask for a place in a process document."""
    if _RULE.match(text) is None:
        mend = 'has to name document and place, as in "documento 002, Fluxo"'
        raise PydanticCustomError("rule", "{mend}", {"mend": mend})
    return text


class BadFile(ValueError):
    """The file cannot be used; the message names the file and, line by line, what to mend."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        super().__init__("\n".join([f"{path} cannot be used:", *(f"- {p}" for p in problems)]))
        self.path, self.problems = path, problems


def read_file(
    path: Path,
    model: type[Model],
    *,
    setting: str,
    lacking: Callable[[Mapping[str, Any]], Iterable[FilePlace]] = lambda _: (),
) -> Model:
    """Return what a TOML file holds.

    Args:
        path: the file.
        model: its shape.
        setting: the variable that names the file.
        lacking: finds what the content has not and the shape cannot ask for.

    Raises:
        BadFile: the file is missing, is not TOML, or has not the shape. All of it is told at once.
    """
    text = _read(path, setting)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(path, [f"{error}: write each table and key once, in TOML"]) from error
    problems = [(place, _MENDS["missing"]) for place in lacking(content)]
    file: Model | None = None
    try:
        file = model.model_validate(content)
    except ValidationError as error:
        problems += [_problem(found) for found in error.errors()]
    if file is None or problems:
        raise BadFile(path, _sentences(problems, text))
    return file


def _read(path: Path, setting: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadFile(path, [f"{error.strerror}: set {setting} to a file"]) from error
    except UnicodeDecodeError as error:
        raise BadFile(path, ["it is not UTF-8: save it as such"]) from error


def _problem(error: ErrorDetails) -> tuple[FilePlace, str]:
    place = tuple(part for part in error["loc"] if part != "[key]")
    return place, _MENDS.get(error["type"], _SHOULD.sub("has to ", error["msg"]))


def _sentences(problems: Sequence[tuple[FilePlace, str]], text: str) -> list[str]:
    """Say line, place and mend of each, in the order of the file."""
    lines = _lines_of(text)
    found = []
    for place, mend in problems:
        known = next(place[:end] for end in range(len(place), -1, -1) if place[:end] in lines)
        name = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
        found.append((lines[known], f"line {lines[known]}, {name}: {mend}"))
    return [sentence for _, sentence in sorted(found)]


def _lines_of(text: str) -> dict[FilePlace, int]:
    """Find the line of each table, each key and each item of a list that has a line of its own.

    Knows as much TOML as these files use: dotted headers, headers of items (`[[people]]`), plain
    keys, one item a line, indented.
    """
    lines: dict[FilePlace, int] = {(): 1}
    table: FilePlace = ()
    key: FilePlace = ()
    item = 0
    items: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = tuple(header[1].split("."))
            for end in range(1, len(table) + 1):
                lines.setdefault(table[:end], number)
        elif header := _ITEM_HEADER.match(line):
            items[header[1]] += 1
            table = (header[1], items[header[1]] - 1)
            lines.setdefault(table[:1], number)
            lines[table] = number
        elif found := _KEY.match(line):
            key, item = (*table, found[1]), 0
            lines[key] = number
        elif _ITEM.match(line):
            lines[*key, item] = number
            item += 1
    return lines
