"""What Teams' Connector answers when it does not do what was asked, as exceptions.

Teams documents a closed list of answers worth repeating (412, 429, 502, 503, 504); the rest is
final. Two JSON shapes carry the code: `{"error": {"code", "message"}}`, and for blocked chats
`{"errorCode": 209, "message": "<JSON with subCode>"}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

import orjson

from retention.services.ports.failures import MessageGone, PermanentError, TransientError


class ConnectorUnavailable(TransientError):
    """Teams did not act on the call, or the call may be repeated freely."""


class ServiceFault(TransientError):
    """Teams failed inside (500). Its documents say not to insist; a late retry is harmless."""


class DeliveryUnknown(TransientError):
    """A post may have reached the thread although its answer was lost: repeating may duplicate."""

    def __init__(self, message: str) -> None:
        super().__init__(message, outcome_unknown=True)


class UnreadableAnswer(PermanentError):
    """Teams said yes but gave nothing to go on with."""


class UntrustedServiceUrl(PermanentError):
    """The address is none of Teams' own: our bearer token must not travel there."""


class ConnectorRefused(PermanentError):
    """Teams will never accept this call."""

    def __init__(self, kind: str, status: int, code: str) -> None:
        super().__init__(f"{kind} refused: {status} {code}".rstrip())
        self.status, self.code = status, code


class BadActivity(ConnectorRefused):
    """400: the payload is wrong."""


class BotNotRegistered(ConnectorRefused):
    """401: the secret or the registration is wrong."""


class NotPermitted(ConnectorRefused):
    """403 for any other reason."""


class BotBlocked(NotPermitted):
    """403: the person or the administrator blocked the bot, until they speak to it again."""


class BotNotInRoster(NotPermitted):
    """403: the bot is not installed there, until an `installationUpdate` adds it."""


class ActivityNotFound(ConnectorRefused, MessageGone):
    """404: the message to edit is gone."""


class ConversationNotFound(ConnectorRefused):
    """404: the conversation is gone."""


class MemberNotFound(ConnectorRefused):
    """404: nobody of that id takes part in the conversation."""


class MessageTooBig(ConnectorRefused):
    """413: the message is over Teams' size limit."""


_BY_CODE: Final[Mapping[tuple[int, str], type[ConnectorRefused]]] = {
    (403, "BotDisabledByAdmin"): BotBlocked,
    (403, "ConversationBlockedByUser"): BotBlocked,
    (403, "MessageWritesBlocked"): BotBlocked,
    (403, "BotNotInConversationRoster"): BotNotInRoster,
    (404, "ActivityNotFoundInConversation"): ActivityNotFound,
    (404, "ConversationNotFound"): ConversationNotFound,
}
_BY_STATUS: Final[Mapping[int, type[ConnectorRefused]]] = {
    400: BadActivity,
    401: BotNotRegistered,
    403: NotPermitted,
    413: MessageTooBig,
}
_NOT_FOUND: Final[Mapping[str, type[ConnectorRefused]]] = {
    "update": ActivityNotFound,
    "member": MemberNotFound,
}
_SECONDS: Final = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")
_REFUSED_FOR_NOW: Final = frozenset({412, 503})
_LOST_ON_THE_WAY: Final = frozenset({502, 504})


def failure(*, kind: str, repeatable: bool, status: int, code: str) -> Exception:
    """Name the failure of a call that was answered, 429 apart.

    `repeatable` tells that doing the call twice is doing it once (everything but POST).
    """
    reason = f"{kind} failed: {status} {code}".rstrip()
    if status in _REFUSED_FOR_NOW:
        return ConnectorUnavailable(reason)
    if status in _LOST_ON_THE_WAY:
        return interrupted(reason, repeatable=repeatable)
    if status == 500:  # noqa: PLR2004 - HTTP's own number, as everywhere in this module
        return ServiceFault(reason) if repeatable else DeliveryUnknown(reason)
    fallback = _NOT_FOUND.get(kind, ConversationNotFound) if status == 404 else ConnectorRefused  # noqa: PLR2004
    refused = _BY_CODE.get((status, code)) or _BY_STATUS.get(status, fallback)
    return refused(kind, status, code)


def interrupted(reason: str, *, repeatable: bool) -> TransientError:
    """Name the failure of a call whose answer never came although it may have been sent."""
    return ConnectorUnavailable(reason) if repeatable else DeliveryUnknown(reason)


def error_code(body: bytes) -> str:
    """Read the code from either error shape; empty when there is none."""
    answer = json_object(body)
    if isinstance(error := answer.get("error"), dict):
        return str(error.get("code") or "")
    if isinstance(detail := answer.get("message"), str) and "errorCode" in answer:
        return str(json_object(detail).get("subCode") or answer["errorCode"])
    return ""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read `Retry-After` as seconds; None when it is missing or unreadable.

    A date is counted from the answer's own `Date`, so our clock need not agree with Teams'.
    """
    value = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        until, answered = (parsedate_to_datetime(text) for text in (value, headers.get("Date", "")))
        return max((until - answered).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def json_object(text: bytes | str) -> dict[str, Any]:
    """Read a JSON object; empty when the text is anything else, as some good answers are."""
    try:
        answer = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}
