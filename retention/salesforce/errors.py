"""What Salesforce answers when it does not do what was asked, as exceptions.

Salesforce: the body of a refusal is an array of `{message, errorCode, fields}`. The messages are
in the user's language, so what to do is decided on the code; the two exceptions hold names that
are never translated (of a limit, and of a code within a trigger's message). Whatever else answers
(a proxy, a firewall, a page about maintenance) tells nothing about what was asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from retention.services.ports.crm import CrmRefused
from retention.services.ports.failures import RetryAfter, TransientError

_UNAUTHORISED: Final = 401
_TOO_MANY: Final = 429
_FAILED_INSIDE: Final = 500
"""From here on it is not about what was asked."""
LIMIT_SECONDS: Final = 60.0
"""Salesforce counts calls over the last 24 h and never says when to come back."""
_CONCURRENT_LIMIT_SECONDS: Final = 5.0
_LOCKED: Final = "UNABLE_TO_LOCK_ROW"
_TRIGGER_FAILED: Final = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
_FOR_GOOD: Final = re.compile(
    r"(APEX|CANNOT|CIRCULAR|DUPLICATE|ENTITY|EXCEEDED|FEATURE|FIELD|FORBIDDEN|FUNCTIONALITY|ILLEGAL"
    r"|INACTIVE|INSUFFICIENT|INVALID|ITEM|JSON|MALFORMED|METHOD|MISSING|MIXED|NOT|NUM|NUMBER"
    r"|OPERATION|POST|PRECONDITION|QUERY_TOO|RECORD|REQUIRED|RESOURCE|SELF|STORAGE|STRING|TOO"
    r"|TRANSFER|UNSUPPORTED|WRONG)_\w+"
)
"""Codes that say that the same call will be refused again, by the families of their names.

A family that nobody thought of is asked again and again, which harms less than to give up.
"""
_FOR_NOW: Final = frozenset({"INVALID_QUERY_LOCATOR"})
"""What looks like one of them; the query begins anew."""
HALTED: Final = "PROCESSING_HALTED"
"""The code of a part that was rolled back because of another one."""


class Unavailable(TransientError):
    """Salesforce did not act on the call, or the call may be repeated freely."""


class FateUnknown(TransientError):
    """A call that must not be repeated blindly may have taken effect: read back first."""

    def __init__(self, message: str) -> None:
        super().__init__(message, outcome_unknown=True)


class RowLocked(TransientError):
    """Somebody else is writing the record; nothing was committed."""


class QueryTooSlow(TransientError):
    """The query was given up; one about fewer records may be answered."""


class SessionEnded(TransientError):
    """The access token is no longer good (401)."""


class LoginFailed(TransientError):
    """Nobody is logged in. Transient: what waits for it goes on once that is mended."""


class UnreadableAnswer(TransientError):
    """What was read has not the shape that Salesforce documents: somebody else answered for it."""


class LimitReached(RetryAfter):
    """The organisation has used up its calls of the last 24 hours."""

    def __init__(self) -> None:
        super().__init__(LIMIT_SECONDS)


class Refused(CrmRefused):
    """Salesforce itself will never accept this call.

    `fields` are the API names it complains about, `part` the part of a composite that failed.
    """

    def __init__(self, problem: Problem, *, part: str = "") -> None:
        # Only this message is the organisation's own text, written for people.
        is_for_people = problem.code == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        super().__init__(problem.code, said=problem.message if is_for_people else "")
        self.status, self.fields, self.part = problem.status, problem.fields, part

    @property
    def is_duplicate(self) -> bool:
        """Tell whether a field that must be unique would not be: it was written before."""
        return self.code == "DUPLICATE_VALUE"


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal as Salesforce tells it. `code` is never empty."""

    status: int
    code: str
    message: str = field(default="", repr=False)
    fields: tuple[str, ...] = ()


def problem(status: int, body: Any) -> Problem:
    """Read the first problem of an answer; `body` is parsed JSON, or anything else.

    What is not in the shape of Salesforce has the code `HTTP_` and its status.
    """
    first = body[0] if isinstance(body, list) and body else None
    if not isinstance(first, dict) or not first.get("errorCode"):
        return Problem(status, f"HTTP_{status}")
    return Problem(
        status,
        str(first["errorCode"]),
        str(first.get("message") or ""),
        tuple(map(str, first.get("fields") or ())),
    )


def failure(operation: str, found: Problem, *, repeatable: bool, part: str = "") -> Exception:
    """Name the failure of a call that was answered.

    `repeatable` tells that doing the call twice is doing it once, or that it was rolled back.
    """
    reason = f"{operation} failed: {found.status} {found.code}"
    if found.status == _UNAUTHORISED:
        return SessionEnded(reason)
    if found.code == _LOCKED or (found.code == _TRIGGER_FAILED and _LOCKED in found.message):
        return RowLocked(reason)
    if found.code == "REQUEST_LIMIT_EXCEEDED" or found.status == _TOO_MANY:
        return _limited(found)
    if found.code == "QUERY_TIMEOUT":
        return QueryTooSlow(reason)
    if found.status < _FAILED_INSIDE and _is_for_good(found.code):
        return Refused(found, part=part)
    return interrupted(reason, repeatable=repeatable)


def _limited(found: Problem) -> RetryAfter:
    if found.code != "REQUEST_LIMIT_EXCEEDED":
        return RetryAfter(LIMIT_SECONDS)
    is_concurrent = found.message.startswith("Concurrent")
    return RetryAfter(_CONCURRENT_LIMIT_SECONDS) if is_concurrent else LimitReached()


def _is_for_good(code: str) -> bool:
    return _FOR_GOOD.fullmatch(code) is not None and code not in _FOR_NOW


def interrupted(reason: str, *, repeatable: bool) -> TransientError:
    """Name the failure of a call whose answer never came, or told nothing."""
    return Unavailable(reason) if repeatable else FateUnknown(reason)
