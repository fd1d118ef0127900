"""Read the inputs of a form: every problem is found, nothing typed is changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from cards.formats import typed_moment
from retention.domain.errors import InvalidAnswers, Problem

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_MAX_DATE = 120
_Choice = TypeVar("_Choice", bound=StrEnum)


class AnswerReader:
    """Read inputs one by one, collecting every problem instead of stopping at the first."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers
        self.problems: dict[str, Problem] = {}

    def text(self, name: str, *, limit: int, needed: bool = True) -> str:
        """Read free text exactly as typed; only blank counts as missing."""
        typed = self._answers.get(name, "")
        if not _INVISIBLE.sub("", typed):
            if needed:
                self.problems[name] = Problem.MISSING
            return ""
        if len(typed) > limit:
            self.problems[name] = Problem.TOO_LONG
        return typed

    def choice(self, name: str, choices: type[_Choice]) -> _Choice:
        """Read one value of an enumeration; a problem returns its first member, never used."""
        typed = self._answers.get(name, "").strip()
        try:
            return choices(typed)
        except ValueError:
            self.problems[name] = Problem.NOT_A_CHOICE if typed else Problem.MISSING
            return next(iter(choices))

    def choice_if_any(self, name: str, choices: type[_Choice]) -> _Choice | None:
        """Read one value of an enumeration; None when nothing was chosen."""
        return self.choice(name, choices) if self._answers.get(name, "").strip() else None

    def moment(self, day: str, time: str) -> datetime | None:
        """Read a date and a time field as São Paulo's; None beside a problem."""
        typed_day, typed_time = self.text(day, limit=_MAX_DATE), self.text(time, limit=_MAX_DATE)
        if not (typed_day and typed_time):
            return None
        try:
            return typed_moment(typed_day, typed_time)
        except ValueError:
            self.problems[day] = Problem.DATE
            return None

    def check(self) -> None:
        """Raise InvalidAnswers when anything needs mending."""
        if self.problems:
            raise InvalidAnswers(self.problems)
