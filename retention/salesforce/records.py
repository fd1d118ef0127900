"""What we read of Salesforce's answers. Fields that do not apply are null."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ValidationError
from pydantic.alias_generators import to_camel, to_pascal

from retention.salesforce.errors import UnreadableAnswer

Json = dict[str, Any]


class Row(BaseModel, frozen=True, alias_generator=to_pascal):
    """A row of a query."""


class IdRow(Row):
    id: str


class NamedRow(Row):
    name: str | None = None


class CaseRow(IdRow):
    case_number: str
    subject: str | None = None
    status: str
    priority: str | None = None
    is_closed: bool
    owner: NamedRow | None = None
    account_id: str | None = None
    account: NamedRow | None = None
    contact: NamedRow | None = None
    created_date: AwareDatetime


class PastCaseRow(Row):
    case_number: str
    subject: str | None = None
    created_date: AwareDatetime
    closed_date: AwareDatetime | None = None


class CaseNumberRow(IdRow):
    case_number: str


class ChangedCaseRow(IdRow):
    status: str
    priority: str | None = None
    is_closed: bool
    owner_id: str
    owner: NamedRow | None = None
    last_modified_by_id: str
    last_modified_by: NamedRow | None = None
    last_modified_date: AwareDatetime
    system_modstamp: AwareDatetime


class AuthoredRow(IdRow):
    """A row that never changes its author. `created_by` is null where we may not see them."""

    created_by_id: str
    created_by: NamedRow | None = None
    created_date: AwareDatetime


class HistoryRow(AuthoredRow):
    case_id: str
    field: str
    data_type: str | None = None
    old_value: Any = None
    new_value: Any = None


class CommentRow(AuthoredRow):
    parent_id: str
    comment_body: str | None = None
    last_modified_date: AwareDatetime
    system_modstamp: AwareDatetime


class PostRow(AuthoredRow):
    parent_id: str
    type: str | None = None
    body: str | None = None
    is_rich_text: bool = False


class PostCommentRow(AuthoredRow):
    parent_id: str
    comment_body: str | None = None


class QueueRow(IdRow):
    name: str


class ServedRow(Row):
    queue_id: str


# ---- Connect and UI API --------------------------------------------------------------------------


class Part(BaseModel, frozen=True, alias_generator=to_camel):
    """Part of an answer."""


class ChoiceAttributes(Part):
    closed: bool = False


class Choice(Part):
    """A value of a picklist: what people see and what is stored."""

    label: str
    value: str
    attributes: ChoiceAttributes | None = None

    @property
    def is_closed(self) -> bool:
        return self.attributes is not None and self.attributes.closed


class Choices(Part):
    values: tuple[Choice, ...]


class Segment(Part):
    type: str
    text: str | None = None


class PostBody(Part):
    text: str | None = None
    message_segments: tuple[Segment, ...] = ()


class PostAuthor(Part):
    id: str | None = None
    display_name: str | None = None


class Post(Part):
    """An element of a feed; what is not a post has no text."""

    id: str
    body: PostBody | None = None
    actor: PostAuthor | None = None

    @property
    def text(self) -> str:
        return (self.body and self.body.text) or ""

    @property
    def mentioned(self) -> str | None:
        """Give the first mention as people see it (`@Paula Reis`)."""
        segments = self.body.message_segments if self.body else ()
        return next((one.text or "" for one in segments if one.type == "Mention"), None)

    @property
    def author_id(self) -> str | None:
        return self.actor.id if self.actor else None


class Feed(Part):
    elements: tuple[Post, ...]
    next_page_url: str | None = None


class MentionCheck(Part):
    validation_status: str


class MentionChecks(Part):
    mention_validations: tuple[MentionCheck, ...]


class Version(Part):
    version: str
    """Such as 67.0."""


class FieldRights(Part):
    name: str
    updateable: bool


class ObjectRights(Part):
    """What we may do with an object and its fields; a field that we may not see is not there."""

    createable: bool
    fields: tuple[FieldRights, ...]


class KeptCaseRow(Row):
    case_number: str


class MergedCaseRow(Row):
    """A Caso, deleted or not; `master_record` is the one it was merged into."""

    is_deleted: bool
    master_record: KeptCaseRow | None = None


class MergedCases(Part):
    records: tuple[MergedCaseRow, ...]


class LogField(Part):
    name: str
    unique: bool


class LogDescription(Part):
    fields: tuple[LogField, ...]


M = TypeVar("M", bound=BaseModel)


def read(kind: type[M], answer: Any) -> M:
    """Read an answer. Raises UnreadableAnswer, which tells nothing of what was in it."""
    try:
        return kind.model_validate(answer)
    except ValidationError as error:
        places = sorted({".".join(map(str, each["loc"])) for each in error.errors()})
        raise UnreadableAnswer(f"{kind.__name__}: {', '.join(places)}") from None


def read_all(kind: type[M], rows: Iterable[Json]) -> list[M]:
    return [read(kind, row) for row in rows]


def at_path(row: Json, path: str | None) -> Any:
    """Give the value of a field, also of one further away (`Account.Plan__c`)."""
    value: Any = row
    for name in path.split(".") if path else [""]:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def money(value: Any) -> Decimal | None:
    """Read an amount; None where there is none, or it is no number."""
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
