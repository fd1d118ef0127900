"""The feed of a Caso (Chatter): posting with a real mention, and finding what we posted."""

from __future__ import annotations

from typing import Final

from retention.salesforce.client import SalesforceClient
from retention.salesforce.marks import POST_BYTES, mark, marked
from retention.salesforce.records import Feed, Json, MentionChecks, Post, read
from retention.salesforce.soql import checked_id, same_id

_PAGES: Final = 4
_POSTS_A_PAGE: Final = "25"
_VISIBILITY: Final = "InternalUsers"


class CaseFeed:
    def __init__(self, *, client: SalesforceClient) -> None:
        self._client = client

    async def find(self, case: str, key: str) -> Post | None:
        """Find our post with the mark of a key among the last hundred of a Caso.

        Salesforce: what a post says cannot be asked for in a query.
        """
        ours, wanted = await self._client.user_id(), mark(key)
        path = f"chatter/feeds/record/{checked_id(case)}/feed-elements"
        params: dict[str, str] | None = {"sort": "CreatedDateDesc", "pageSize": _POSTS_A_PAGE}
        for _ in range(_PAGES):
            answer = await self._client.request("feed", "GET", path, params=params)
            feed = read(Feed, answer)
            for post in feed.elements:
                if wanted in post.text and same_id(post.author_id, ours):
                    return post
            if not feed.next_page_url:
                break
            path, params = feed.next_page_url, None
        return None

    async def may_mention(self, case: str, user: str) -> bool:
        """Tell whether a mention in the feed of a Caso would reach a user."""
        params = {"parentId": case, "recordIds": user, "visibility": _VISIBILITY}
        answer = await self._client.request(
            "mention_check", "GET", "chatter/mentions/validations", params=params
        )
        checks = read(MentionChecks, answer).mention_validations
        return bool(checks) and all(check.validation_status == "Ok" for check in checks)

    async def post(self, case: str, *, key: str, text: str, mentioning: str | None) -> None:
        """Post a text with the mark of a key, behind a mention of a user."""
        said = marked(text, key, at_most=POST_BYTES)
        segments: list[Json] = [{"type": "Text", "text": said}]
        if mentioning:
            # Salesforce puts no space around a mention.
            segments = [
                {"type": "Mention", "id": mentioning},
                {"type": "Text", "text": f" {said}"},
            ]
        body = {
            "subjectId": case,
            "feedElementType": "FeedItem",
            "visibility": _VISIBILITY,
            "body": {"messageSegments": segments},
        }
        await self._client.request("post", "POST", "chatter/feed-elements", body=body)
