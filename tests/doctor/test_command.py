"""`python app.py doctor`, as an operator runs it: what it writes and how it ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from config.settings import Settings
from dev.salesforce import FakeSalesforce
from doctor.checks import CHECKS, FAILURE
from doctor.command import look
from retention.storage.migrations import migrate
from tests.doctor.telling import codes_of
from tests.fake_identity import FakeIdentity
from tests.scenarios.command import command

PRODUCTION: dict[str, Any] = {
    "mode": "production",
    "public_url": "https://retencao.empresa.example",
    "app_id": "3c9d2f14-6b7a-4e85-8f21-0a4d9e6c1b37",
    "app_password": "not-a-secret",
    "tenant_id": "7f3a1c52-8d0e-4b6f-9a41-2c5e8b7d9013",
    "team_id": "19:team@thread.tacv2",
    "channel_id": "19:room@thread.tacv2",
}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SALESFORCE_URL", raising=False)


@pytest.fixture
def url(tmp_path):
    address = f"sqlite:///{tmp_path}/bot.db"
    migrate(address)
    return address


class TestCommand:
    async def test_in_local_mode_it_is_content(self, url):
        code, out, error = await command(url, "doctor")

        assert (code, error) == (0, "")
        assert "modo local: sem credenciais" in out
        assert "os quatro passos ficam em lista para marcar" in out
        assert "0 FALHA" in out

    async def test_a_database_that_waits_for_a_migration_ends_it_with_1(self, tmp_path):
        (tmp_path / "bot.db").touch()

        code, out, error = await command(f"sqlite:///{tmp_path}/bot.db", "doctor")

        assert (code, error) == (1, "")
        assert "FALHA  Banco e migr" in out
        assert "python app.py migrate" in out

    async def test_json_is_one_object_for_machines(self, url):
        code, out, error = await command(url, "doctor", "--json")

        report = json.loads(out)
        assert (code, error) == (0, "")
        assert report["healthy"] is True
        assert report["findings"][0]["check"] == "teams.token"
        assert "@" not in out


class TestLook:
    async def test_local_mode_with_salesforce_looks_at_all_of_it(self, url, monkeypatch):
        async with FakeSalesforce() as org:
            org.register("app", secret="sesame")
            monkeypatch.setenv("SALESFORCE_URL", org.url)
            monkeypatch.setenv("SALESFORCE_CLIENT_ID", "app")
            monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "sesame")

            findings = await look(
                Settings(_env_file=None, database_url=url), case_number="00012345"
            )

        assert [one for one in findings if one.level is FAILURE] == []
        assert codes_of(findings)["salesforce.mention"] == ("OK", "allowed")

    async def test_production_looks_at_every_thing_and_tells_them_in_order(self, url, monkeypatch):
        settings = Settings(_env_file=None, database_url=url, **PRODUCTION)
        async with FakeIdentity() as identity:
            identity.failing["token"] = 503
            monkeypatch.setattr("bot.tokens._AUTHORITY", identity.base_url)

            findings = await look(settings)

        order = [check.name for check in CHECKS]
        told = [one.check for one in findings]
        assert told == sorted(told, key=order.index)
        assert codes_of(findings) | {
            "teams.token": ("FALHA", "unreachable"),
            "teams.team": ("AVISO", "unasked"),
            "teams.channel": ("AVISO", "unasked"),
            "teams.reading": ("AVISO", "no_group"),
            "people.file": ("FALHA", "example"),
            "people.roster": ("AVISO", "unasked"),
        } == codes_of(findings)
