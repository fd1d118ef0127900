"""What the bot refuses to start with, and that it says why without saying a secret."""

from __future__ import annotations

import logging

import pytest
from pydantic import ValidationError

import app
from config.salesforce import read_salesforce
from config.settings import InvalidSettings, Settings, read_settings

SECRET = "kept-to-itself-8Q~"
PRODUCTION = {
    "mode": "production",
    "public_url": "https://retencao.contoso.com",
    "app_id": "3c9d2f14-6b7a-4e85-8f21-0a4d9e6c1b37",
    "app_password": SECRET,
    "tenant_id": "7f3a1c52-8d0e-4b6f-9a41-2c5e8b7d9013",
    "team_id": "19:team@thread.tacv2",
    "channel_id": "19:channel@thread.tacv2",
}


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def settings(**given):
    return Settings(_env_file=None, **given)


def refusal(**given):
    with pytest.raises(ValidationError) as refused:
        settings(**given)
    return str(refused.value)


class TestReading:
    def test_every_problem_is_a_sentence_that_names_its_variable_and_no_value(
        self, monkeypatch, tmp_path
    ):
        monkeypatch.chdir(tmp_path)
        for name, value in (PRODUCTION | {"tenant_id": "contoso", "port": "many"}).items():
            monkeypatch.setenv(name.upper(), value)

        with pytest.raises(InvalidSettings) as refused:
            read_settings()

        assert str(refused.value) == (
            "PORT: Input should be a valid integer, unable to parse string as an integer. "
            "TENANT_ID must be a GUID, as Entra shows it and no more."
        )

    def test_serving_in_production_without_what_it_needs_ends_with_that_sentence(
        self, monkeypatch, tmp_path
    ):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("MODE", "production")

        with pytest.raises(SystemExit) as ended:
            app.main(["serve"])

        assert str(ended.value.code).startswith("serve: with MODE=production these are needed too")

    def test_nothing_wrong_is_nothing_said(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)

        assert read_settings().is_local


class TestSecretFiles:
    @pytest.fixture(autouse=True)
    def elsewhere(self, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)

    @pytest.fixture
    def secrets(self, tmp_path):
        """A folder as Docker mounts it, with what ends a file that a person wrote."""
        folder = tmp_path / "secrets"
        folder.mkdir()
        (folder / "app_password").write_text(f"{SECRET}\n")
        (folder / "database_url").write_text("postgresql://retencao:sesame@db/retencao\n")
        (folder / "salesforce_client_secret").write_text(f"{SECRET}\n")
        return folder

    def test_each_gives_the_setting_of_its_name(self, secrets):
        given, crm = read_settings(secrets), read_salesforce(secrets)

        assert given.database_url == "postgresql://retencao:sesame@db/retencao"
        assert given.app_password is not None
        assert given.app_password.get_secret_value() == SECRET
        assert crm.client_secret is not None
        assert crm.client_secret.get_secret_value() == SECRET

    def test_what_the_environment_says_comes_first(self, secrets, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")

        assert read_settings(secrets).database_url == "sqlite:///other.db"

    def test_a_machine_without_them_is_not_warned(self, tmp_path):
        assert read_settings(tmp_path / "none").app_password is None


class TestProduction:
    def test_with_everything_it_starts(self):
        given = settings(**PRODUCTION)

        assert not given.is_local
        assert given.bot_id == "28:3c9d2f14-6b7a-4e85-8f21-0a4d9e6c1b37"
        assert given.messaging_endpoint == "https://retencao.contoso.com/api/messages"

    def test_a_managed_identity_needs_no_secret(self):
        given = PRODUCTION | {"app_type": "UserAssignedMSI", "app_password": None}

        assert settings(**given).app_password is None

    def test_everything_that_is_missing_is_named_at_once(self):
        said = refusal(mode="production")

        for name in ("PUBLIC_URL", "APP_ID", "APP_PASSWORD", "TENANT_ID", "TEAM_ID", "CHANNEL_ID"):
            assert name in said

    @pytest.mark.parametrize("name", ["public_url", "app_id", "app_password", "tenant_id"])
    def test_what_is_missing_is_named_alone(self, name):
        said = refusal(**{key: value for key, value in PRODUCTION.items() if key != name})

        needed = [key.upper() for key in PRODUCTION if key.upper() in said.partition("too: ")[2]]
        assert needed == [name.upper()]

    @pytest.mark.parametrize("name", ["app_id", "tenant_id", "team_group_id"])
    @pytest.mark.parametrize(
        "value", ["contoso", "28:3c9d2f14-6b7a-4e85-8f21-0a4d9e6c1b37", "3c9d2f146b7a4e858f21"]
    )
    def test_an_id_of_entra_is_a_guid(self, name, value):
        assert f"{name.upper()} must be a GUID" in refusal(**(PRODUCTION | {name: value}))

    def test_an_id_in_capitals_is_the_same_id(self):
        given = PRODUCTION | {"app_id": PRODUCTION["app_id"].upper()}

        assert settings(**given).app_id == PRODUCTION["app_id"]

    @pytest.mark.parametrize(
        "url",
        [
            "http://retencao.contoso.com",
            "retencao.contoso.com",
            "https://localhost",
            "https://127.0.0.1",
            "https://retencao.contoso.com/api/messages",
            "https://me@retencao.contoso.com",
            "https://retencao.contoso.com?x=1",
            "https://retencao.contoso.com\n",
            "https://",
            "https://[",
        ],
    )
    def test_teams_reaches_it_by_https(self, url):
        assert "PUBLIC_URL must be https://" in refusal(**(PRODUCTION | {"public_url": url}))

    def test_a_last_slash_is_no_mistake(self):
        given = PRODUCTION | {"public_url": "https://retencao.contoso.com:8443/"}

        assert settings(**given).public_url == "https://retencao.contoso.com:8443"


class TestLocal:
    def test_is_what_runs_without_being_told_anything(self):
        assert settings().is_local

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "retencao.contoso.com"])  # noqa: S104 - refused
    def test_listens_to_this_machine_alone(self, host):
        assert "LISTEN_HOST must be a loopback address" in refusal(listen_host=host)

    def test_takes_no_app_id(self):
        assert "set MODE=production" in refusal(app_id=PRODUCTION["app_id"])


class TestSecrets:
    DATABASE = "postgresql://bot:kept-too@db/retencao"

    def test_are_never_in_what_is_printed_or_logged(self, caplog):
        given = settings(**PRODUCTION, database_url=self.DATABASE)
        with caplog.at_level(logging.DEBUG):
            logging.getLogger("any").info("%s %r", given, given)

        shown = f"{given} {given!r} {given.app_password} {caplog.text}"

        assert SECRET not in shown
        assert "kept-too" not in shown

    def test_are_not_in_what_is_said_when_the_bot_does_not_start(self):
        given = PRODUCTION | {"database_url": self.DATABASE, "tenant_id": "contoso", "port": "x"}

        said = refusal(**given)

        assert SECRET not in said
        assert "kept-too" not in said
