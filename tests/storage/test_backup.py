import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from retention.storage.backup import NoBackup, backup, restore
from retention.storage.engine import open_engines, sqlite_path
from retention.storage.lock import DatabaseInUse, SingleProcess

NOW = datetime(2026, 11, 24, 17, 2, tzinfo=UTC)


@pytest.fixture
def database(sqlite_url):
    return sqlite_path(sqlite_url)


@pytest.fixture
def copy(sqlite_url, tmp_path):
    """A backup in which the last case has number 7."""
    set_last(sqlite_path(sqlite_url), 7)
    file = tmp_path / "copy.db"
    backup(sqlite_url, file)
    return file


def set_last(path, number):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE counters SET value = ?", (number,))
        connection.commit()


def last(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT value FROM counters").fetchone()[0]


def damage(path):
    """Overwrite every page but the first."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))


def die_after_writing(path, number):
    """Leave a change in the log alone, as a killed process does."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("UPDATE counters SET value = ?", (number,))
    connection.commit()
    log = path.with_name(f"{path.name}-wal")
    files = {file: file.read_bytes() for file in (path, log)}
    connection.close()
    for file, content in files.items():
        file.write_bytes(content)


def forget_version(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE alembic_version")
        connection.commit()


def set_version(path, version):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.commit()


class TestBackup:
    async def test_what_was_committed_while_others_write_is_in_one_private_file(
        self, sqlite_url, tmp_path
    ):
        engines = open_engines(sqlite_url)
        async with engines.app.connect() as served:
            await served.execute(sa.text("UPDATE counters SET value = 8"))
            await served.commit()
            await served.execute(sa.text("UPDATE counters SET value = 9"))

            backup(sqlite_url, tmp_path / "copy.db")

            await served.rollback()
        await engines.dispose()
        assert last(tmp_path / "copy.db") == 8
        assert [path.name for path in tmp_path.glob("copy*")] == ["copy.db"]
        assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0

    def test_a_file_that_is_there_is_never_overwritten(self, sqlite_url, copy):
        before = copy.read_bytes()

        with pytest.raises(FileExistsError, match="exists already"):
            backup(sqlite_url, copy)

        assert copy.read_bytes() == before

    def test_no_database_no_backup(self, tmp_path):
        with pytest.raises(NoBackup, match="no database"):
            backup(f"sqlite:///{tmp_path}/none.db", tmp_path / "copy.db")

        assert list(tmp_path.iterdir()) == []

    def test_a_damaged_database_makes_no_backup(self, sqlite_url, database, tmp_path):
        damage(database)

        with pytest.raises(NoBackup):
            backup(sqlite_url, tmp_path / "copy.db")

        assert list(tmp_path.glob("copy*")) == []

    def test_postgresql_has_its_own(self, tmp_path):
        with pytest.raises(NoBackup, match="pg_dump"):
            backup("postgresql://localhost/retencao", tmp_path / "copy.db")
        with pytest.raises(NoBackup, match="pg_restore"):
            restore("postgresql://localhost/retencao", tmp_path / "copy.db", now=NOW)


class TestRestore:
    def test_the_backup_is_back_and_what_it_replaced_is_kept(self, sqlite_url, database, copy):
        set_last(database, 9)

        kept = restore(sqlite_url, copy, now=NOW)

        assert last(database) == 7
        assert last(kept) == 9
        assert kept == database.with_name(f"{database.name}.before-restore-20261124T170200Z")

    def test_what_only_the_log_knows_is_kept_and_spoils_nothing(self, sqlite_url, database, copy):
        die_after_writing(database, 9)

        kept = restore(sqlite_url, copy, now=NOW)

        assert last(database) == 7
        assert last(kept) == 9

    def test_restoring_what_was_kept_undoes_a_restore_to_the_last_row(
        self, sqlite_url, database, copy
    ):
        die_after_writing(database, 9)
        kept = restore(sqlite_url, copy, now=NOW)
        assert kept

        restore(sqlite_url, kept, now=NOW + timedelta(minutes=5))

        assert last(database) == 9
        assert list(database.parent.glob("*.partial*")) == []

    def test_a_lost_database_comes_back(self, sqlite_url, database, copy):
        database.unlink()

        assert restore(sqlite_url, copy, now=NOW) is None
        assert last(database) == 7

    def test_a_damaged_database_is_replaced(self, sqlite_url, database, copy):
        damage(database)

        restore(sqlite_url, copy, now=NOW)

        assert last(database) == 7

    def test_a_backup_of_an_older_version_is_welcome(self, sqlite_url, database, copy):
        set_version(copy, "0001")

        restore(sqlite_url, copy, now=NOW)

        assert last(database) == 7

    def test_not_while_a_process_serves(self, sqlite_url, database, copy):
        set_last(database, 9)

        with SingleProcess(sqlite_url), pytest.raises(DatabaseInUse):
            restore(sqlite_url, copy, now=NOW)

        assert last(database) == 9

    @pytest.mark.parametrize(
        ("spoil", "why"),
        [
            (lambda file: file.unlink(), "no file"),
            (lambda file: file.write_bytes(b"Padaria Sol"), "no database of this program"),
            (lambda file: file.write_bytes(b""), "no database of this program"),
            (forget_version, "no database of this program"),
            (damage, "damaged|no database of this program"),
            (lambda file: set_version(file, "9999"), "newer than this program"),
        ],
    )
    def test_what_is_no_sound_backup_of_ours_is_refused(
        self, sqlite_url, database, copy, spoil, why
    ):
        set_last(database, 9)
        spoil(copy)

        with pytest.raises(NoBackup, match=why):
            restore(sqlite_url, copy, now=NOW)

        assert last(database) == 9
        assert list(database.parent.glob("*.partial*")) == []
