"""What `make run` starts, as the README writes it: what it would do is printed, not done."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def started(*arguments, **environment):
    """Give the last command of `make run`."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"AS", "CRM", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    }
    make = shutil.which("make")
    assert make is not None
    said = subprocess.run(  # noqa: S603 - our own targets
        [make, "--dry-run", "run", *arguments],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return said.stdout.splitlines()[-1]


def test_without_a_word_ana_begins_and_there_is_no_crm():
    assert started().endswith('-m dev.run --as "ana" --crm "none"')


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(["AS=fernanda"], {}), ([], {"AS": "fernanda"})],
    ids=["behind the target", "in the environment"],
)
def test_somebody_else_begins_when_told(arguments, environment):
    assert '--as "fernanda"' in started(*arguments, **environment)
