"""Read and check `playbooks.toml`: what to say, do, ask and offer, reason by reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from config.toml_file import FilePlace, Strict, process_rule, read_file, some_words
from retention.domain.cancellation import CancellationPath, CancellationReason, Mood
from retention.domain.playbook import Diagnosis, OfferKind, Playbook, Playbooks, Script, Step
from retention.domain.text import fold

DEFAULT_PATH = Path(__file__).with_name("playbooks.toml")

_Value = TypeVar("_Value", bound=str)


def _told_apart(values: tuple[_Value, ...]) -> tuple[_Value, ...]:
    """Refuse what stands twice; case, accents and punctuation tell nothing apart."""
    met: dict[tuple[str, ...], str] = {}
    for value in values:
        key = tuple(re.findall(r"\w+", fold(value)))
        if key in met:
            words = '"{value}" stands twice: keep one'
            if met[key] != value:
                words = '"{value}" is the same as "{same}": keep one'
            raise PydanticCustomError("twice", words, {"value": str(value), "same": met[key]})
        met[key] = str(value)
    return values


class _Step(Strict):
    do: Annotated[str, some_words(130)]
    rule: Annotated[str, some_words(50), AfterValidator(process_rule)]
    no_offers: bool = False


_Steps = Annotated[tuple[_Step, ...], Field(min_length=1, max_length=4)]
_Script = Annotated[str, some_words(240)]
_Question = Annotated[str, some_words(100)]
_Document = Annotated[str, some_words(60)]
_Hint = Annotated[str, some_words(110)]


_Avoid = Annotated[str, some_words(110)]


class _Moods(Strict):
    neutral: _Avoid
    frustrated: _Avoid
    angry: _Avoid
    disappointed: _Avoid


class _Scripts(Strict):
    neutral: _Script
    frustrated: _Script
    angry: _Script
    disappointed: _Script


class _Reason(Strict):
    questions: Annotated[
        tuple[_Question, ...], Field(min_length=2, max_length=3), AfterValidator(_told_apart)
    ]
    offers: Annotated[tuple[OfferKind, ...], AfterValidator(_told_apart)]
    documents: Annotated[tuple[_Document, ...], Field(max_length=10), AfterValidator(_told_apart)]
    scripts: Annotated[dict[CancellationPath, _Scripts], Field(min_length=1)]
    steps: Annotated[dict[CancellationPath, _Steps], Field(min_length=1)]
    hints: Annotated[dict[Diagnosis, _Hint], Field(min_length=1)]
    avoid: _Avoid | None = None


class _File(Strict):
    scripts: dict[CancellationPath, _Scripts]
    steps: dict[CancellationPath, _Steps]
    reasons: dict[CancellationReason, _Reason]
    avoid: _Moods


def load_playbooks(path: Path = DEFAULT_PATH) -> Playbooks:
    """Return the catalogue of a TOML file.

    Raises:
        BadFile: the file is missing, is not TOML, lacks a reason, mood or path, misnames one
            or an offer, or holds an empty text or the same thing twice. All of it is told at once.
    """
    file = read_file(path, _File, setting="PLAYBOOKS_FILE", lacking=_lacking)
    common = _steps(file.steps)
    return Playbooks.of(
        Playbook(
            reason=reason,
            scripts=_scripts({**file.scripts, **told.scripts}),
            steps={**common, **_steps(told.steps)},
            questions=told.questions,
            offers=told.offers,
            documents=told.documents,
            hints=told.hints,
            avoid={
                mood: " ".join(filter(None, (getattr(file.avoid, mood), told.avoid)))
                for mood in Mood
            },
        )
        for reason, told in file.reasons.items()
    )


def _scripts(table: Mapping[CancellationPath, _Scripts]) -> dict[Mood, Script]:
    return {
        mood: {path: getattr(scripts, mood) for path, scripts in table.items()} for mood in Mood
    }


def _steps(
    table: Mapping[CancellationPath, tuple[_Step, ...]],
) -> dict[CancellationPath, tuple[Step, ...]]:
    return {
        path: tuple(Step(step.do, step.rule, step.no_offers) for step in told)
        for path, told in table.items()
    }


def _lacking(content: Mapping[str, Any]) -> Iterator[FilePlace]:
    """Find what a table has not, of those that need an entry for every value."""
    whole: list[tuple[FilePlace, type[StrEnum]]] = [
        (("scripts",), CancellationPath),
        (("steps",), CancellationPath),
        (("reasons",), CancellationReason),
    ]
    for place, kind in whole:
        table: Any = content
        for part in place:
            table = table.get(part) if isinstance(table, dict) else None
        if isinstance(table, dict):
            yield from ((*place, str(value)) for value in kind if value not in table)
