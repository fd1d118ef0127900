"""Posts in the feed of a Case, and whom they mention."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from dev.salesforce.database import Row
from dev.salesforce.errors import SalesforceError
from dev.salesforce.ids import canonical
from dev.salesforce.records import Records
from dev.salesforce.wire import rendered_for_chatter

Json = dict[str, Any]

_MOST_CHARACTERS, _MOST_MENTIONS = 10_000, 25
_DEFAULT_PAGE, _LARGEST_PAGE = 25, 100
_APPLICATION = {"applicationName": "Recovery Bot", "applicationUrl": None}


class Chatter:
    """The feeds, as one user writes and reads them.

    Args:
        records: the records of that user.
        base: the path of the API version.
        is_encoded: give texts as HTML, as the Connect API does unless a request says
            `X-Chatter-Entity-Encoding: false`.
    """

    def __init__(self, records: Records, base: str = "", *, is_encoded: bool = False) -> None:
        self._records, self._base, self._is_encoded = records, base, is_encoded
        self._transaction = records.transaction

    # ---- writing ---------------------------------------------------------------------------------

    def create(self, body: Any) -> Json:
        """Post what the body of a request to `/chatter/feed-elements` asks for.

        Raises:
            SalesforceError: too long, too many mentions, a mention of who cannot be mentioned (a
                queue, an inactive user; all 400), an unknown Case (404).
        """
        match body:
            case {
                "subjectId": str(case_id),
                "feedElementType": "FeedItem",
                "body": {"messageSegments": [_, *_] as segments},
            }:
                visibility = body.get("visibility", "AllUsers")
            case _:
                raise _invalid("A subjectId, a feedElementType and a body are required.")
        post_id = self.post(case_id, segments, visibility=visibility)
        return self._element(self._records.get("FeedItem", post_id))

    def post(
        self,
        case_id: str,
        segments: Sequence[Mapping[str, Any]],
        *,
        visibility: str = "AllUsers",
    ) -> str:
        """Post segments of text and mentions; return the id of the post."""
        said = [self._segment(each) for each in segments]
        text = "".join(each["text"] for each in said)
        if len(text) > _MOST_CHARACTERS:
            raise _invalid(f"The post is longer than {_MOST_CHARACTERS} characters.")
        if sum(each["type"] == "Mention" for each in said) > _MOST_MENTIONS:
            raise _invalid(f"The post has more than {_MOST_MENTIONS} mentions.")
        case = self._records.get("Case", case_id)
        row = {"ParentId": case["Id"], "Type": "TextPost", "Body": text}
        # Beyond the fields that SOQL knows.
        further = {"MessageSegments": said, "Visibility": visibility}
        return self._records.insert_raw("FeedItem", row | further)

    def reply(self, post_id: str, text: str) -> str:
        """Comment on a post; return the id of the comment."""
        post = self._records.get("FeedItem", post_id)
        about = {"FeedItemId": post["Id"], "ParentId": post["ParentId"]}
        return self._records.insert_raw("FeedComment", about | {"CommentBody": text})

    def _segment(self, segment: Mapping[str, Any]) -> Json:
        match segment:
            case {"type": "Text", "text": str(text)}:
                return {"type": "Text", "text": text}
            case {"type": "Mention", "id": str(who)}:
                user = self._transaction.find(canonical(who))
            case _:
                raise _invalid("A message segment is not valid.")
        if user is None or not _may_be_mentioned(user):
            raise _invalid(f"The record {who} cannot be mentioned.")
        return {
            "type": "Mention",
            "text": f"@{user['Name']}",
            "name": user["Name"],
            "accessible": True,
            "record": {
                "id": user["Id"],
                "type": "User",
                "url": f"{self._base}/chatter/users/{user['Id']}",
            },
        }

    # ---- reading ---------------------------------------------------------------------------------

    def feed(self, case_id: str, query: Mapping[str, str]) -> Json:
        """List the posts of a Case, the newest first, a page at a time."""
        case = self._records.get("Case", case_id)
        first, size = int(query.get("page", 0)), int(query.get("pageSize", _DEFAULT_PAGE))
        if not 1 <= size <= _LARGEST_PAGE:
            raise _invalid(f"pageSize must be from 1 to {_LARGEST_PAGE}.")
        posts = [row for row in self._transaction.all("FeedItem") if row["ParentId"] == case["Id"]]
        posts.sort(key=lambda row: row["CreatedDate"])
        posts.reverse()
        path = f"{self._base}/chatter/feeds/record/{case['Id']}/feed-elements?pageSize={size}"
        has_more = first + size < len(posts)
        return {
            "currentPageToken": None,
            "currentPageUrl": f"{path}&page={first}",
            "elements": [self._element(row) for row in posts[first : first + size]],
            "isModifiedToken": None,
            "isModifiedUrl": None,
            "nextPageToken": str(first + size) if has_more else None,
            "nextPageUrl": f"{path}&page={first + size}" if has_more else None,
            "updatesToken": None,
            "updatesUrl": None,
        }

    def _element(self, row: Row) -> Json:
        """Return a post as a feed element."""
        at = rendered_for_chatter(row["CreatedDate"])
        replies = [
            each for each in self._transaction.all("FeedComment") if each["FeedItemId"] == row["Id"]
        ]
        return {
            "id": row["Id"],
            "feedElementType": "FeedItem",
            "type": row["Type"],
            "createdDate": at,
            "modifiedDate": at,
            "visibility": row["Visibility"],
            "url": f"{self._base}/chatter/feed-elements/{row['Id']}",
            "parent": {
                "id": row["ParentId"],
                "type": "Case",
                "url": f"{self._base}/chatter/records/{row['ParentId']}",
            },
            "actor": self._person(row),
            "body": {
                "isRichText": False,
                "text": self._shown(row["Body"]),
                "messageSegments": [
                    each | {"text": self._shown(each["text"])} for each in row["MessageSegments"]
                ],
            },
            "capabilities": {
                "comments": {
                    "page": {
                        "items": [self._reply(each) for each in replies],
                        "total": len(replies),
                    }
                }
            },
            "clientInfo": _APPLICATION,
        }

    def validations(self, query: Mapping[str, str]) -> Json:
        """Tell who may be mentioned (Connect API: MentionValidationStatus)."""
        self._records.get("Case", query.get("parentId", ""))
        validated = [
            {"recordId": each, "validationStatus": self._status(each)}
            for each in query.get("recordIds", "").split(",")
        ]
        has_errors = any(each["validationStatus"] != "Ok" for each in validated)
        return {"hasErrors": has_errors, "mentionValidations": validated}

    def _status(self, record_id: str) -> str:
        row = self._transaction.find(canonical(record_id))
        if row is None:
            return "Inaccessible"
        return "Ok" if _may_be_mentioned(row) else "Disallowed"

    def _reply(self, row: Row) -> Json:
        return {
            "id": row["Id"],
            "createdDate": rendered_for_chatter(row["CreatedDate"]),
            "body": {"isRichText": False, "text": self._shown(row["CommentBody"])},
            "user": self._person(row),
        }

    def _shown(self, text: str) -> str:
        return escape(text) if self._is_encoded else text

    def _person(self, row: Row) -> Json:
        user = self._transaction.find(row["CreatedById"]) or {}
        return {"id": row["CreatedById"], "type": "User", "displayName": user.get("Name")}


def _may_be_mentioned(row: Row) -> bool:
    return row.get("IsActive") is True  # a queue is neither active nor inactive


def _invalid(message: str) -> SalesforceError:
    return SalesforceError("INVALID_INPUT", message)
