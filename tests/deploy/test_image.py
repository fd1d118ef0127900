"""The image: what goes into it, as whom it runs, and that it serves and stops with just that."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

from deploy.healthcheck import serves
from tests.deploy.dockerfile import DOCKERFILE, ROOT, copied, of
from tests.test_conventions import PRODUCT

HADOLINT = Path(sysconfig.get_path("scripts")) / "hadolint"
RUNS = 1
"""The stage that runs; the one before it builds."""
_PIN = re.compile(r"^([a-z0-9][\w.\-]*)==([^\s;]+)", re.MULTILINE)
_NAME = re.compile(r"[\w.\-]+")
_START_SECONDS = 60


def lint(path):
    """Run hadolint; returns its exit code and the codes of what it found."""
    done = subprocess.run(  # noqa: S603 - our own linter
        [HADOLINT, "--format", "json", path], capture_output=True, text=True, check=False
    )
    return done.returncode, [found["code"] for found in json.loads(done.stdout)]


def pins(name):
    return dict(_PIN.findall((ROOT / name).read_text("utf-8")))


def needed(requirements):
    return {_NAME.findall(line)[0].lower() for line in requirements}


class TestLint:
    def test_the_linter_finds_nothing(self):
        assert lint(DOCKERFILE) == (0, [])

    def test_the_linter_would_find_something(self, tmp_path):
        sloppy = tmp_path / "Dockerfile"
        sloppy.write_text("FROM python\nADD . /app\nUSER root\nCMD python app.py\n")

        code, found = lint(sloppy)

        assert code != 0
        assert {"DL3002", "DL3006", "DL3020", "DL3025"} <= set(found)


class TestRules:
    def test_every_base_has_a_version_and_both_stages_the_same(self):
        bases = {base.partition(" ")[0] for base in of("FROM")}

        assert len(bases) == 1
        assert re.fullmatch(r"python:3\.\d+-slim-\w+", bases.pop())

    def test_it_runs_as_nobody_of_this_machine(self):
        [user] = of("USER", RUNS)

        assert re.fullmatch(r"[1-9]\d{4,}:[1-9]\d{4,}", user)

    def test_no_shell_stands_between_it_and_a_signal(self):
        [check] = of("HEALTHCHECK", RUNS)

        commands = [*of("ENTRYPOINT", RUNS), *of("CMD", RUNS), check.rpartition("CMD ")[2]]

        assert [json.loads(command) for command in commands] == [
            ["python", "app.py"],
            ["serve"],
            ["python", "deploy/healthcheck.py"],
        ]

    def test_it_never_comes_up_in_local_mode_by_mistake(self):
        assert "MODE=production" in " ".join(of("ENV", RUNS))

    def test_no_layer_is_told_a_secret(self):
        told = " ".join([*of("ENV"), *of("ARG"), *of("RUN")])

        assert not re.search(r"password|secret|token|_key", told, re.IGNORECASE)


class TestContent:
    def test_the_whole_product_is_copied_and_nothing_else(self):
        sources = {source for source, _ in copied()}

        assert sources == {*PRODUCT, "cards", "requirements-runtime.lock", "deploy/healthcheck.py"}

    def test_only_what_is_copied_reaches_the_build(self):
        lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        rules = [line for line in lines if line and not line.startswith("#")]

        let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}

        assert rules[0] == "*"
        assert let_in == {source for source, _ in copied()}

    def test_it_installs_what_the_tests_run_on_and_nothing_of_theirs(self):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        installed, everything = pins("requirements-runtime.lock"), pins("requirements.lock")

        differing = {name for name, pin in installed.items() if everything.get(name) != pin}

        assert differing == set()
        assert needed(project["dependencies"]) <= set(installed)
        assert needed(project["optional-dependencies"]["dev"]) & set(installed) == set()


async def test_what_is_copied_serves_is_healthy_and_stops_when_told(tmp_path, unused_tcp_port):
    for source, target in copied():
        _copy(ROOT / source, tmp_path / target)
    environment = {"PORT": str(unused_tcp_port), "DATABASE_URL": "sqlite:///bot.db"}
    before = await asyncio.to_thread(serves, unused_tcp_port)

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "app.py", "serve"), cwd=tmp_path, env=environment
    )
    async with asyncio.timeout(_START_SECONDS):
        while not await asyncio.to_thread(serves, unused_tcp_port):
            assert process.returncode is None
            await asyncio.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    code = await process.wait()

    assert not before
    assert code == 0


def _copy(source, target):
    """Copy as Docker does, without what `.dockerignore` leaves out of a folder."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
