"""The CRM port on the fake organisation, and on a real sandbox where one is configured.

The sandbox is used when SALESFORCE_SANDBOX_URL is set. It needs, behind the same prefix, CLIENT_ID,
either CLIENT_SECRET or USERNAME with PRIVATE_KEY_FILE, then QUEUE, STATUS, PRIORITY, LEAD_EMAIL,
and perhaps LOG_OBJECT. The Casos it makes stay there.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from pydantic import SecretStr

from dev.salesforce.server import FakeSalesforce
from retention.domain.events import CrmChangeKind, HandoverStep
from retention.salesforce.config import SalesforceConfig
from retention.salesforce.crm import SalesforceCrm
from retention.services.ports.crm import HandoverOrder, NewCrmCase
from tests.salesforce.orgs import BY_SECRET, CLIENT_ID, LEAD, config, public_pem

_SANDBOX = "SALESFORCE_SANDBOX_"
ORGS = ("fake", "fake with log", *(["sandbox"] if f"{_SANDBOX}URL" in os.environ else []))


@dataclass(frozen=True)
class Desk:
    """A CRM and what is known of its organisation. `restarted` is a process that knows nothing."""

    crm: SalesforceCrm
    restarted: SalesforceCrm
    lead_email: str

    async def new_case(self):
        return await self.crm.open_case(
            NewCrmCase(f"t{uuid4().hex[:12]}", "Contract test", "Made by a test.", "Padaria Teste")
        )


def sandbox_config():
    def given(name, default=""):
        return os.environ.get(f"{_SANDBOX}{name}", default)

    secret, key_file = given("CLIENT_SECRET"), given("PRIVATE_KEY_FILE")
    return SalesforceConfig(
        url=given("URL"),
        client_id=given("CLIENT_ID"),
        client_secret=SecretStr(secret) if secret else None,
        username=given("USERNAME"),
        private_key=SecretStr(Path(key_file).read_text()) if key_file else None,
        queue=given("QUEUE"),
        status=given("STATUS"),
        priority=given("PRIORITY"),
        log_object=given("LOG_OBJECT") or None,
    )


@asynccontextmanager
async def organisation(name):
    if name == "sandbox":
        yield sandbox_config(), os.environ[f"{_SANDBOX}LEAD_EMAIL"]
        return
    async with FakeSalesforce() as salesforce:
        salesforce.register(CLIENT_ID, public_key=public_pem(), secret="app-secret")
        other = {**BY_SECRET, "log_object": "Recovery_Log__c"} if name == "fake with log" else {}
        yield config(salesforce.url, **other), LEAD


@pytest.fixture(params=ORGS)
async def desk(request):
    async with organisation(request.param) as (settings, lead), aiohttp.ClientSession() as session:
        yield Desk(
            SalesforceCrm(settings, session=session),
            SalesforceCrm(settings, session=session),
            lead,
        )


@pytest.fixture
async def case(desk):
    return await desk.new_case()


@pytest.fixture
def order(desk, case):
    return HandoverOrder(
        key=f"t{uuid4().hex[:12]}",
        case=case.id,
        comment="Diagnóstico: cobrança em duplicidade.",
        lead_email=desk.lead_email,
        post="pede cancelamento.",
    )


class TestCase:
    async def test_the_same_key_creates_one_case(self, desk):
        new = NewCrmCase(f"t{uuid4().hex[:12]}", "Contract test", "Made by a test.", "Padaria")

        first = await desk.crm.open_case(new)
        second = await desk.restarted.open_case(new)

        assert second == first

    async def test_a_case_is_found_with_and_without_its_leading_zeros(self, desk, case):
        typed = await desk.crm.find_case(case.number)
        short = await desk.crm.find_case(case.number.lstrip("0"))

        assert typed == short == case

    async def test_a_number_nobody_has_finds_nothing(self, desk):
        assert await desk.crm.find_case("99999999") is None
        assert await desk.crm.profile("99999999") is None

    async def test_a_profile_holds_the_case_itself_and_not_among_the_past_ones(self, desk, case):
        profile = await desk.crm.profile(case.number)

        assert [profile.case, *profile.past] == [case]


class TestHandover:
    async def test_all_four_steps_read_back_as_done(self, desk, order):
        await desk.crm.hand_over(order)
        await desk.crm.mention(order)

        reading = await desk.restarted.read_handover(order)

        assert {step: one.is_done for step, one in reading.items()} == dict.fromkeys(
            HandoverStep, True
        )
        assert all(one.found for one in reading.values())

    async def test_a_handover_again_changes_nothing(self, desk, order):
        await desk.crm.hand_over(order)
        await desk.crm.mention(order)
        before = await desk.crm.read_handover(order)

        await desk.restarted.hand_over(order)
        await desk.restarted.mention(order)

        assert await desk.crm.read_handover(order) == before

    async def test_before_the_handover_no_step_is_done(self, desk, order):
        reading = await desk.crm.read_handover(order)

        assert {step: one.is_done for step, one in reading.items()} == dict.fromkeys(
            HandoverStep, False
        )

    async def test_a_repair_sets_the_steps_asked_for(self, desk, order):
        await desk.crm.repair(order.case, [HandoverStep.STATUS, HandoverStep.MENTION])

        reading = await desk.crm.read_handover(order)

        assert reading[HandoverStep.STATUS].is_done
        assert not reading[HandoverStep.PRIORITY].is_done


class TestChanges:
    async def test_nothing_of_our_own_comes_back(self, desk, order):
        since = datetime.now(UTC) - timedelta(minutes=10)
        await desk.crm.hand_over(order)
        await desk.crm.mention(order)
        await desk.crm.comment(order.case, key=f"{order.key}c", text="Liguei.")

        changes = await desk.crm.changes([order.case], since=since)

        done = {step: one.is_done for step, one in (await desk.crm.read_handover(order)).items()}
        assert done == dict.fromkeys(HandoverStep, True)
        assert [change for change in changes if change.kind is not CrmChangeKind.CLOSED] == []
