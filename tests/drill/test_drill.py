"""The drill in short, on each database: `make drill` is the long one."""

import pytest

from tests.databases import KINDS
from tests.drill.drill import Plan, drill
from tests.drill.points import POINTS
from tests.drill.report import broken_laws, table

KILLS = 20


@pytest.mark.drill
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_bot_killed_again_and_again_loses_nothing(kind, tmp_path):
    plan = Plan(kind, KILLS, desks=3, round_size=KILLS // 2, longest_life_seconds=0.4)

    result = await drill(plan, tmp_path)

    assert broken_laws(result) == [], table(result)
    assert set(result.kills) == set(POINTS)
