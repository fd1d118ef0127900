"""Casos found, with what came before, and created once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dev.salesforce import faults
from retention.salesforce.config import FieldNames
from retention.salesforce.records import at_path, money
from retention.services.ports.crm import NewCrmCase
from retention.services.ports.failures import TransientError
from tests.salesforce.orgs import AGENT

NEW = NewCrmCase("RET-0042:open", "Pedido de cancelamento", "Quer sair.", "Padaria Nova")


class TestFind:
    @pytest.mark.parametrize("typed", ["00012345", "12345", " 12345 ", "000000012345"])
    async def test_a_number_is_found_however_many_zeros_it_has(self, crm, org, typed):
        found = await crm.find_case(typed)

        assert found.number == "00012345"
        assert found.id == org.case("00012345")["Id"]

    @pytest.mark.parametrize("typed", ["", "RET-0042", "1' OR '1", "9" * 31, "99999999"])
    async def test_anything_else_finds_nothing(self, crm, typed):
        assert await crm.find_case(typed) is None

    async def test_what_people_see_is_told_and_no_stored_value(self, crm, org):
        org.change("00012345", "Priority", "High", by=AGENT)

        found = await crm.find_case("12345")

        assert (found.status, found.priority) == ("Novo", "ALTA")
        assert (found.customer, found.contact) == ("Padaria Sol", "Carlos Nunes")
        assert found.owner == "Ana Souza"
        assert not found.is_closed
        assert found.opened_at.tzinfo is not None

    async def test_a_caso_without_a_customer_is_found_too(self, crm):
        profile = await crm.profile("12349")

        assert profile.case.customer is None
        assert profile.past == []


class TestProfile:
    async def test_the_last_ten_other_casos_come_newest_first(self, crm):
        profile = await crm.profile("12345")

        opened = [one.opened_at for one in profile.past]
        assert len(profile.past) == 10
        assert opened == sorted(opened, reverse=True)
        assert "00012345" not in {one.number for one in profile.past}

    async def test_causes_come_with_them(self, crm):
        profile = await crm.profile("12345")

        assert [bool(one.cause) for one in profile.past] == [True] * 10

    async def test_without_a_field_for_it_no_cause_is_told(self, make_crm):
        crm = make_crm(fields=FieldNames(cause=None))

        profile = await crm.profile("12345")

        assert {one.cause for one in profile.past} == {None}


class TestOpen:
    async def test_a_lost_answer_creates_no_second_caso(self, crm, org):
        org.fail_next(faults.reset_after_commit, on="POST /sobjects/Case")
        with pytest.raises(TransientError):
            await crm.open_case(NEW)

        opened = await crm.open_case(NEW)

        assert org.received_at("/sobjects/Case", method="POST")[0].body["Subject"] == NEW.subject
        assert len(org.received_at("/sobjects/Case", method="POST")) == 1
        assert opened.subject == NEW.subject

    async def test_a_log_object_keeps_two_processes_from_creating_two(self, make_crm, org):
        crm = make_crm(log_object="Recovery_Log__c")

        opened = await crm.open_case(NEW)

        (log,) = org.logs(opened.number)
        assert log["Idempotency_Key__c"] == NEW.key

    async def test_the_creator_keeps_the_caso(self, crm, org):
        opened = await crm.open_case(NEW)

        assert org.case(opened.number)["OwnerId"] == org.integration_user_id

    async def test_long_texts_are_cut_to_what_the_fields_hold(self, crm):
        opened = await crm.open_case(NewCrmCase("k", "s" * 300, "d" * 40_000, "c" * 100))

        assert opened.subject == "s" * 255


class TestFields:
    def test_a_field_of_the_customer_is_reached(self):
        row = {"Account": {"Plan__c": "Ouro"}, "Monthly__c": 199.9}

        assert at_path(row, "Account.Plan__c") == "Ouro"
        assert at_path({"Account": None}, "Account.Plan__c") is None
        assert at_path(row, None) is None

    @pytest.mark.parametrize(
        ("value", "amount"),
        [(199.9, Decimal("199.9")), (None, None), ("1500", Decimal(1500)), ("a combinar", None)],
    )
    def test_an_amount_is_read_as_it_is_written(self, value, amount):
        assert money(value) == amount
