import sqlite3
from contextlib import closing

import pytest

from bench.bots import OURS_IDLE, ours_watched, running
from bench.figures import Figures
from bench.loop import read_lags
from bench.rounds import Stage, register_each
from bench.teams import Teams


@pytest.fixture
async def stage(tmp_path):
    teams = Teams()
    server = await teams.open()
    stage = Stage("open", teams, tmp_path, None, (), Figures())
    await stage.prepare()
    yield stage
    server.close()


async def test_how_late_the_loop_was_is_written_when_the_bot_ends(tmp_path):
    lags = tmp_path / "lags"

    async with running(ours_watched(lags), tmp_path):
        before = lags.exists()

    assert not before
    assert all(late > 0 for _, late in read_lags(lags))


async def test_an_engine_that_is_off_leaves_effects_where_they_were_enqueued(stage, tmp_path):
    database = tmp_path / "history.db"

    async with stage.bot(OURS_IDLE, database) as served:
        await register_each(served, "", await served.requests(3), users=1)

    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT name, status FROM workflow_status").fetchall()
    assert found == [("effect", "ENQUEUED")] * 3
