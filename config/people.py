"""Read `people.toml` into the directory of people and roles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

from config.toml_file import BadFile, Strict, read_file
from retention.domain.people import Directory, Person, PersonId, Role

_Weekday = Literal["seg", "ter", "qua", "qui", "sex", "sab", "dom"]
_WEEK: tuple[_Weekday, ...] = get_args(_Weekday)


class _Entry(Strict):
    id: str
    name: str
    email: str
    roles: frozenset[Role]
    on_duty: bool = False
    substitute: str | None = None
    companion: bool = False
    weekdays: frozenset[_Weekday] = frozenset()


class _File(Strict):
    by_load: bool = True
    people: list[_Entry]


def read_people(path: Path) -> Directory:
    """Read and check the people file.

    Raises:
        BadFile: unreadable, a wrong role, a missing field, a repeated id or name, or a substitute
            nobody carries the name of. People are told by their place in it, never by name.
    """
    file = read_file(path, _File, setting="PEOPLE_FILE")
    entries = file.people
    if problems := list(_problems(entries)):
        raise BadFile(path, problems)
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
        ],
        by_load=file.by_load,
    )


def _problems(entries: Sequence[_Entry]) -> Iterator[str]:
    ids = [entry.id.lower() for entry in entries]
    names = [entry.name for entry in entries]
    for number, entry in enumerate(entries, start=1):
        if entry.id.lower() in ids[: number - 1]:
            yield f"people.{number}.id: stands above already: keep one"
        if entry.name in names[: number - 1]:
            yield f"people.{number}.name: stands above already: tell the two apart"
        if entry.substitute is not None and entry.substitute not in names:
            yield f"people.{number}.substitute: is nobody's name in the file: write it as there"
