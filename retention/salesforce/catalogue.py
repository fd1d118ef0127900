"""What the organisation calls things: its queue, its labels and their values, its users.

People see labels, maybe translated, and the API stores values; a queue is known by its id. All is
looked up when first needed and kept until something of it turns out to be wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from retention.salesforce import soql
from retention.salesforce.client import SalesforceClient
from retention.salesforce.config import SalesforceConfig
from retention.salesforce.records import (
    Choice,
    Choices,
    IdRow,
    QueueRow,
    ServedRow,
    read,
    read_all,
)
from retention.services.ports.crm import CrmRefused

STATUS: Final = "Status"
PRIORITY: Final = "Priority"


@dataclass(frozen=True, slots=True)
class Picklist:
    """The values of a field, by record type."""

    field: str
    by_record_type: Sequence[Sequence[Choice]]

    def label(self, value: str | None) -> str:
        """Give what people see for a stored value; one that is no longer offered stays as it is."""
        labels = (choice.label for choice in self._choices if choice.value == value)
        return next(labels, value or "")

    def resolve(self, name: str) -> Choice:
        """Find the one choice of this label or value that every record type offers.

        Raises CrmRefused `STATUS_NOT_FOUND`, `STATUS_AMBIGUOUS` and so on.
        """
        found = [
            [choice for choice in choices if name in (choice.label, choice.value)]
            for choices in self.by_record_type
        ]
        if not all(found):
            raise CrmRefused(f"{self.field.upper()}_NOT_FOUND")
        if len({choice.value for choices in found for choice in choices}) > 1:
            raise CrmRefused(f"{self.field.upper()}_AMBIGUOUS")
        return found[0][0]

    def ends(self, text: str) -> bool:
        """Tell whether this value or label ends a Caso."""
        return any(
            choice.is_closed for choice in self._choices if text in (choice.label, choice.value)
        )

    @property
    def _choices(self) -> list[Choice]:
        return [choice for choices in self.by_record_type for choice in choices]


@dataclass(frozen=True, slots=True)
class Picklists:
    status: Picklist
    priority: Picklist


@dataclass(frozen=True, slots=True)
class Queue:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Targets:
    """What a handover sets."""

    queue: Queue
    status: Choice
    priority: Choice


class Catalogue:
    """Look names up in the organisation, once.

    Every call raises CrmRefused with a code of ours where the configuration fits nothing there.
    """

    def __init__(self, *, client: SalesforceClient, config: SalesforceConfig) -> None:
        self._client, self._config = client, config
        self._lock = asyncio.Lock()
        self._picklists: Picklists | None = None
        self._queue: Queue | None = None
        self._users: dict[str, str] = {}

    async def picklists(self) -> Picklists:
        async with self._lock:
            if self._picklists is None:
                self._picklists = Picklists(
                    status=await self._picklist(STATUS), priority=await self._picklist(PRIORITY)
                )
            return self._picklists

    async def queue(self) -> Queue:
        """Find the one queue of this DeveloperName or label, if Casos may be put there."""
        async with self._lock:
            if self._queue is None:
                self._queue = await self._find_queue()
            return self._queue

    async def targets(self) -> Targets:
        """Find what a handover sets; what is not there is looked for anew the next time."""
        try:
            picklists = await self.picklists()
            return Targets(
                queue=await self.queue(),
                status=picklists.status.resolve(self._config.status),
                priority=picklists.priority.resolve(self._config.priority),
            )
        except CrmRefused:
            self.forget()
            raise

    async def user(self, email: str) -> str | None:
        """Find the one active user of an e-mail address; None when there is none, or more."""
        address = email.casefold()
        if address not in self._users:
            rows = read_all(IdRow, await self._client.query("user", soql.user(email)))
            if len(rows) != 1:
                return None
            self._users[address] = rows[0].id
        return self._users[address]

    def forget(self) -> None:
        """Look everything up anew: Salesforce did not know an id or a value of ours."""
        self._picklists, self._queue = None, None
        self._users.clear()

    async def _picklist(self, field: str) -> Picklist:
        path = "ui-api/object-info/Case/picklist-values"
        answers = [
            await self._client.request("picklist", "GET", f"{path}/{record_type}/{field}")
            for record_type in self._config.record_types
        ]
        return Picklist(field, [read(Choices, answer).values for answer in answers])

    async def _find_queue(self) -> Queue:
        rows = await self._client.query("queue", soql.queue(self._config.queue))
        match read_all(QueueRow, rows):
            case []:
                raise CrmRefused("QUEUE_NOT_FOUND")
            case [row]:
                pass
            case _:
                raise CrmRefused("QUEUE_AMBIGUOUS")
        served = await self._client.query("queue", soql.queue_for_cases(row.name))
        if not any(soql.same_id(one.queue_id, row.id) for one in read_all(ServedRow, served)):
            raise CrmRefused("QUEUE_SERVES_NO_CASES")
        return Queue(row.id, row.name)
