import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from retention.storage import migrations
from retention.storage.engine import open_engines
from retention.storage.migrations import HEAD, VERSIONS, migrate
from retention.storage.tables import metadata

DBOS_TABLES = {"notifications", "queues", "streams", "application_versions", "operation_outputs"}


@pytest.fixture
def connection(empty_database_url):
    engine = open_engines(empty_database_url).sync
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_migrations_build_the_very_tables_the_code_uses(empty_database_url, connection):
    migrate(empty_database_url)

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(empty_database_url, connection):
    migrate(empty_database_url)
    connection.execute(sa.text("UPDATE counters SET value = 7"))
    connection.commit()

    migrate(empty_database_url)

    assert connection.execute(sa.text("SELECT value FROM counters")).scalar_one() == 7


def test_processes_that_start_at_once_migrate_once(empty_database_url, connection):
    command = "import sys; from retention.storage.migrations import migrate; migrate(sys.argv[1])"

    started = [
        subprocess.Popen([sys.executable, "-c", command, empty_database_url])  # noqa: S603 - ours
        for _ in range(3)
    ]

    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    assert connection.execute(sa.text("SELECT count(*) FROM counters")).scalar_one() == 1


def test_the_quick_check_knows_every_version():
    scripts = ScriptDirectory(migrations.__path__[0])

    assert [script.revision for script in scripts.walk_revisions()] == list(reversed(VERSIONS))
    assert scripts.get_current_head() == HEAD


def test_what_an_older_version_sent_is_found_by_its_effect(empty_database_url, connection):
    scripts = Config(attributes={"connection": connection})
    scripts.set_main_option("script_location", migrations.__path__[0])
    command.upgrade(scripts, "0001")
    row = "('RET-0001:1:case_thread:reply', 'sent', 'm1')"
    connection.execute(sa.text(f"INSERT INTO effect_ledger VALUES {row}"))  # noqa: S608 - ours
    connection.commit()

    migrate(empty_database_url)

    found = connection.execute(sa.text("SELECT effect, remote_id FROM effect_ledger"))
    assert found.all() == [("RET-0001:1:case_thread", "m1")]


def test_no_table_takes_a_name_of_the_effects_library():
    ours = set(metadata.tables)

    assert not ours & DBOS_TABLES
    assert not [name for name in ours if name.startswith(("workflow_", "dbos_"))]
