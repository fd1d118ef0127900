"""The words of the findings, read from `config/doctor.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from doctor.checks import EVERYWHERE, Finding, Value

FILE: Final = Path(__file__).parent.parent / "config" / "doctor.toml"


class Outcome(BaseModel):
    """What is so, and what to do about it; the braces hold values of the finding."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    said: str
    todo: str = ""


class CheckWords(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    outcomes: dict[str, Outcome]


class Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    summary: str
    todo: str
    groups: dict[str, str]
    everywhere: dict[str, Outcome]
    checks: dict[str, CheckWords]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as people read it; `todo` is empty when there is nothing to do."""

    title: str
    said: str
    todo: str


@cache
def words() -> Words:
    """Read the file, once."""
    return Words.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))


def tell(finding: Finding) -> Told:
    """Put a finding into words."""
    check = words().checks[finding.check]
    outcomes = words().everywhere if finding.code in EVERYWHERE else check.outcomes
    outcome = outcomes[finding.code]
    values = _written(finding.values)
    return Told(check.title, outcome.said.format_map(values), outcome.todo.format_map(values))


def _written(values: Mapping[str, Value]) -> dict[str, str]:
    return {
        name: str(value) if isinstance(value, str | int) else "; ".join(value)
        for name, value in values.items()
    }
