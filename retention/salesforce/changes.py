"""What others did to Casos, read in one call per 200 of them.

Salesforce: a stamp is taken when something is saved and can be seen only at the commit; who reads
looks back further than the last reading, and knows by the keys what was read before.

Each kind of rows is read for itself: where a right is missing, the others come back all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

import structlog

from retention.salesforce import reading, soql
from retention.salesforce.catalogue import Catalogue
from retention.salesforce.client import SalesforceClient
from retention.salesforce.errors import QueryTooSlow, Refused
from retention.salesforce.names import Names
from retention.salesforce.news import News, Ours, Rows
from retention.salesforce.records import AuthoredRow
from retention.salesforce.snapshots import OWNER, Snapshots
from retention.services.ports.clock import Clock
from retention.services.ports.crm import CrmChange, CrmRefused

_REMIND_AFTER: Final = timedelta(hours=1)

log = structlog.get_logger(__name__)


class Changes:
    def __init__(self, *, client: SalesforceClient, catalogue: Catalogue, now: Clock) -> None:
        self._client, self._catalogue, self._now = client, catalogue, now
        self._names, self._snapshots = Names(client=client), Snapshots()
        self._warned_at: dict[str, datetime] = {}
        self.refused: Mapping[str, str] = {}
        """The objects that the last reading could not read, each with the code of the refusal."""

    async def read(self, cases: Sequence[str], since: datetime) -> list[CrmChange]:
        """List what others did to these Casos since a moment, oldest first.

        Raises Refused when nothing at all may be read.
        """
        read_at = self._now()
        self.refused = {}
        self._snapshots.resume(since)
        found: list[CrmChange] = []
        for start in range(0, len(cases), soql.IDS_AT_ONCE):
            found += await self._chunk(cases[start : start + soql.IDS_AT_ONCE], since)
        self._snapshots.finish(read_at, cases)
        return sorted(found, key=lambda change: change.at)

    async def _chunk(self, cases: Sequence[str], since: datetime) -> list[CrmChange]:
        try:
            rows = await self._rows(cases, since)
        except QueryTooSlow:
            if len(cases) == 1:
                raise
            half = len(cases) // 2
            first = await self._chunk(cases[:half], since)
            return first + await self._chunk(cases[half:], since)
        await self._learn_names(rows)
        news = News(
            ours=await self._ours(),
            picklists=await self._catalogue.picklists(),
            name_of=self._names.of,
        )
        return [
            *news.of_history(rows.history),
            *news.of_differences(self._snapshots.compare(cases, rows.cases), rows.history),
            *news.of_comments(rows.comments),
            *news.of_posts(rows.posts),
            *news.of_post_comments(rows.post_comments),
        ]

    async def _rows(self, cases: Sequence[str], since: datetime) -> Rows:
        sources = (
            reading.CASES,
            reading.HISTORY,
            reading.COMMENTS,
            reading.POSTS,
            reading.POST_COMMENTS,
        )
        # What a Caso was like is known from its first reading, however long ago it was changed.
        moments = {} if self._snapshots.know(cases) else {reading.CASES.name: reading.EVER}
        found = await self._client.queries(
            "changes",
            {
                source.name: source.statement(cases, moments.get(source.name, since))
                for source in sources
            },
        )
        self._note(found.refused)
        if not found.rows:
            raise found.refused[reading.CASES.name]

        async def rest(source: reading.Source[reading.R]) -> list[reading.R]:
            if source.name in found.refused:
                return []
            after, first = moments.get(source.name, since), found.rows[source.name]
            return await source.read(self._client, cases, after, first=first)

        return Rows(
            cases=await rest(reading.CASES),
            history=await rest(reading.HISTORY),
            comments=await rest(reading.COMMENTS),
            posts=await rest(reading.POSTS),
            post_comments=await rest(reading.POST_COMMENTS),
        )

    def _note(self, refused: Mapping[str, Refused]) -> None:
        """Keep what may not be read, and warn of it once an hour."""
        codes = {part: error.code for part, error in refused.items()}
        self.refused = {**self.refused, **codes}
        for part, code in codes.items():
            warned_at = self._warned_at.get(part)
            if warned_at is None or self._now() - warned_at >= _REMIND_AFTER:
                self._warned_at[part] = self._now()
                log.warning("crm.part_unreadable", part=part, outcome=code)

    async def _learn_names(self, rows: Rows) -> None:
        for case in rows.cases:
            self._names.learn(case.owner_id, case.owner)
            self._names.learn(case.last_modified_by_id, case.last_modified_by)
        authored: list[AuthoredRow] = [
            *rows.history,
            *rows.comments,
            *rows.posts,
            *rows.post_comments,
        ]
        for row in authored:
            self._names.learn(row.created_by_id, row.created_by)
        owners = chain.from_iterable(
            (row.old_value, row.new_value) for row in rows.history if row.field == OWNER
        )
        authors = (row.created_by_id for row in authored)
        await self._names.look_up([*authors, *(str(owner) for owner in owners if owner)])

    async def _ours(self) -> Ours:
        """Tell who we are and what we write; nothing, where the configuration fits no queue."""
        user = await self._client.user_id()
        try:
            targets = await self._catalogue.targets()
        except CrmRefused:
            return Ours(user, frozenset())
        status, priority, queue = targets.status, targets.priority, targets.queue
        return Ours(
            user,
            frozenset(
                (status.value, status.label, priority.value, priority.label, queue.id, queue.name)
            ),
        )
