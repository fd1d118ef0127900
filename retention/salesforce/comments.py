"""Internal comments on a Caso: each written once, under its key."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from retention.salesforce import reading
from retention.salesforce.client import SalesforceClient
from retention.salesforce.marks import COMMENT_BYTES, mark, marked
from retention.salesforce.records import Json
from retention.salesforce.soql import checked_id, same_id
from retention.services.ports.clock import Clock

_LOOK_BACK: Final = timedelta(days=90)
"""Nothing that we have to write is tried for longer."""


class Comments:
    def __init__(self, *, client: SalesforceClient, now: Clock) -> None:
        self._client, self._now = client, now

    async def exists(self, case: str, key: str) -> bool:
        """Tell whether we have commented on a Caso under a key."""
        ours, wanted = await self._client.user_id(), mark(key)
        rows = await reading.COMMENTS.read(self._client, [case], self._now() - _LOOK_BACK)
        return any(
            wanted in (row.comment_body or "") and same_id(row.created_by_id, ours) for row in rows
        )

    async def add(self, case: str, *, key: str, text: str) -> None:
        """Comment on a Caso, unless that was done under this key."""
        if not await self.exists(case, key):
            body = comment_body(case, key=key, text=text)
            await self._client.request("comment", "POST", "sobjects/CaseComment", body=body)


def comment_body(case: str, *, key: str, text: str) -> Json:
    """Give the fields of a comment that customers do not see."""
    return {
        "ParentId": checked_id(case),
        "CommentBody": marked(text, key, at_most=COMMENT_BYTES),
        "IsPublished": False,
    }
