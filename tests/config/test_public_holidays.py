"""One country of the library is loaded, and says what the whole library says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import holidays
import pytest

from config.public_holidays import public_holidays

ROOT = Path(__file__).parents[2]
STATES = sorted(code for code in holidays.country_holidays("BR").subdivisions if len(code) == 2)


@pytest.mark.parametrize("state", [None, *STATES])
def test_they_are_those_of_the_library(state):
    for year in range(2024, 2034):
        whole = holidays.country_holidays("BR", subdiv=state, years=year)

        assert public_holidays(state, year) == set(whole)


def test_no_other_country_is_loaded():
    script = (
        "import sys; from config.public_holidays import public_holidays; "
        "assert public_holidays('SP', 2026); sys.exit('holidays.countries' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)  # noqa: S603 - ours

    assert done.returncode == 0
