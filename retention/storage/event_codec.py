"""Events as JSON rows and back, from the dataclass fields alone: a new event needs no code here.

The class name and the field names are what is stored: renaming one needs a migration.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from retention.domain.event_types import EVENT_TYPES
from retention.domain.events import Event
from retention.domain.people import PersonId, PersonRef
from retention.storage.tables import case_events

EVENT_COLUMNS = (
    case_events.c.version.label("event_version"),
    case_events.c.type,
    case_events.c.data,
    case_events.c.at,
    case_events.c.by_id,
    case_events.c.by_name,
)
"""What `event_from_row` reads; the names go well beside those of a case."""

_COLUMNS = frozenset({"version", "at", "by"})
"""Fields that have a column of their own; the rest is the JSON of the row."""

Convert = Callable[[Any], Any]


def event_to_row(number: int, event: Event) -> dict[str, Any]:
    """Write an event as a row of `case_events`."""
    name = type(event).__name__
    return {
        "number": number,
        "version": event.version,
        "type": name,
        "data": {
            field: to_json(getattr(event, field)) for field, (to_json, _) in _FIELDS[name].items()
        },
        "at": event.at,
        "by_id": event.by.id,
        "by_name": event.by.name,
    }


def event_from_row(row: Any) -> Event:
    """Read an event from a row with `EVENT_COLUMNS`.

    Raises:
        KeyError: a type or field this version of the program does not know.
    """
    from_json = _FIELDS[row.type]
    return _TYPES[row.type](
        version=row.event_version,
        at=row.at,
        by=PersonRef(PersonId(row.by_id), row.by_name),
        **{field: from_json[field][1](value) for field, value in row.data.items()},
    )


def _conversions(kind: Any) -> tuple[Convert, Convert]:
    """Choose how values of a field's type become JSON and come back.

    Raises:
        TypeError: for a type no event has used so far.
    """
    if get_origin(kind) in {Union, types.UnionType}:
        (inner,) = (option for option in get_args(kind) if option is not types.NoneType)
        to_json, from_json = _conversions(inner)
        return _unless_none(to_json), _unless_none(from_json)
    if get_origin(kind) is tuple and get_args(kind)[1:] == (...,):
        to_json, from_json = _conversions(get_args(kind)[0])
        return (
            lambda values: [to_json(value) for value in values],
            lambda values: tuple(from_json(value) for value in values),
        )
    if kind in {datetime, date}:
        return kind.isoformat, kind.fromisoformat
    if kind is PersonRef:
        return _person_to_json, _person_from_json
    if kind in {str, int, float, bool}:
        return kind, kind
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return str, kind
    raise TypeError(f"no JSON form for {kind}")


def _person_to_json(person: PersonRef) -> dict[str, str]:
    return {"id": person.id, "name": person.name}


def _person_from_json(value: dict[str, str]) -> PersonRef:
    return PersonRef(PersonId(value["id"]), value["name"])


def _unless_none(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)


def _fields_of(kind: type[Event]) -> Mapping[str, tuple[Convert, Convert]]:
    hints = get_type_hints(kind)
    return {
        field.name: _conversions(hints[field.name])
        for field in fields(kind)
        if field.name not in _COLUMNS
    }


_TYPES: Mapping[str, type[Event]] = {kind.__name__: kind for kind in EVENT_TYPES}
_FIELDS = {name: _fields_of(kind) for name, kind in _TYPES.items()}
