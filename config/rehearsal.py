"""Read and check `rehearsal.toml`: the dialogues of `/treino`, and what is right in each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from config.toml_file import Strict, process_rule, read_file, some_words
from retention.domain.cancellation import CancellationReason, Mood, Opening, OriginChannel
from retention.domain.rehearsal import (
    OPENINGS_ASKED,
    REASONS_ASKED,
    Dialogue,
    Question,
    Rehearsal,
    Route,
)

DEFAULT_PATH = Path(__file__).with_name("rehearsal.toml")

_OPENINGS: Mapping[Route, tuple[Opening, ...]] = {
    Route.TECHNICAL_OPEN: (Opening.OPEN,),
    Route.TECHNICAL_BLOCKED: (Opening.BLOCKED,),
    Route.NON_TECHNICAL: OPENINGS_ASKED,
    Route.NOT_CANCELLATION: (Opening.NOT_APPLICABLE,),
}
"""Which openings go with a path (process document, sections 1 and 2)."""


class _Dialogue(Strict):
    situation: Annotated[str, some_words(160)]
    channel: OriginChannel
    mood: Mood
    words: Annotated[str, some_words(280)]
    path: Route
    reason: CancellationReason | None = None
    opening: Opening
    also_asks: Literal["reason", "opening"]
    right: Annotated[str, some_words(140)]
    wrong: Annotated[tuple[Annotated[str, some_words(140)], ...], Field(min_length=2, max_length=3)]
    why: Annotated[str, some_words(320)]
    rule: Annotated[str, some_words(60), AfterValidator(process_rule)]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.opening not in _OPENINGS[self.path]:
            _refuse(f"opening {self.opening} does not go with {self.path}: correct one of them")
        if (self.reason is None) is not (self.path is Route.NOT_CANCELLATION):
            _refuse("every path has a reason, not_cancellation has none: add or remove it")
        if self.reason is not None and self.reason not in REASONS_ASKED:
            _refuse(f"reason {self.reason} says nothing to learn: name another")
        if self.also_asks == "reason" and self.reason is None:
            _refuse('asks for a reason and has none: also_asks = "opening"')
        if len({self.right, *self.wrong}) <= len(self.wrong):
            _refuse("two actions are the same: keep one")
        return self


def _refuse(mend: str) -> None:
    raise PydanticCustomError("mismatch", "{mend}", {"mend": mend})


_Dialogues = Annotated[dict[str, _Dialogue], Field(min_length=1)]


class _File(Strict):
    documented: _Dialogues
    invented: _Dialogues

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        for name in self.documented.keys() & self.invented.keys():
            _refuse(f"{name} names two dialogues: rename one")
        return self


def load_rehearsal(path: Path = DEFAULT_PATH) -> Rehearsal:
    """Return the dialogues of a TOML file.

    Raises:
        BadFile: the file is missing, is not TOML, misnames something, lacks or repeats a text, or
            what is right in a dialogue does not fit together. All of it is told at once.
    """
    file = read_file(path, _File, setting="REHEARSAL_FILE")
    return Rehearsal.of(
        _dialogue(name, told, is_documented=part is file.documented)
        for part in (file.documented, file.invented)
        for name, told in part.items()
    )


def _dialogue(name: str, told: _Dialogue, *, is_documented: bool) -> Dialogue:
    return Dialogue(
        name=name,
        situation=told.situation,
        channel=told.channel,
        mood=told.mood,
        words=told.words,
        route=told.path,
        reason=told.reason,
        opening=told.opening,
        also_asks=Question(told.also_asks),
        right=told.right,
        wrong=told.wrong,
        why=told.why,
        rule=told.rule,
        is_documented=is_documented,
    )
