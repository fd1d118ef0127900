"""The compose file: right in form, hardened, and within what Teams and PostgreSQL allow."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from config.settings import Settings
from retention.storage.engine import open_engines
from tests.deploy.dockerfile import ROOT, of

FILE = ROOT / "compose.yaml"
CONFIG = ROOT / "deploy" / "compose-lint.yml"
COMPOSE = yaml.safe_load(FILE.read_text("utf-8"))
SERVICES = COMPOSE["services"]
TEAMS_PER_SECOND, TEAMS_PER_30_SECONDS = 7, 60
"""Teams: what a bot may send to one channel."""
_VARIABLE = re.compile(r"\$\{[A-Z_]+:[-?]([^}]*)\}")
_VERSION = re.compile(r"[\w./-]+:\d+(\.\d+)?-\w+|retencao:\$\{RETENCAO_TAG:-local\}")


def lint(path):
    """Run compose-lint, which knows the rules of OWASP and CIS; returns its exit code."""
    command = ["check", "--fail-on", "low", "--strict-config", "--no-env", "--config", CONFIG, path]
    done = subprocess.run(  # noqa: S603 - our own linter
        [sys.executable, "-m", "compose_lint", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def check_form(compose):
    """Read it as Compose does, its variables replaced. Raises ValueError."""
    text = _VARIABLE.sub(r"\1", json.dumps(compose))
    PyCompose.from_json(text).validate()


def with_bot(**other):
    return {**COMPOSE, "services": {**SERVICES, "bot": {**SERVICES["bot"], **other}}}


def seconds(duration):
    [(number, unit)] = re.findall(r"^(\d+)([sm])$", duration)
    return int(number) * {"s": 1, "m": 60}[unit]


class TestForm:
    def test_every_key_is_of_the_specification_and_every_name_is_defined(self):
        check_form(COMPOSE)

    @pytest.mark.parametrize(
        "wrong", [{"heathcheck": {}}, {"restart": "sometimes"}, {"secrets": ["unknown"]}]
    )
    def test_a_wrong_one_would_be_found(self, wrong):
        with pytest.raises(ValueError, match=r"does not start|unknown variant|not defined"):
            check_form(with_bot(**wrong))

    def test_every_file_that_is_mounted_is_here_or_is_the_operator_s(self):
        files = {one["file"] for kind in ("configs", "secrets") for one in COMPOSE[kind].values()}

        own = {file for file in files if not (ROOT / file).is_file()}

        ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
        assert own == {
            "deploy/people.toml",
            *(f"deploy/secrets/{name}" for name in COMPOSE["secrets"]),
        }
        assert {"deploy/people.toml", "deploy/secrets/"} <= set(ignored)


class TestHardening:
    def test_the_linter_finds_nothing(self):
        code, said = lint(FILE)

        assert code == 0, said

    def test_the_linter_would_find_something(self, tmp_path):
        path = tmp_path / "compose.yaml"
        path.write_text(json.dumps(with_bot(privileged=True, read_only=False)))

        code, _ = lint(path)

        assert code == 1

    @pytest.mark.parametrize("name", SERVICES)
    def test_none_writes_to_its_image_or_gains_a_right(self, name):
        service = SERVICES[name]

        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "balancer" else [])
        assert service["security_opt"] == ["no-new-privileges:true"]

    @pytest.mark.parametrize("name", SERVICES)
    def test_each_has_a_version_a_limit_and_an_end_of_its_log(self, name):
        service = SERVICES[name]

        assert _VERSION.fullmatch(service["image"])
        assert {"mem_limit", "cpus", "pids_limit"} <= set(service)
        assert {"max-size", "max-file"} <= set(service["logging"]["options"])

    def test_only_the_balancer_is_reached_from_outside(self):
        assert [name for name, service in SERVICES.items() if "ports" in service] == ["balancer"]
        assert COMPOSE["networks"]["inside"]["internal"] is True
        assert SERVICES["postgres"]["networks"] == ["inside"]

    def test_passwords_are_files_and_no_variables(self):
        given = {name for service in SERVICES.values() for name in service["environment"]}

        assert not {name for name in given if re.search("PASSWORD$|SECRET$|DATABASE_URL", name)}
        assert {"app_password", "database_url"} == set(SERVICES["bot"]["secrets"])


class TestOperation:
    def test_what_serves_comes_back_and_the_migration_runs_once(self):
        policies = {name: service["restart"] for name, service in SERVICES.items()}

        serving = dict.fromkeys(("postgres", "bot", "balancer"), "unless-stopped")
        assert policies == {**serving, "migrate": "no"}

    def test_a_bot_starts_on_a_database_that_answers_and_is_migrated(self):
        conditions = {
            name: {other: how["condition"] for other, how in service["depends_on"].items()}
            for name, service in SERVICES.items()
            if "depends_on" in service
        }

        assert conditions == {
            "migrate": {"postgres": "service_healthy"},
            "bot": {
                "postgres": "service_healthy",
                "migrate": "service_completed_successfully",
            },
            "balancer": {"bot": "service_healthy"},
        }

    def test_there_is_time_to_finish_what_is_in_hand(self):
        longest = Settings.model_fields["stop_timeout_seconds"].default

        assert seconds(SERVICES["bot"]["stop_grace_period"]) >= longest + 10

    def test_all_replicas_together_stay_below_what_teams_allows(self):
        bot = SERVICES["bot"]
        replicas, given = bot["deploy"]["replicas"], bot["environment"]

        assert replicas == 2
        assert replicas * int(given["CHANNEL_SENDS_PER_SECOND"]) <= TEAMS_PER_SECOND
        assert replicas * int(given["CHANNEL_SENDS_PER_30_SECONDS"]) <= TEAMS_PER_30_SECONDS

    def test_postgresql_has_a_connection_for_each_that_a_bot_may_open(self):
        engines = open_engines("postgresql://retencao@postgres/retencao")
        pools: list[Any] = [engines.app.engine.pool, engines.notes.pool, engines.sync.pool]

        each = sum(pool.size() + pool._max_overflow for pool in pools)
        [most] = re.findall(r"max_connections=(\d+)", str(SERVICES["postgres"]["command"]))

        assert each == 55
        assert SERVICES["bot"]["deploy"]["replicas"] * each <= int(most)

    def test_the_bots_listen_where_the_balancer_asks(self):
        caddyfile = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")

        port = SERVICES["bot"]["environment"]["PORT"]

        assert f"port {port}" in caddyfile
        assert of("EXPOSE") == [port]
        assert "name {$BOT_HOST:bot}" in caddyfile
