import subprocess
import sys
from dataclasses import fields, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from retention.domain.case_marks import FormerRound, Marks
from retention.domain.case_marks import former_rounds as rounds_of
from retention.storage import migrations
from retention.storage.audit_trail import Verified, verify
from retention.storage.engine import open_engines
from retention.storage.event_codec import event_to_row
from retention.storage.migrations import HEAD, VERSIONS, NewerSchema, migrate
from retention.storage.tables import APPEND_ONLY, cases, former_rounds, metadata
from tests.samples import FERNANDA, LOST, MONDAY, case

DBOS_TABLES = {"notifications", "queues", "streams", "application_versions", "operation_outputs"}


@pytest.fixture
def connection(empty_database_url):
    engine = open_engines(empty_database_url).sync
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def upgrade(connection, version):
    """Bring the database to an older version."""
    scripts = Config(attributes={"connection": connection})
    scripts.set_main_option("script_location", migrations.__path__[0])
    command.upgrade(scripts, version)


def insert(connection, name, rows):
    """Insert into a table as it is by now, with something in every column."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    filled = [
        {column.name: something(column, number) for column in table.c} | row
        for number, row in enumerate(rows, start=1)
    ]
    connection.execute(sa.insert(table), filled)


def something(column, number):
    if isinstance(column.type, sa.DateTime):
        return MONDAY
    return True if isinstance(column.type, sa.Boolean) else number


def test_the_migrations_build_the_very_tables_the_code_uses(empty_database_url, connection):
    migrate(empty_database_url)

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(empty_database_url, connection):
    migrate(empty_database_url)
    connection.execute(sa.text("UPDATE counters SET value = 7 WHERE name = 'case'"))
    connection.commit()

    migrate(empty_database_url)

    found = connection.execute(sa.text("SELECT name, value FROM counters ORDER BY name"))
    assert found.all() == [("case", 7), ("refusal", 0)]


def test_a_database_that_a_newer_program_migrated_is_left_alone(empty_database_url, connection):
    migrate(empty_database_url)
    connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    connection.commit()

    with pytest.raises(NewerSchema, match="schema 9999 is newer than this program"):
        migrate(empty_database_url)


def test_processes_that_start_at_once_migrate_once(empty_database_url, connection):
    command = "import sys; from retention.storage.migrations import migrate; migrate(sys.argv[1])"

    started = [
        subprocess.Popen([sys.executable, "-c", command, empty_database_url])  # noqa: S603 - ours
        for _ in range(3)
    ]

    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    assert connection.execute(sa.text("SELECT count(*) FROM counters")).scalar_one() == 2


def test_the_quick_check_knows_every_version():
    scripts = ScriptDirectory(migrations.__path__[0])

    assert [script.revision for script in scripts.walk_revisions()] == list(reversed(VERSIONS))
    assert scripts.get_current_head() == HEAD


def test_what_an_older_version_sent_is_found_by_its_effect(empty_database_url, connection):
    upgrade(connection, "0001")
    row = "('RET-0001:1:case_thread:reply', 'sent', 'm1')"
    connection.execute(sa.text(f"INSERT INTO effect_ledger VALUES {row}"))  # noqa: S608 - ours
    connection.commit()

    migrate(empty_database_url)

    found = connection.execute(sa.text("SELECT effect, remote_id FROM effect_ledger"))
    assert found.all() == [("RET-0001:1:case_thread", "m1")]


def test_history_written_before_there_was_a_chain_is_chained(empty_database_url, connection):
    upgrade(connection, "0002")
    data = {"before": None, "after": "lost", "text": "Não dá 😡"}
    many = [{"number": number, "version": n} for number in (1, 2) for n in range(1, 701)]
    insert(connection, "cases", [{"version": 700, "status": "lost"} for _ in range(2)])
    insert(connection, "case_events", [{**each, "data": data, "type": "Note"} for each in many])
    insert(connection, "audit", [{"id": 1}, {"id": 2}, {"id": 5, "number": None}])
    connection.execute(sa.text("UPDATE counters SET value = 2"))
    connection.commit()

    migrate(empty_database_url)

    engine = open_engines(empty_database_url).sync
    assert verify(engine) == Verified(cases=2, events=1_400, refusals=3)
    engine.dispose()
    for table in APPEND_ONLY:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(sa.update(table).values(hash=""))
        connection.rollback()


def test_a_thread_of_an_older_version_is_found_by_its_conversation(empty_database_url, connection):
    upgrade(connection, "0004")
    insert(connection, "cases", [{}, {"crm_case_number": "2"}])
    place = {"conversation": "19:rc;messageid=1", "message": "1"}
    insert(connection, "threads", [{"number": 1, "place": place}, {"number": 2, "place": None}])
    connection.commit()

    migrate(empty_database_url)

    found = connection.execute(sa.text("SELECT conversation FROM threads ORDER BY number"))
    assert found.scalars().all() == ["19:rc;messageid=1", None]


def test_no_table_takes_a_name_of_the_effects_library():
    ours = set(metadata.tables)

    assert not ours & DBOS_TABLES
    assert not [name for name in ours if name.startswith(("workflow_", "dbos_"))]


def test_what_reports_count_is_read_from_the_history_there_is(empty_database_url, connection):
    upgrade(connection, "0007")
    new = case(1)
    new.claim(by=FERNANDA, at=MONDAY + timedelta(minutes=9))
    outcome = replace(LOST, lesson="")
    new.record_outcome(
        by=FERNANDA, at=MONDAY + timedelta(days=1), outcome=outcome, override="Sumiu de vez"
    )
    insert(connection, "cases", [{"number": 1}])
    insert(connection, "case_events", [event_to_row(1, event) for event in new.history])
    connection.commit()

    migrate(empty_database_url)

    names = [cases.c[field.name] for field in fields(Marks)]
    [row] = connection.execute(sa.select(*names)).all()
    assert Marks(*row) == Marks.of(new.history)


def test_what_was_counted_before_a_case_began_anew_is_read_from_its_history(
    empty_database_url, connection
):
    upgrade(connection, "0013")
    new = case(1)
    new.claim(by=FERNANDA, at=MONDAY + timedelta(minutes=9))
    new.give_back(by=FERNANDA, at=MONDAY + timedelta(days=1), why="Entro de férias")
    new.claim(by=FERNANDA, at=MONDAY + timedelta(days=2))
    insert(connection, "cases", [{"number": 1, "plan_due": None}])
    insert(connection, "case_events", [event_to_row(1, event) for event in new.history])
    connection.commit()

    migrate(empty_database_url)

    names = [former_rounds.c[field.name] for field in fields(FormerRound)]
    found = connection.execute(sa.select(*names)).all()
    assert [FormerRound(*row) for row in found] == rounds_of(new.history)
    assert len(found) == 1


def test_what_was_given_up_stays_and_may_be_about_no_case(empty_database_url, connection):
    upgrade(connection, "0014")
    insert(connection, "cases", [{"plan_due": None}])
    insert(connection, "buried_effects", [{"key": "RET-0001:1:crm", "subscriber": "crm"}])
    connection.commit()

    migrate(empty_database_url)

    insert(connection, "buried_effects", [{"key": "risk:a", "subscriber": "risk", "number": None}])
    found = connection.execute(sa.text("SELECT key, number FROM buried_effects ORDER BY key"))
    assert found.all() == [("RET-0001:1:crm", 1), ("risk:a", None)]
