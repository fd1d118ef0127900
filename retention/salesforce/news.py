"""Rows of Salesforce as changes: each told once, under a key of its own, and none of our own.

A change of a field is told by its history, or found by comparing where none is kept: then only what
is sure to be new is told. Whatever repeats something else is left out: an owner's name beside the
id, a comment in the feed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from typing import Final

from retention.domain.crm_profile import CrmCaseId
from retention.domain.events import CrmChangeKind
from retention.salesforce.catalogue import PRIORITY, STATUS, Picklists
from retention.salesforce.marks import is_marked
from retention.salesforce.records import (
    ChangedCaseRow,
    CommentRow,
    HistoryRow,
    PostCommentRow,
    PostRow,
)
from retention.salesforce.snapshots import OWNER, Difference
from retention.salesforce.soql import same_id
from retention.services.ports.crm import CrmChange

_KINDS: Final = {
    STATUS: CrmChangeKind.STATUS,
    PRIORITY: CrmChangeKind.PRIORITY,
    OWNER: CrmChangeKind.OWNER,
}
_WRITTEN_BY_PEOPLE: Final = frozenset(
    {"TextPost", "ContentPost", "LinkPost", "AdvancedTextPost", "QuestionPost", "PollPost"}
)
"""Types of posts. The others repeat comments, tracked changes and e-mails."""
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Rows:
    """All that was read of some Casos since a moment, each kind oldest first."""

    cases: Sequence[ChangedCaseRow]
    history: Sequence[HistoryRow]
    comments: Sequence[CommentRow]
    posts: Sequence[PostRow]
    post_comments: Sequence[PostCommentRow]


@dataclass(frozen=True, slots=True)
class Ours:
    """Our own doing: we are its author, and it is something that we write.

    The author alone is not enough: people may have other programs work under the same user.
    """

    user: str
    values: frozenset[str]

    def wrote(self, author: str, text: str) -> bool:
        return same_id(author, self.user) and is_marked(text)

    def set(self, author: str, value: str) -> bool:
        return same_id(author, self.user) and value in self.values


@dataclass(frozen=True, slots=True)
class News:
    ours: Ours
    picklists: Picklists
    name_of: Callable[[str], str]

    def of_history(self, rows: Sequence[HistoryRow]) -> Iterator[CrmChange]:
        told_by_id = {_moment(row) for row in rows if row.data_type == "EntityId"}
        for row in rows:
            # Salesforce tells a new owner twice, by id and by name.
            is_repeated = row.data_type != "EntityId" and _moment(row) in told_by_id
            value = str(row.new_value or "")
            if row.field in _KINDS and not is_repeated and not self._is_ours(row, value):
                yield self._changed(
                    row.field,
                    value,
                    key=row.id,
                    case=row.case_id,
                    by=row.created_by_id,
                    at=row.created_date,
                    before=str(row.old_value or ""),
                )

    def of_differences(
        self,
        compared: Iterable[tuple[ChangedCaseRow, Sequence[Difference]]],
        history: Sequence[HistoryRow],
    ) -> Iterator[CrmChange]:
        """Tell the changes of fields that left no history, as done by who saved the Caso last.

        A value that we set too is left out: who saved last may have changed something else.
        """
        told = {(row.case_id, row.field) for row in history}
        for row, differences in compared:
            for one in differences:
                if one.after not in self.ours.values and (row.id, one.field) not in told:
                    stamp = _stamp(row.last_modified_date)
                    yield self._changed(
                        one.field,
                        one.after,
                        key=f"{row.id}:{one.field}:{one.after}:{stamp}",
                        case=row.id,
                        by=row.last_modified_by_id,
                        at=row.last_modified_date,
                        before=one.before,
                    )

    def of_comments(self, rows: Iterable[CommentRow]) -> Iterator[CrmChange]:
        """Tell comments, and anew those whose text was edited.

        Salesforce: to show one to the customer, or hide it again, stamps it anew too.
        """
        for row in rows:
            text = row.comment_body or ""
            if text and not self.ours.wrote(row.created_by_id, text):
                yield CrmChange(
                    key=f"{row.id}:{_digest(text)}",
                    case=CrmCaseId(row.parent_id),
                    kind=CrmChangeKind.COMMENT,
                    by=self.name_of(row.created_by_id),
                    at=row.last_modified_date.astimezone(UTC),
                    text=text,
                )

    def of_posts(self, rows: Iterable[PostRow]) -> Iterator[CrmChange]:
        for row in rows:
            text = _visible(row.body or "") if row.is_rich_text else row.body or ""
            if row.type in _WRITTEN_BY_PEOPLE:
                yield from self._posted(row, text)

    def of_post_comments(self, rows: Iterable[PostCommentRow]) -> Iterator[CrmChange]:
        for row in rows:
            yield from self._posted(row, row.comment_body or "")

    def _posted(self, row: PostRow | PostCommentRow, text: str) -> Iterator[CrmChange]:
        if text and not self.ours.wrote(row.created_by_id, text):
            yield CrmChange(
                key=row.id,
                case=CrmCaseId(row.parent_id),
                kind=CrmChangeKind.POST,
                by=self.name_of(row.created_by_id),
                at=row.created_date.astimezone(UTC),
                text=text,
            )

    def _is_ours(self, row: HistoryRow, value: str) -> bool:
        return self.ours.set(row.created_by_id, value)

    def _changed(
        self, field: str, value: str, *, key: str, case: str, by: str, at: datetime, before: str
    ) -> CrmChange:
        has_ended = field == STATUS and self.picklists.status.ends(value)
        return CrmChange(
            key=key,
            case=CrmCaseId(case),
            kind=CrmChangeKind.CLOSED if has_ended else _KINDS[field],
            by=self.name_of(by),
            at=at.astimezone(UTC),
            text=self._shown(field, value),
            before=self._shown(field, before),
        )

    def _shown(self, field: str, value: str) -> str:
        """Give what people see for a stored value: a label, or the name of an owner."""
        match field:
            case "Status":
                return self.picklists.status.label(value)
            case "Priority":
                return self.picklists.priority.label(value)
        return self.name_of(value) or value


def _moment(row: HistoryRow) -> tuple[str, str, datetime]:
    return row.case_id, row.field, row.created_date


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _visible(html: str) -> str:
    return unescape(_TAG.sub(" ", html)).strip()
