"""Read and check `playbooks.toml`: what to say, do, ask and offer, reason by reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from retention.domain.cancellation import CancellationPath, CancellationReason, Mood
from retention.domain.playbook import Diagnosis, OfferKind, Playbook, Playbooks, Step

DEFAULT_PATH = Path(__file__).with_name("playbooks.toml")

_Place = tuple[str | int, ...]
_Value = TypeVar("_Value")
_HEADER = re.compile(r"\[([\w.]+)\]")
_KEY = re.compile(r"(\w+)\s*=")
_SHOULD = re.compile(r"^\w+ should ")
_ITEM = re.compile(r"\s+[\"{]")


class BadPlaybooks(ValueError):
    """The file cannot be used; the message names the file and, line by line, what to mend."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        super().__init__("\n".join([f"{path} cannot be used:", *(f"- {p}" for p in problems)]))
        self.path, self.problems = path, problems


def _told_apart(values: tuple[_Value, ...]) -> tuple[_Value, ...]:
    for place, value in enumerate(values):
        if value in values[:place]:
            words = '"{value}" stands twice: keep one'
            raise PydanticCustomError("twice", words, {"value": str(value)})
    return values


def _words(at_most: int) -> StringConstraints:
    """Ask for some words, so few that a card that holds them all is one Teams takes."""
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=at_most)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Step(_Strict):
    do: Annotated[str, _words(160)]
    rule: Annotated[str, StringConstraints(pattern=r"^documento 00[0-4], \S", max_length=60)]


_Steps = Annotated[tuple[_Step, ...], Field(min_length=1, max_length=4)]
_Question = Annotated[str, _words(120)]
_Document = Annotated[str, _words(60)]
_Hint = Annotated[str, _words(120)]


class _Reason(_Strict):
    questions: Annotated[
        tuple[_Question, ...], Field(min_length=2, max_length=4), AfterValidator(_told_apart)
    ]
    offers: Annotated[tuple[OfferKind, ...], AfterValidator(_told_apart)]
    documents: Annotated[tuple[_Document, ...], Field(max_length=10), AfterValidator(_told_apart)]
    scripts: dict[Mood, Annotated[str, _words(320)]]
    steps: Annotated[dict[CancellationPath, _Steps], Field(min_length=1)]
    hints: Annotated[dict[Diagnosis, _Hint], Field(min_length=1)]


class _File(_Strict):
    steps: dict[CancellationPath, _Steps]
    reasons: dict[CancellationReason, _Reason]


def load_playbooks(path: Path = DEFAULT_PATH) -> Playbooks:
    """Return the catalogue of a TOML file.

    Raises:
        BadPlaybooks: the file is missing, is not TOML, lacks a reason, mood or path, misnames one
            or an offer, or holds an empty text or the same thing twice. All of it is told at once.
    """
    text = _read(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPlaybooks(path, [f"{error}: write each table and key once, in TOML"]) from error
    problems = [(place, "is missing: add it") for place in _lacking(content)]
    file: _File | None = None
    try:
        file = _File.model_validate(content)
    except ValidationError as error:
        problems += [_problem(found) for found in error.errors()]
    if file is None or problems:
        raise BadPlaybooks(path, _sentences(problems, text))
    common = _steps(file.steps)
    return Playbooks.of(
        Playbook(
            reason=reason,
            scripts=told.scripts,
            steps={**common, **_steps(told.steps)},
            questions=told.questions,
            offers=told.offers,
            documents=told.documents,
            hints=told.hints,
        )
        for reason, told in file.reasons.items()
    )


def _steps(
    table: Mapping[CancellationPath, tuple[_Step, ...]],
) -> dict[CancellationPath, tuple[Step, ...]]:
    return {path: tuple(Step(step.do, step.rule) for step in told) for path, told in table.items()}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadPlaybooks(path, [f"{error.strerror}: set PLAYBOOKS_FILE to a file"]) from error
    except UnicodeDecodeError as error:
        raise BadPlaybooks(path, ["it is not UTF-8: save it as such"]) from error


# ---- what is wrong, and where --------------------------------------------------------------------

_MENDS: Mapping[str, str] = {
    "missing": "is missing: add it",
    "extra_forbidden": "is no name this file knows: correct or remove it",
    "string_too_short": "is empty: write it",
    "string_type": "has to be a text in quotes",
    "string_pattern_mismatch": 'has to name document and place, as in "documento 002, Fluxo"',
}
"""What to do, by the type of pydantic's error; of the others, its own words say it."""


def _lacking(content: Mapping[str, Any]) -> Iterator[_Place]:
    """Find what a table has not, of those that need an entry for every value."""
    whole: list[tuple[_Place, type[StrEnum]]] = [
        (("steps",), CancellationPath),
        (("reasons",), CancellationReason),
        *((("reasons", reason, "scripts"), Mood) for reason in CancellationReason),
    ]
    for place, kind in whole:
        table: Any = content
        for part in place:
            table = table.get(part) if isinstance(table, dict) else None
        if isinstance(table, dict):
            yield from ((*place, str(value)) for value in kind if value not in table)


def _problem(error: ErrorDetails) -> tuple[_Place, str]:
    place = tuple(part for part in error["loc"] if part != "[key]")
    words = _SHOULD.sub("has to ", error["msg"])
    return place, _MENDS.get(error["type"], words)


def _sentences(problems: Sequence[tuple[_Place, str]], text: str) -> list[str]:
    """Say line, place and mend of each, in the order of the file."""
    lines = _lines_of(text)
    found = []
    for place, mend in problems:
        known = next(place[:end] for end in range(len(place), -1, -1) if place[:end] in lines)
        name = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
        found.append((lines[known], f"line {lines[known]}, {name}: {mend}"))
    return [sentence for _, sentence in sorted(found)]


def _lines_of(text: str) -> dict[_Place, int]:
    """Find the line of each table, each key and each item of a list that has a line of its own.

    Knows as much TOML as the file uses: dotted headers, plain keys, one item a line, indented.
    """
    lines: dict[_Place, int] = {(): 1}
    table: _Place = ()
    key: _Place = ()
    item = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = tuple(header[1].split("."))
            for end in range(1, len(table) + 1):
                lines.setdefault(table[:end], number)
        elif found := _KEY.match(line):
            key, item = (*table, found[1]), 0
            lines[key] = number
        elif _ITEM.match(line):
            lines[*key, item] = number
            item += 1
    return lines
