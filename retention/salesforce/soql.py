"""Salesforce's query language: every statement we send, and how a value gets into one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

_ID: Final = re.compile(r"[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?")
_CASE_NUMBER: Final = re.compile(r"[0-9]{1,30}")
_ESCAPES: Final = str.maketrans(
    {
        "\\": "\\\\",
        "'": "\\'",
        '"': '\\"',
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        "\b": "\\b",
        "\f": "\\f",
    }
)


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def is_case_number(text: str) -> bool:
    return _CASE_NUMBER.fullmatch(text) is not None


def same_id(one: str | None, other: str | None) -> bool:
    """Compare two ids; the last three of 18 characters only repeat what the others say."""
    return one is not None and other is not None and one[:15] == other[:15]


def checked_id(text: str) -> str:
    """Give an id that is safe in a path or a statement. Raises ValueError."""
    if not is_id(text):
        raise ValueError("not an id of Salesforce")
    return text


def quoted(text: str) -> str:
    """Write a text literal."""
    return f"'{text.translate(_ESCAPES)}'"


def ids(values: Iterable[str]) -> str:
    """Write a list of ids for IN. Raises ValueError."""
    return f"({', '.join(quoted(checked_id(value)) for value in values)})"


def moment(at: datetime) -> str:
    """Write a moment literal, rounded down to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- statements ----------------------------------------------------------------------------------

PAGE: Final = 200
"""The most rows of one answer to a statement about changes (history: 500)."""
HISTORY_PAGE: Final = 500
IDS_AT_ONCE: Final = 200
"""As many as fit into an address, and no more Casos than rows in an answer."""

# Only what is used is read: what nobody reads cannot leak, and needs no right (LGPD).

_CASE: Final = (
    "SELECT Id, CaseNumber, Subject, Status, Priority, IsClosed, Owner.Name, AccountId, "
    "Account.Name, Contact.Name, CreatedDate{also} FROM Case WHERE CaseNumber = {number} LIMIT 2"
)
_CASE_BY_KEY: Final = (
    "SELECT Id, CaseNumber FROM Case WHERE {field} = {key} AND CreatedDate = LAST_N_DAYS:90 LIMIT 1"
)
_MERGED: Final = "SELECT Id, IsDeleted, MasterRecord.CaseNumber FROM Case WHERE Id = {case}"
_PAST_CASES: Final = (
    "SELECT CaseNumber, Subject, CreatedDate, ClosedDate{also} FROM Case "
    "WHERE AccountId = {account} AND Id != {but} ORDER BY CreatedDate DESC, Id DESC LIMIT 10"
)
_QUEUE: Final = (
    "SELECT Id, Name FROM Group "
    "WHERE Type = 'Queue' AND (Name = {name} OR DeveloperName = {name}) LIMIT 3"
)
_QUEUE_FOR_CASES: Final = (
    "SELECT QueueId FROM QueueSobject WHERE SobjectType = 'Case' AND Queue.Name = {name}"
)
_USER: Final = "SELECT Id FROM User WHERE IsActive = true AND Email = {email} LIMIT 2"
_CHANGED_CASES: Final = (
    "SELECT Id, Status, Priority, OwnerId, Owner.Name, IsClosed, LastModifiedById, "
    "LastModifiedBy.Name, LastModifiedDate, SystemModstamp FROM Case "
    "WHERE Id IN {cases} AND SystemModstamp >= {since} "
    "ORDER BY SystemModstamp ASC, Id ASC LIMIT 200"
)
_HISTORY: Final = (
    "SELECT Id, CaseId, Field, OldValue, NewValue, DataType, CreatedById, CreatedBy.Name, "
    "CreatedDate FROM CaseHistory WHERE CaseId IN {cases} AND CreatedDate >= {since} "
    "ORDER BY CreatedDate ASC, Id ASC LIMIT 500"
)
_COMMENTS: Final = (
    "SELECT Id, ParentId, CommentBody, CreatedById, CreatedBy.Name, CreatedDate, "
    "LastModifiedDate, SystemModstamp FROM CaseComment "
    "WHERE ParentId IN {cases} AND SystemModstamp >= {since} "
    "ORDER BY SystemModstamp ASC, Id ASC LIMIT 200"
)
_POSTS: Final = (
    "SELECT Id, ParentId, Type, Body, IsRichText, CreatedById, CreatedBy.Name, CreatedDate "
    "FROM FeedItem WHERE ParentId IN {cases} AND CreatedDate >= {since} "
    "ORDER BY CreatedDate ASC, Id ASC LIMIT 200"
)
_POST_COMMENTS: Final = (
    "SELECT Id, ParentId, CommentBody, CreatedById, CreatedDate "
    "FROM FeedComment WHERE ParentId IN {cases} AND CreatedDate >= {since} "
    "ORDER BY CreatedDate ASC, Id ASC LIMIT 200"
)


def case_by_number(number: str, *, also: Iterable[str | None] = ()) -> str:
    """Find a Caso, reading further fields too. Raises ValueError."""
    if not is_case_number(number):
        raise ValueError("not the number of a Caso")
    return _CASE.format(number=quoted(number), also=_more(also, _CASE))


def case_by_key(field: str, key: str) -> str:
    """Find the Caso that was created with a key in a field."""
    return _CASE_BY_KEY.format(field=field, key=quoted(key))


def merged(case: str) -> str:
    """Read of a Caso whether it is deleted, and into which it was merged. Raises ValueError."""
    return _MERGED.format(case=quoted(checked_id(case)))


def past_cases(account: str, *, but: str, also: Iterable[str | None] = ()) -> str:
    """List the last ten other Casos of a customer, newest first."""
    return _PAST_CASES.format(
        account=quoted(checked_id(account)),
        but=quoted(checked_id(but)),
        also=_more(also, _PAST_CASES),
    )


def queue(name: str) -> str:
    """Find queues by DeveloperName or label."""
    return _QUEUE.format(name=quoted(name))


def queue_for_cases(label: str) -> str:
    return _QUEUE_FOR_CASES.format(name=quoted(label))


def user(email: str) -> str:
    """Find active users by e-mail address."""
    return _USER.format(email=quoted(email))


def changed_cases(cases: Iterable[str], since: datetime) -> str:
    return _about(_CHANGED_CASES, cases, since)


def history(cases: Iterable[str], since: datetime) -> str:
    return _about(_HISTORY, cases, since)


def comments(cases: Iterable[str], since: datetime) -> str:
    return _about(_COMMENTS, cases, since)


def posts(cases: Iterable[str], since: datetime) -> str:
    return _about(_POSTS, cases, since)


def post_comments(cases: Iterable[str], since: datetime) -> str:
    return _about(_POST_COMMENTS, cases, since)


def _about(statement: str, cases: Iterable[str], since: datetime) -> str:
    return statement.format(cases=ids(cases), since=moment(since))


def _more(fields: Iterable[str | None], statement: str) -> str:
    """Give what to put behind the fields that a statement reads anyway."""
    known = re.split(r"[ ,{]+", statement)
    return "".join(f", {field}" for field in dict.fromkeys(fields) if field and field not in known)
