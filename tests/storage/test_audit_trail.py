"""Whoever gets around the triggers leaves a broken chain."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from retention.domain.case import CaseNumber
from retention.domain.errors import StaleCase
from retention.services.subscriptions import add_case, save_case
from retention.storage.audit_chain import BEGINNING, EVENT_ENTRY, sealed
from retention.storage.audit_trail import BrokenChain, NoExport, Verified, export, verify
from retention.storage.engine import open_engines
from retention.storage.event_codec import event_to_row
from retention.storage.tables import APPEND_ONLY, case_events
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.samples import ANA, BIA, FERNANDA, MONDAY, case

ONE = CaseNumber(1)
EVER = {"since": datetime.min.replace(tzinfo=UTC), "until": datetime.max.replace(tzinfo=UTC)}
COPY = "INSERT INTO case_events SELECT number, 4, type, data, at, by_id, by_name, hash"
OTHER_WORDS = """
UPDATE case_events SET data = '{"before": "awaiting_admfin", "after": "awaiting_admfin",
"text": "Atendeu", "request_id": "r"}' WHERE number = 1 AND version = 2
"""


async def no_effects(_connection, _effect):
    """These tests are about rows."""


@pytest.fixture
async def engines(database_url):
    """Two cases, the first with three events, and three refusals."""
    engines = open_engines(database_url)
    async with SqlUnitOfWork(engines.app, no_effects) as uow:
        for _ in range(2):
            number, _ = await uow.cases.next_number(ANA.id)
            await add_case(uow, case(number))
        await uow.commit()
    await note(engines, ANA, 'Liguei, "não" atendeu 😡\n')
    await change(engines, lambda known: known.claim(by=FERNANDA, at=MONDAY + timedelta(days=1)))
    for _ in range(3):
        await refuse(engines)
    yield engines
    await engines.dispose()


async def change(engines, act):
    async with SqlUnitOfWork(engines.app, no_effects) as uow:
        known = await uow.cases.get(ONE)
        act(known)
        await save_case(uow, known)
        await uow.commit()


async def note(engines, who, text):
    """Add a note, again and again until nobody else is faster."""
    while True:
        try:
            return await change(
                engines, lambda known: known.add_note(by=who, at=MONDAY, text=text, request_id=text)
            )
        except StaleCase:
            continue


async def refuse(engines):
    async with SqlUnitOfWork(engines.app, no_effects) as uow:
        await uow.audit.refused(at=MONDAY, by=BIA.ref, action="claim", number=ONE, why="NotAllowed")
        await uow.commit()


def drop_triggers(engines):
    with engines.sync.begin() as connection:
        for table in APPEND_ONLY:
            if connection.dialect.name == "sqlite":
                for what in ("update", "delete"):
                    connection.exec_driver_sql(f"DROP TRIGGER {table.name}_refuses_{what}")
            else:
                connection.exec_driver_sql(
                    f"DROP TRIGGER {table.name}_refuses_change ON {table.name}"
                )


def forge(engines, *statements):
    """Do what only somebody with the database in their hands can do."""
    drop_triggers(engines)
    with engines.sync.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def exported(engines, file, **between):
    count = export(engines.sync, file, **{**EVER, **between})
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert len(lines) == count
    return lines


class TestWriting:
    async def test_what_the_program_wrote_is_sound(self, engines):
        assert verify(engines.sync) == Verified(cases=2, events=4, refusals=3)

    def test_an_empty_audit_is_sound(self, database_url):
        engine = open_engines(database_url).sync

        found = verify(engine)

        engine.dispose()
        assert found == Verified(cases=0, events=0, refusals=0)

    async def test_writers_at_once_make_one_chain(self, engines):
        notes = (note(engines, who, f"Nota {n}") for n, who in enumerate([ANA, BIA, FERNANDA] * 3))

        await asyncio.gather(*notes, *(refuse(engines) for _ in range(12)))

        assert verify(engines.sync) == Verified(cases=2, events=13, refusals=15)

    async def test_a_refusal_that_is_not_committed_leaves_no_gap(self, engines):
        async with SqlUnitOfWork(engines.app, no_effects) as uow:
            await uow.audit.refused(at=MONDAY, by=BIA.ref, action="note", number=None, why="No")

        await refuse(engines)

        assert verify(engines.sync).refusals == 4

    async def test_a_thousand_events_are_verified(self, engines):
        def talk(known):
            for n in range(1_000):
                known.add_note(by=ANA, at=MONDAY, text="Liguei", request_id=f"r{n}")

        await change(engines, talk)

        assert verify(engines.sync).events == 1_004


class TestForging:
    @pytest.mark.parametrize(
        ("statements", "found"),
        [
            pytest.param(
                [OTHER_WORDS],
                "RET-0001 event 2 is not what was written there",
                id="other words",
            ),
            pytest.param(
                ["UPDATE case_events SET by_name = 'Bia Lima' WHERE number = 2"],
                "RET-0002 event 1 is not what",
                id="somebody else",
            ),
            pytest.param(
                ["UPDATE case_events SET at = '2026-11-23 12:59:00.000000' WHERE version = 3"],
                "RET-0001 event 3 is not what",
                id="another time",
            ),
            pytest.param(
                ["DELETE FROM case_events WHERE number = 1 AND version = 2"],
                "RET-0001 event 2 is missing",
                id="a middle event deleted",
            ),
            pytest.param(
                [
                    "DELETE FROM case_events WHERE number = 1 AND version = 2",
                    "UPDATE case_events SET version = 2 WHERE version = 3",
                    "UPDATE cases SET version = 2 WHERE number = 1",
                ],
                "RET-0001 event 2 is not what",
                id="a middle event deleted and the gap closed",
            ),
            pytest.param(
                [
                    "UPDATE case_events SET version = 9 WHERE version = 2",
                    "UPDATE case_events SET version = 2 WHERE version = 3",
                    "UPDATE case_events SET version = 3 WHERE version = 9",
                ],
                "RET-0001 event 2 is not what",
                id="two events swapped",
            ),
            pytest.param(
                [f"{COPY} FROM case_events WHERE version = 3"],
                "RET-0001 event 4 is not what",
                id="an event inserted",
            ),
            pytest.param(
                ["DELETE FROM case_events WHERE version = 3"],
                "RET-0001 ends with event 2, of 3 written",
                id="the last event deleted",
            ),
            pytest.param(
                [
                    "DELETE FROM case_events WHERE version = 3",
                    "UPDATE cases SET version = 2 WHERE number = 1",
                ],
                "RET-0001 is with_admfin, its last event led to awaiting_admfin",
                id="the last event deleted and the version lowered",
            ),
            pytest.param(
                ["DELETE FROM case_events WHERE number = 1"],
                "RET-0001 ends with event 0, of 3 written",
                id="all events of a case deleted",
            ),
            pytest.param(
                [
                    "DELETE FROM alarms WHERE number = 1",
                    "DELETE FROM case_words WHERE number = 1",
                    "DELETE FROM case_events WHERE number = 1",
                    "DELETE FROM cases WHERE number = 1",
                ],
                "RET-0001 is missing",
                id="a case deleted",
            ),
            pytest.param(
                [
                    "DELETE FROM alarms WHERE number = 2",
                    "DELETE FROM case_words WHERE number = 2",
                    "DELETE FROM case_events WHERE number = 2",
                    "DELETE FROM cases WHERE number = 2",
                ],
                "the last case is RET-0001, of 2 numbers given out",
                id="the last case deleted",
            ),
            pytest.param(
                ["UPDATE audit SET by_id = 'ana' WHERE id = 2"],
                "refusal 2 is not what was written there",
                id="a refusal edited",
            ),
            pytest.param(
                ["DELETE FROM audit WHERE id = 2"], "refusal 2 is missing", id="a refusal deleted"
            ),
            pytest.param(
                ["DELETE FROM audit WHERE id = 3"],
                "the last is refusal 2, of 3 written",
                id="the last refusal deleted",
            ),
        ],
    )
    async def test_the_first_row_that_shows_it_is_named(self, engines, statements, found):
        forge(engines, *statements)

        with pytest.raises(BrokenChain, match=found):
            verify(engines.sync)

    async def test_an_event_added_with_a_right_hash_stands_past_the_end(self, engines):
        known = case()
        known.add_note(by=ANA, at=MONDAY, text="Nunca dito", request_id="r")
        row = {**event_to_row(1, known.history[1]), "version": 4}
        with engines.sync.begin() as connection:
            last = sa.select(case_events.c.hash).where(case_events.c.version == 3)
            hashes = connection.execute(last).scalar_one()
            connection.execute(
                sa.insert(case_events), list(sealed([row], EVENT_ENTRY, previous=hashes))
            )

        with pytest.raises(BrokenChain, match="RET-0001 ends with event 4, of 3 written"):
            verify(engines.sync)

    async def test_writing_goes_on_and_does_not_mend_the_chain(self, engines):
        forge(
            engines,
            "DELETE FROM case_events WHERE version = 3",
            "DELETE FROM audit WHERE id = 3",
        )

        await note(engines, ANA, "Depois")
        await refuse(engines)

        with pytest.raises(BrokenChain, match="RET-0001 event 3 is missing"):
            verify(engines.sync)

    async def test_a_row_that_cannot_be_read_is_named_by_the_one_before(self, sqlite_url):
        engines = open_engines(sqlite_url)
        await refuse(engines)
        await refuse(engines)
        forge(engines, "UPDATE audit SET at = 'ontem' WHERE id = 1")

        with pytest.raises(BrokenChain, match="a row at the beginning cannot be read"):
            verify(engines.sync)

        await engines.dispose()


class TestExport:
    async def test_every_entry_says_who_when_what_before_and_after(self, engines, tmp_path):
        lines = exported(engines, tmp_path / "audit.jsonl")

        places = [(line["chain"], line["position"]) for line in lines]
        assert places == [
            *(("RET-0001", 1), ("RET-0001", 2), ("RET-0001", 3), ("RET-0002", 1)),
            *(("refusals", 1), ("refusals", 2), ("refusals", 3)),
        ]
        claim, refusal = lines[2], lines[4]
        assert claim["entry"] == {
            "number": 1,
            "version": 3,
            "type": "CaseClaimed",
            "data": {"before": "awaiting_admfin", "after": "with_admfin"},
            "at": "2026-11-24T13:00:00.000000+00:00",
            "by_id": "fernanda",
            "by_name": "Fernanda Alves",
        }
        assert refusal["entry"]["why"] == "NotAllowed"
        assert claim["previous"] == lines[1]["hash"]
        assert lines[3]["previous"] == refusal["previous"] == BEGINNING

    async def test_only_what_happened_in_between_is_written(self, engines, tmp_path):
        day = MONDAY + timedelta(days=1)

        late = exported(engines, tmp_path / "late.jsonl", since=day)
        early = exported(engines, tmp_path / "early.jsonl", until=day - timedelta(microseconds=1))

        assert [line["entry"].get("type") for line in late] == ["CaseClaimed"]
        assert late[0]["previous"] == early[1]["hash"]
        assert len(early) == 6

    async def test_the_file_is_new_and_private(self, engines, tmp_path):
        file = tmp_path / "audit.jsonl"
        exported(engines, file)

        with pytest.raises(NoExport, match="exists already"):
            export(engines.sync, file, **EVER)
        with pytest.raises(NoExport, match="No such file"):
            export(engines.sync, tmp_path / "nowhere" / "audit.jsonl", **EVER)

        assert file.stat().st_mode & 0o077 == 0
        assert [path.name for path in tmp_path.glob("audit*")] == ["audit.jsonl"]
