"""Statements: no value can break out of its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simple_salesforce.format import format_soql

from retention.salesforce import soql

CASE = "5003h00000A1b2CAAR"


class TestQuoted:
    @given(st.text())
    def test_texts_are_escaped_as_a_client_that_we_did_not_write_does(self, text):
        assert soql.quoted(text) == format_soql("{}", text)

    def test_a_quote_ends_no_literal(self):
        statement = soql.user("x' OR Name != '")

        assert r"Email = 'x\' OR Name != \'' LIMIT 2" in statement


class TestIds:
    @pytest.mark.parametrize("text", ["", "5003h", f"{CASE}x", "5003h00000A1b2'", f"{CASE}\n"])
    def test_what_is_no_id_enters_no_statement(self, text):
        with pytest.raises(ValueError, match="not an id"):
            soql.history([text], datetime.now(UTC))

    def test_an_id_of_15_and_of_18_characters_are_the_same(self):
        assert soql.same_id(CASE, CASE[:15])
        assert not soql.same_id(CASE, None)

    @pytest.mark.parametrize("number", ["", "12a", "1" * 31, "١٢٣", "1 OR 1"])
    def test_what_is_no_case_number_enters_no_statement(self, number):
        with pytest.raises(ValueError, match="not the number"):
            soql.case_by_number(number)


class TestStatements:
    def test_a_moment_is_written_in_utc(self):
        at = datetime(2026, 11, 21, 17, 0, 0, 900_000, tzinfo=timezone(timedelta(hours=-3)))

        assert soql.moment(at) == "2026-11-21T20:00:00Z"

    def test_configured_fields_are_read_beside_the_others_and_none_twice(self):
        statement = soql.case_by_number("1", also=("Account.Plan__c", "Subject", None))

        assert ", CreatedDate, Account.Plan__c FROM Case" in statement
        assert statement.count("Subject") == 1
