"""Read `people.toml` into the directory of people and roles."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from retention.domain.people import Directory, Person, PersonId, Role


class InvalidPeopleFile(ValueError):
    """The file cannot be used; the message names the file, the person and the mend."""


_Weekday = Literal["seg", "ter", "qua", "qui", "sex", "sab", "dom"]
_WEEK: tuple[_Weekday, ...] = get_args(_Weekday)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    email: str
    roles: frozenset[Role]
    on_duty: bool = False
    substitute: str | None = None
    companion: bool = False
    weekdays: frozenset[_Weekday] = frozenset()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    people: list[_Entry]


def read_people(path: Path) -> Directory:
    """Read and check the people file.

    Raises:
        InvalidPeopleFile: unreadable, a wrong role, a missing field, a repeated id, or a substitute
            nobody carries the name of.
    """
    try:
        entries = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).people
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise InvalidPeopleFile(f"{path}: {error}") from error
    ids = [entry.id for entry in entries]
    names = {entry.name for entry in entries}
    for entry in entries:
        if ids.count(entry.id) > 1:
            raise InvalidPeopleFile(f"{path}: the id of {entry.name} stands twice; keep one")
        if entry.substitute is not None and entry.substitute not in names:
            raise InvalidPeopleFile(
                f"{path}: the substitute of {entry.name}, {entry.substitute}, is not in the file"
            )
    return Directory(
        [
            Person(
                id=PersonId(entry.id.lower()),
                name=entry.name,
                roles=entry.roles,
                on_duty=entry.on_duty,
                substitute=entry.substitute,
                companion=entry.companion,
                email=entry.email,
                weekdays=frozenset(map(_WEEK.index, entry.weekdays)),
            )
            for entry in entries
        ]
    )
