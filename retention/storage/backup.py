"""Backup and restore of a SQLite database: cases, effects and engine in one consistent file."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from retention.storage.engine import sqlite_path
from retention.storage.lock import SingleProcess
from retention.storage.migrations import VERSIONS
from retention.storage.private_file import new_file_for


class NoBackup(RuntimeError):
    """A backup cannot be made, or not be restored; the message says why, for an operator."""


def backup(url: str, file: Path) -> None:
    """Write the database, as of one moment, to a new file only its owner may read.

    Others may write meanwhile: SQLite's backup reads one snapshot and hinders nobody.

    Raises:
        NoBackup: PostgreSQL, no such database, or the database is damaged.
        FileExistsError: the file is there already.
    """
    source = _path_of(url, instead="pg_dump")
    if not source.exists():
        raise NoBackup(f"there is no database at {source}")
    with new_file_for(file) as copy:
        _copy(source, copy)
        _check(copy)


def restore(url: str, file: Path, *, now: datetime) -> Path | None:
    """Put a backup in the place of the database; returns where the replaced one is kept.

    What was sent after the backup was made is not known to it, and is sent once more.

    Raises:
        NoBackup: PostgreSQL, or the file is no sound backup of a version this program knows.
        DatabaseInUse: a process serves the database.
    """
    target = _path_of(url, instead="pg_restore")
    if not file.exists():
        raise NoBackup(f"there is no file {file}")
    _check(file)
    with SingleProcess(url), new_file_for(target, replaces=True) as copy:
        _copy(file, copy)
        _check(copy)
        _give_to_owner_of(target, copy)
        return _put_aside(target, f"{target.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")


def _path_of(url: str, *, instead: str) -> Path:
    path = sqlite_path(url)
    if path is None:
        raise NoBackup(f"the database is PostgreSQL: use {instead}, which comes with it")
    return path


def _give_to_owner_of(target: Path, copy: Path) -> None:
    """Let whoever could open the database open what replaces it, whoever restores."""
    if target.exists():
        known = target.stat()
        copy.chmod(known.st_mode)
        os.chown(copy, known.st_uid, known.st_gid)


def _put_aside(target: Path, name: str) -> Path | None:
    """Keep a copy of the database, with its log: a stale log would spoil the one that comes."""
    if not target.exists():
        return None
    kept = target.with_name(name)
    shutil.copy2(target, kept)
    log = target.with_name(f"{target.name}-wal")
    if log.exists():
        log.replace(kept.with_name(f"{kept.name}-wal"))
    target.with_name(f"{target.name}-shm").unlink(missing_ok=True)
    return kept


def _copy(source: Path, copy: Path) -> None:
    """Copy a database with what only the log beside it knows. Raises NoBackup."""
    try:
        with closing(_open(source, "rw")) as reader, closing(_open(copy, "rw")) as writer:
            reader.backup(writer)
            writer.execute("PRAGMA journal_mode=DELETE")  # one file, with no log beside it
    except sqlite3.Error as error:
        raise NoBackup(f"{source} could not be copied: {error}") from None


def _check(file: Path) -> None:
    """Raise NoBackup unless the file is a sound database of ours."""
    try:
        with closing(_open(file, "ro")) as connection:
            (found,) = connection.execute("PRAGMA integrity_check").fetchone()
            if found != "ok":
                raise NoBackup(f"{file} is damaged")
            (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            connection.execute("SELECT number FROM cases LIMIT 1")
    except (sqlite3.Error, TypeError):
        raise NoBackup(f"{file} is no database of this program") from None
    if version not in VERSIONS:
        raise NoBackup(f"{file} has schema {version}, which is newer than this program")


def _open(file: Path, mode: str) -> sqlite3.Connection:
    """Open a file that is there already; a log beside it can only be read where `rw` is given."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True)
