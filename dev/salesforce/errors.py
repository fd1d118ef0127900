"""How Salesforce refuses: an HTTP status and an array of message, code and perhaps fields."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any


class SalesforceError(Exception):
    """A refusal, as it goes over the wire."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = HTTPStatus.BAD_REQUEST,
        fields: Sequence[str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.code, self.message, self.status, self.fields = code, message, status, fields

    @property
    def body(self) -> list[dict[str, Any]]:
        """Give the body; most answers of 400 say `fields`, be they none."""
        error: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return [error if self.fields is None else {**error, "fields": list(self.fields)}]


def not_found() -> SalesforceError:
    return SalesforceError(
        "NOT_FOUND", "The requested resource does not exist", status=HTTPStatus.NOT_FOUND
    )


def no_such_column(name: str, sobject: str) -> SalesforceError:
    return SalesforceError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject}")


def malformed_query(message: str) -> SalesforceError:
    return SalesforceError("MALFORMED_QUERY", message)


def session_ended() -> SalesforceError:
    return SalesforceError(
        "INVALID_SESSION_ID", "Session expired or invalid", status=HTTPStatus.UNAUTHORIZED
    )


def row_locked(record_id: str) -> SalesforceError:
    return SalesforceError(
        "UNABLE_TO_LOCK_ROW",
        f"unable to obtain exclusive access to this record or 1 records: {record_id}",
        fields=(),
    )


def rolled_back() -> SalesforceError:
    return SalesforceError(
        "PROCESSING_HALTED",
        "The transaction was rolled back since another operation in the same transaction failed.",
    )


def requests_used_up() -> SalesforceError:
    return SalesforceError(
        "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=HTTPStatus.FORBIDDEN
    )
