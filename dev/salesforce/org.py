"""How this org is set up: picklists, record types, who gets Cases, what leaves history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

ORGANIZATION_ID = "00D3h000000OrGxEAK"
MASTER_RECORD_TYPE = "012000000000000AAA"
"""Salesforce: the record type of an object that has none of its own."""

INTEGRATION_USERNAME = "bot.recuperacao@empresa.com.br"
QUEUE = "FOOD_ADMINISTRATIVO_FINANCEIRO"
"""The developer name of the queue that the process hands Cases to."""


@dataclass(frozen=True)
class Choice:
    """A value of a picklist: what people see and what the API stores."""

    label: str
    value: str
    is_default: bool = False
    is_closed: bool = False


@dataclass
class Org:
    """The settings of an administrator; tests may change them."""

    picklists: Mapping[str, Sequence[Choice]]
    """The restricted picklists of Case. A field without one takes any value."""
    record_types: set[str] = field(default_factory=lambda: {MASTER_RECORD_TYPE})
    tracked_fields: set[str] = field(default_factory=lambda: {"OwnerId", "Priority", "Status"})
    """The fields of Case with history."""
    hidden: set[str] = field(default_factory=set)
    """Objects that the client may not read: a query sees no such object."""
    default_owner_id: str = ""
    """Who gets a Case that is written without `Sforce-Auto-Assign: FALSE`."""
    case_numbers: Iterable[int] = field(default_factory=lambda: count(1))

    def next_case_number(self) -> str:
        return f"{next(iter(self.case_numbers)):08d}"

    def choice(self, field_name: str, value: str) -> Choice:
        return next(each for each in self.picklists[field_name] if each.value == value)

    def allows(self, field_name: str, value: str | None) -> bool:
        if value is None:
            return field_name != "Status"  # which also says if a Case is closed
        choices = self.picklists.get(field_name)
        return choices is None or any(each.value == value for each in choices)

    def default(self, field_name: str) -> str:
        return next(each.value for each in self.picklists[field_name] if each.is_default)


def picklists(data: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[Choice]]:
    """Read picklists from their JSON."""
    return {
        name: [
            Choice(
                each["label"],
                each["value"],
                is_default=each.get("default", False),
                is_closed=each.get("closed", False),
            )
            for each in choices
        ]
        for name, choices in data.items()
    }
