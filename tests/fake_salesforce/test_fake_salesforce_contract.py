"""The laws of the contract itself: it sees what the fake must never do."""

import pytest

from tests.fake_salesforce.contract import Contract

CASE = "/services/data/v67.0/sobjects/Case"
ONE = f"{CASE}/5003h00000A1b2CAAR"
ERROR = {"message": "no", "errorCode": "INVALID_FIELD", "fields": []}


@pytest.mark.parametrize(
    "exchange",
    [
        ("PATCH", ONE, {"Status": 1}, 204, None),
        ("PATCH", ONE, {"Statuss": "New"}, 204, None),
        ("PATCH", ONE, {"Status": "New"}, 204, {"id": "x"}),
        ("PATCH", ONE, {"Status": "New"}, 202, None),
        ("PATCH", ONE, {"Status": "New"}, 400, ERROR),
        ("POST", CASE, {"Subject": "x"}, 201, {"id": 1, "success": True, "errors": []}),
        ("GET", f"{ONE}?fields=Id", None, 200, {"Id": "x", "Invented": 1}),
        ("GET", ONE, None, 404, [ERROR | {"more": 1}]),
    ],
)
def test_a_body_or_a_status_beyond_the_slice_is_a_violation(exchange):
    contract = Contract()

    contract.check(*exchange)

    assert len(contract.violations) == 1


@pytest.mark.parametrize(
    "exchange",
    [
        ("PATCH", ONE, {"Status": "New"}, 204, None),
        ("PATCH", ONE, {"Statuss": "New"}, 400, [ERROR]),
        ("POST", CASE, {"Subject": "x"}, 201, {"id": "x", "success": True, "errors": []}),
        ("GET", ONE, None, 200, {"Id": "x", "ClosedDate": None}),
        ("GET", "/services/data/v67.0/query", None, 200, {"anything": 1}),
    ],
)
def test_what_the_slice_allows_or_does_not_know_is_none(exchange):
    contract = Contract()

    contract.check(*exchange)

    assert contract.violations == []
