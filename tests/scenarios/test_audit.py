"""The audit, verified and exported by the commands an operator types, and outside by an auditor."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
import sqlalchemy as sa

from retention.services.subscriptions import add_case
from retention.storage.engine import open_engines
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.samples import ANA, MONDAY, case
from tests.scenarios.command import command
from tests.scenarios.process import ROOT

CHANGE = "UPDATE case_events SET by_name = 'Ninguém' WHERE number = 1 AND version = 2"


async def no_effects(_connection, _effect):
    """Nothing here goes to Teams."""


@pytest.fixture
async def engines(database_url):
    """One case with a note that has seen much, one refusal."""
    engines = open_engines(database_url)
    known = case()
    known.add_note(by=ANA, at=MONDAY, text='"Não" \\ 😡 <b>\n\x01', request_id="r1")
    async with SqlUnitOfWork(engines.app, no_effects) as uow:
        await uow.cases.next_number(ANA.id)
        await add_case(uow, known)
        await uow.audit.refused(
            at=MONDAY, by=ANA.ref, action="claim", number=None, why="NotAllowed"
        )
        await uow.commit()
    yield engines
    await engines.dispose()


@pytest.fixture
def auditor(tmp_path):
    """The few lines of the operator's page, as a program of its own."""
    page = (ROOT / "docs" / "operacao.md").read_text("utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    program = tmp_path / "auditor.py"
    program.write_text(lines, "utf-8")

    def run(file):
        call = [sys.executable, program, file]
        return subprocess.run(call, capture_output=True, check=False, encoding="utf-8")  # noqa: S603 - ours

    return run


def spoil(engines):
    with engines.sync.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER case_events_refuses_update")
        else:
            connection.exec_driver_sql("DROP TRIGGER case_events_refuses_change ON case_events")
        connection.execute(sa.text(CHANGE))


async def test_what_was_written_is_sound_here_and_outside(database_url, engines, auditor, tmp_path):
    file = tmp_path / "audit.jsonl"

    verified = await command(database_url, "audit", "--verify")
    exported = await command(database_url, "audit", "--export", str(file))
    audited = auditor(file)

    assert verified == (0, "sound: cases 1, events 2, refusals 1\n", "")
    assert exported == (0, f"wrote 3 entries to {file}\n", "")
    assert (audited.returncode, audited.stdout) == (0, "3 entradas conferem\n")


async def test_what_was_changed_is_found_here_and_outside(database_url, engines, auditor, tmp_path):
    file = tmp_path / "audit.jsonl"
    spoil(engines)

    verified = await command(database_url, "audit", "--verify")
    exported = await command(database_url, "audit", "--export", str(file))
    audited = auditor(file)

    assert verified == (1, "", "audit: RET-0001 event 2 is not what was written there\n")
    assert exported[0] == 0
    assert (audited.returncode, audited.stderr) == (1, "RET-0001 2: não confere\n")


async def test_an_auditor_sees_a_line_that_was_taken_out_or_moved(
    database_url, engines, auditor, tmp_path
):
    file = tmp_path / "audit.jsonl"
    await command(database_url, "audit", "--export", str(file))
    first, second, refusal = file.read_text("utf-8").splitlines(keepends=True)
    forged = json.loads(first) | {"previous": json.loads(second)["hash"]}

    file.write_text(second + refusal, "utf-8")
    partial = auditor(file)
    file.write_text(json.dumps(forged) + "\n" + second, "utf-8")
    moved = auditor(file)

    assert partial.returncode == 0
    assert moved.stderr == "RET-0001 1: não confere\n"


@pytest.mark.parametrize(
    ("days", "entries"),
    [
        (("--from", "2026-11-23", "--to", "2026-11-23"), 3),
        (("--from", "2026-11-24"), 0),
        (("--to", "2026-11-22"), 0),
        (("--to", "9999-12-31"), 3),
    ],
)
async def test_days_are_those_of_sao_paulo_both_ends_included(
    database_url, engines, tmp_path, days, entries
):
    file = str(tmp_path / "audit.jsonl")

    _, said, _ = await command(database_url, "audit", "--export", file, *days)

    assert said == f"wrote {entries} entries to {file}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("--verify", "--to", "2026-11-23"), 1, "go with --export"),
        (("--export", "audit.jsonl"), 1, "this program needs"),
        (("--export", "audit.jsonl", "--from", "ontem"), 2, "invalid day value: 'ontem'"),
        ((), 2, "one of the arguments --verify --export is required"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_sentence(tmp_path, arguments, code, why):
    found, _, error = await command(f"sqlite:///{tmp_path}/new.db", "audit", *arguments)

    assert found == code
    assert why in error
