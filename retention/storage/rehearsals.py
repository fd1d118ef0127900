"""Runs of the rehearsal in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from retention.database import Connection
from retention.domain.people import PersonId
from retention.domain.rehearsal import Answered, Question, Run, RunStep
from retention.storage.tables import insert_or, rehearsal_runs

_START = insert_or(rehearsal_runs).on_conflict_do_nothing().returning(rehearsal_runs.c.id)
_OF_PERSON = sa.select(rehearsal_runs).where(rehearsal_runs.c.person_id == bindparam("person"))
_OPEN = _OF_PERSON.where(rehearsal_runs.c.is_open)
_BEST = (
    _OF_PERSON.where(~rehearsal_runs.c.is_open)
    .where(rehearsal_runs.c.id != bindparam("but"))
    .order_by(rehearsal_runs.c.right_answers.desc(), rehearsal_runs.c.ended_at.desc())
    .limit(1)
)
_GET = sa.select(rehearsal_runs).where(rehearsal_runs.c.id == bindparam("id"))
_UPDATE = sa.update(rehearsal_runs).where(
    rehearsal_runs.c.id == bindparam("same_id"),
    rehearsal_runs.c.version == bindparam("read_version"),
)


class SqlRehearsals:
    """Implements `RehearsalRepository` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def start(self, run: Run) -> Run:
        """Insert a run, unless the person has an open one: that one is returned."""
        values = {
            "id": run.id,
            "person_id": run.person,
            "dialogues": list(run.order),
            "started_at": run.started_at,
            **_state_of(run),
        }
        while True:
            if (await self._connection.execute(_START, values)).first() is not None:
                return run
            found = (await self._connection.execute(_OPEN, {"person": run.person})).first()
            if found is not None:  # else it ended in between, and there is room for this one
                return _run_of(found)

    async def get(self, run_id: str) -> Run | None:
        row = (await self._connection.execute(_GET, {"id": run_id})).first()
        return None if row is None else _run_of(row)

    async def save(self, run: Run, *, read_version: int) -> bool:
        """Write how far a run is, if nobody changed it since `read_version`."""
        parameters = {"same_id": run.id, "read_version": read_version, **_state_of(run)}
        return (await self._connection.execute(_UPDATE, parameters)).rowcount == 1

    async def best(self, person: PersonId, *, but: str) -> Run | None:
        """Find the ended run with the most right answers, the newest of equals."""
        row = (await self._connection.execute(_BEST, {"person": person, "but": but})).first()
        return None if row is None else _run_of(row)


def _state_of(run: Run) -> dict[str, Any]:
    return {
        "version": run.version,
        "step": run.step,
        "is_open": run.is_open,
        "answered": [_json_of(each) for each in run.answered],
        "right_answers": run.tally.right,
        "ended_at": run.ended_at,
    }


def _json_of(answered: Answered) -> dict[str, Any]:
    return {
        "dialogue": answered.dialogue,
        "chosen": {str(question): choice for question, choice in answered.chosen.items()},
        "right": sorted(answered.right),
    }


def _answered_of(data: Mapping[str, Any]) -> Answered:
    return Answered(
        data["dialogue"],
        {Question(question): choice for question, choice in data["chosen"].items()},
        frozenset(Question(question) for question in data["right"]),
    )


def _run_of(row: sa.Row[tuple[object, ...]]) -> Run:
    return Run(
        id=row.id,
        person=PersonId(row.person_id),
        order=tuple(row.dialogues),
        started_at=row.started_at,
        step=RunStep(row.step),
        version=row.version,
        answered=[_answered_of(data) for data in row.answered],
        ended_at=row.ended_at,
    )
