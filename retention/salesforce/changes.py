"""What others did to Casos, read in one call per 200 of them.

Salesforce: a stamp is taken when something is saved and can be seen only at the commit; who reads
looks back further than the last reading, and knows by the keys what was read before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from retention.salesforce import reading, soql
from retention.salesforce.catalogue import Catalogue
from retention.salesforce.client import SalesforceClient
from retention.salesforce.errors import QueryTooSlow
from retention.salesforce.names import Names
from retention.salesforce.news import News, Ours, Rows
from retention.salesforce.records import AuthoredRow
from retention.salesforce.snapshots import OWNER, Snapshots
from retention.services.crm import CrmChange, CrmRefused


class Changes:
    def __init__(self, *, client: SalesforceClient, catalogue: Catalogue) -> None:
        self._client, self._catalogue = client, catalogue
        self._names, self._snapshots = Names(client=client), Snapshots()

    async def read(self, cases: Sequence[str], since: datetime) -> list[CrmChange]:
        """List what others did to these Casos since a moment, oldest first."""
        found: list[CrmChange] = []
        for start in range(0, len(cases), soql.IDS_AT_ONCE):
            found += await self._chunk(cases[start : start + soql.IDS_AT_ONCE], since)
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
        differences = [(row, list(self._snapshots.compare(row))) for row in rows.cases]
        await self._learn_names(rows)
        news = News(
            ours=await self._ours(),
            picklists=await self._catalogue.picklists(),
            name_of=self._names.of,
        )
        return [
            *news.of_history(rows.history),
            *news.of_differences(differences, rows.history),
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
        first = await self._client.queries(
            "changes", {source.name: source.statement(cases, since) for source in sources}
        )

        async def rest(source: reading.Source[reading.R]) -> list[reading.R]:
            return await source.read(self._client, cases, since, first=first[source.name])

        return Rows(
            cases=await rest(reading.CASES),
            history=await rest(reading.HISTORY),
            comments=await rest(reading.COMMENTS),
            posts=await rest(reading.POSTS),
            post_comments=await rest(reading.POST_COMMENTS),
        )

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
