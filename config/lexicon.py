"""Read and check `lexicon.toml`: the words by which customers tell that they are leaving."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from retention.domain.cancellation import CancellationReason
from retention.domain.classification_conversation import Speakers
from retention.domain.classification_cues import BadCue, Cue, CueParser
from retention.domain.classification_lexicon import (
    Door,
    IntentionCue,
    LeavingVerb,
    Lexicon,
    ObjectKind,
    Stance,
    Strength,
)

DEFAULT_PATH = Path(__file__).with_name("lexicon.toml")

_Cue = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
_Cues = tuple[_Cue, ...]
_Folded = Annotated[str, StringConstraints(pattern=r"^[a-z ]+$")]
_Key = TypeVar("_Key", bound=StrEnum)


class BadLexicon(ValueError):
    """The lexicon file cannot be used; the message names the file and the key."""

    def __init__(self, path: Path, where: str, why: str) -> None:
        super().__init__(f"{path}: {where}: {why}" if where else f"{path}: {why}")
        self.path, self.where = path, where


class _Slips(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    stems: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{5,}$")], ...] = ()
    lookalikes: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]+$")], ...] = ()


class _Speakers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    customer: frozenset[_Folded]
    staff: frozenset[_Folded]
    courtesies: tuple[_Folded, ...]


class _LexiconFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    speakers: _Speakers
    abbreviations: dict[str, str]
    slips: _Slips = Field(default_factory=_Slips)
    macros: dict[str, _Cues]
    leaving: dict[LeavingVerb, _Cues]
    objects: dict[ObjectKind, _Cues]
    stances: dict[Stance, _Cues]
    intentions: dict[IntentionCue, _Cues]
    openings: dict[Door, _Cues]
    reasons: dict[CancellationReason, dict[Strength, _Cues]]


def load_lexicon(path: Path = DEFAULT_PATH) -> Lexicon:
    """Return the lexicon of a TOML file.

    Raises:
        BadLexicon: the file is missing, is not TOML, lacks or misnames a key, or holds a bad cue.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        file = _LexiconFile.model_validate(content)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadLexicon(path, "", str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadLexicon(path, where, first["msg"]) from error
    cues = _CueReader(path, file.macros)
    return Lexicon(
        speakers=Speakers(**file.speakers.model_dump()),
        abbreviations=file.abbreviations,
        slip_stems=file.slips.stems,
        slip_lookalikes=file.slips.lookalikes,
        wishes=cues.read("macros.want", file.macros["want"]),
        leaving=cues.table("leaving", file.leaving),
        objects=cues.table("objects", file.objects),
        stances=cues.table("stances", file.stances),
        intentions=cues.table("intentions", file.intentions),
        openings=cues.table("openings", file.openings),
        reasons={
            reason: cues.table(f"reasons.{reason}", tiers) for reason, tiers in file.reasons.items()
        },
    )


class _CueReader:
    """Parse the cues of one file; a bad one is told with its key."""

    def __init__(self, path: Path, macros: Mapping[str, _Cues]) -> None:
        self._path = path
        try:
            self._parser = CueParser(macros)
        except BadCue as error:
            raise BadLexicon(path, "macros", str(error)) from error

    def table(self, section: str, table: Mapping[_Key, _Cues]) -> dict[_Key, tuple[Cue, ...]]:
        return {key: self.read(f"{section}.{key}", cues) for key, cues in table.items()}

    def read(self, where: str, cues: _Cues) -> tuple[Cue, ...]:
        try:
            return tuple(self._parser.parse(cue) for cue in cues)
        except BadCue as error:
            raise BadLexicon(self._path, where, str(error)) from error
