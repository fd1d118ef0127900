"""Read and check `lexicon.toml`: the words by which customers tell that they are leaving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, StringConstraints

from config.toml_file import BadFile, FilePlace, Strict, read_file
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
_WISHES = "want"

_Cue = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
_Cues = tuple[_Cue, ...]
_Folded = Annotated[str, StringConstraints(pattern=r"^[a-z ]+$")]
_Key = TypeVar("_Key", bound=StrEnum)


class _Slips(Strict):
    stems: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{5,}$")], ...] = ()
    lookalikes: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]+$")], ...] = ()


class _Speakers(Strict):
    customer: frozenset[_Folded]
    staff: frozenset[_Folded]
    courtesies: tuple[_Folded, ...]


class _LexiconFile(Strict):
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
        BadFile: the file is missing, is not TOML, lacks or misnames a key, or holds a bad cue.
    """
    file = read_file(path, _LexiconFile, setting="LEXICON_FILE", lacking=_lacking)
    cues = _CueReader(path, file.macros)
    return Lexicon(
        speakers=Speakers(**file.speakers.model_dump()),
        abbreviations=file.abbreviations,
        slip_stems=file.slips.stems,
        slip_lookalikes=file.slips.lookalikes,
        wishes=cues.read(f"macros.{_WISHES}", file.macros[_WISHES]),
        leaving=cues.table("leaving", file.leaving),
        objects=cues.table("objects", file.objects),
        stances=cues.table("stances", file.stances),
        intentions=cues.table("intentions", file.intentions),
        openings=cues.table("openings", file.openings),
        reasons={
            reason: cues.table(f"reasons.{reason}", tiers) for reason, tiers in file.reasons.items()
        },
    )


def _lacking(content: Mapping[str, Any]) -> Iterator[FilePlace]:
    """Find the macro that is more than a shorthand: the words of a wish."""
    macros = content.get("macros")
    if isinstance(macros, dict) and _WISHES not in macros:
        yield "macros", _WISHES


class _CueReader:
    """Parse the cues of one file; a bad one is told with its key."""

    def __init__(self, path: Path, macros: Mapping[str, _Cues]) -> None:
        self._path = path
        try:
            self._parser = CueParser(macros)
        except BadCue as error:
            raise BadFile(path, [f"macros: {error}"]) from error

    def table(self, section: str, table: Mapping[_Key, _Cues]) -> dict[_Key, tuple[Cue, ...]]:
        return {key: self.read(f"{section}.{key}", cues) for key, cues in table.items()}

    def read(self, where: str, cues: _Cues) -> tuple[Cue, ...]:
        try:
            return tuple(self._parser.parse(cue) for cue in cues)
        except BadCue as error:
            raise BadFile(self._path, [f"{where}: {error}"]) from error
