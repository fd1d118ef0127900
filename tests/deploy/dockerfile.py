"""The Dockerfile, read instruction by instruction."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = ROOT / "Dockerfile"
_CONTINUED = re.compile(r"\\\n\s*")
_COMMENT = re.compile(r"^#.*\n?", re.MULTILINE)


@dataclass(frozen=True)
class Instruction:
    name: str
    argument: str
    stage: int
    """0 builds, the last one is what runs."""


def instructions(text):
    """Read them in their order."""
    lines = _CONTINUED.sub(" ", _COMMENT.sub("", text)).splitlines()
    found = []
    stage = -1
    for name, _, argument in (line.partition(" ") for line in lines if line):
        stage += name == "FROM"
        found.append(Instruction(name, argument.strip(), stage))
    return found


def of(name, stage=None):
    """Give the arguments of all instructions of a name, in one stage or in any."""
    every = instructions(DOCKERFILE.read_text("utf-8"))
    return [one.argument for one in every if one.name == name and stage in {None, one.stage}]


def copied():
    """Name what is copied into the image from the build context, as (source, folder)."""
    for argument in of("COPY"):
        *sources, target = argument.split()
        if not sources[0].startswith("--from"):
            yield from ((source, target) for source in sources)
