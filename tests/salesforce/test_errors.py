"""What each answer of Salesforce means for whoever called."""

from __future__ import annotations

import pytest

from retention.salesforce.errors import (
    FateUnknown,
    QueryTooSlow,
    Refused,
    RowLocked,
    SessionEnded,
    Unavailable,
    failure,
    problem,
)
from retention.services.ports.failures import RetryAfter


def named(status, code="", message="", *, repeatable=True, **more):
    body = [{"errorCode": code, "message": message, **more}] if code else None
    return failure("op", problem(status, body), repeatable=repeatable)


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (401, "INVALID_SESSION_ID", "Session expired", SessionEnded),
        (400, "UNABLE_TO_LOCK_ROW", "unable to obtain", RowLocked),
        (
            400,
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            "CaseTrigger: System.DmlException: first error: UNABLE_TO_LOCK_ROW, unable to",
            RowLocked,
        ),
        (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CaseTrigger: no", Refused),
        (400, "QUERY_TIMEOUT", "", QueryTooSlow),
        (500, "UNKNOWN_EXCEPTION", "", Unavailable),
        (502, "", "", Unavailable),
        (503, "SERVER_UNAVAILABLE", "", Unavailable),
        (400, "INVALID_FIELD", "", Refused),
        (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "", Refused),
        (400, "DUPLICATE_VALUE", "", Refused),
        (403, "INSUFFICIENT_ACCESS", "", Refused),
        (404, "NOT_FOUND", "", Refused),
        (404, "ENTITY_IS_DELETED", "", Refused),
        (410, "UNSUPPORTED_API_VERSION", "", Refused),
        (400, "INVALID_QUERY_LOCATOR", "", Unavailable),
        (404, "URL_NOT_RESET", "", Unavailable),
        (403, "API_CURRENTLY_DISABLED", "", Unavailable),
        (500, "INVALID_FIELD", "", Unavailable),
    ],
)
def test_an_answer_is_named(status, code, message, kind):
    assert type(named(status, code, message)) is kind


@pytest.mark.parametrize("status", [302, 400, 403, 404, 408, 412, 425, 501, 502, 520])
@pytest.mark.parametrize("body", [None, "<html>", {"error": "x"}, [{"message": "x"}]])
def test_what_salesforce_did_not_say_itself_is_no_refusal(status, body):
    read = failure("op", problem(status, body), repeatable=True)
    write = failure("op", problem(status, body), repeatable=False)

    assert (type(read), type(write)) == (Unavailable, FateUnknown)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_must_not_be_repeated_has_an_unknown_fate(status):
    error = named(status, "UNKNOWN_EXCEPTION", repeatable=False)

    assert type(error) is FateUnknown
    assert error.outcome_unknown


@pytest.mark.parametrize(
    ("status", "message", "seconds"),
    [
        (403, "TotalRequests Limit exceeded.", 60),
        (403, "ConcurrentPerOrgLongTxn Limit exceeded.", 5),
        (429, "", 60),
    ],
)
def test_a_limit_is_waited_out(status, message, seconds):
    error = named(status, "REQUEST_LIMIT_EXCEEDED", message)

    assert isinstance(error, RetryAfter)
    assert error.seconds == seconds


def test_too_many_calls_for_a_proxy_are_waited_out_too():
    error = failure("op", problem(429, None), repeatable=False)

    assert isinstance(error, RetryAfter)


def test_only_the_organisations_own_message_is_for_people():
    validation = named(
        400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Informe o motivo", fields=["Status"]
    )
    other = named(400, "STRING_TOO_LONG", "Padaria Sol: data value too large")

    assert (validation.code, validation.said) == (
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "Informe o motivo",
    )
    assert validation.fields == ("Status",)
    assert other.said == ""
    assert "Padaria" not in f"{other!r} {other}"


@pytest.mark.parametrize("body", [None, "Bad", [], [1], {"errorCode": "X"}, [{"message": "x"}]])
def test_an_answer_of_another_shape_has_its_status_as_code(body):
    assert problem(418, body).code == "HTTP_418"
