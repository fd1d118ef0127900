"""Reading what happened to Casos since a moment: five kinds of rows, each oldest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

from retention.salesforce import soql
from retention.salesforce.client import SalesforceClient
from retention.salesforce.records import (
    ChangedCaseRow,
    CommentRow,
    HistoryRow,
    IdRow,
    Json,
    PostCommentRow,
    PostRow,
    read_all,
)

R = TypeVar("R", bound=IdRow)
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Source(Generic[R]):
    """One kind of rows, named as their object: how to ask, and by which stamp they are ordered."""

    name: str
    kind: type[R]
    statement: Callable[[Sequence[str], datetime], str]
    stamp: Callable[[R], datetime]
    page: int = soql.PAGE

    async def read(
        self,
        client: SalesforceClient,
        cases: Sequence[str],
        since: datetime,
        *,
        first: Sequence[Json] | None = None,
    ) -> list[R]:
        """Read all rows since a moment; `first` are those of a query already made.

        A full answer may not be all: it is read on from its newest stamp. Where more than an answer
        holds was stamped in one second, as by a mass update, each half of the Casos is read alone.
        """
        raw = (
            await client.query(self.name, self.statement(cases, since)) if first is None else first
        )
        rows: list[R] = read_all(self.kind, raw)
        if len(rows) < self.page:
            return rows
        rest: list[R] = []
        newest = self.stamp(rows[-1])
        if soql.moment(newest) != soql.moment(since):
            rest = await self.read(client, cases, newest)
        elif len(cases) > 1:
            half = len(cases) // 2
            rest = await self.read(client, cases[:half], since)
            rest += await self.read(client, cases[half:], since)
        return list({row.id: row for row in (*rows, *rest)}.values())


CASES: Final = Source("Case", ChangedCaseRow, soql.changed_cases, lambda row: row.system_modstamp)
HISTORY: Final = Source(
    "CaseHistory", HistoryRow, soql.history, lambda row: row.created_date, page=soql.HISTORY_PAGE
)
COMMENTS: Final = Source("CaseComment", CommentRow, soql.comments, lambda row: row.system_modstamp)
POSTS: Final = Source("FeedItem", PostRow, soql.posts, lambda row: row.created_date)
POST_COMMENTS: Final = Source(
    "FeedComment", PostCommentRow, soql.post_comments, lambda row: row.created_date
)
