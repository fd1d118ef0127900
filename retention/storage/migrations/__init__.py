"""The schema's versions, brought up to date by Alembic from within the program."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from retention.database import Database
from retention.storage.engine import DatabaseUnreachable, open_engines

VERSIONS = tuple(f"{number:04d}" for number in range(1, 16))
"""Every version in `versions/`, oldest first."""
HEAD = VERSIONS[-1]

_LOCK = 0x52455443  # any number, the same in every process


def migrate(url: str) -> None:
    """Bring the schema of the database up to date; at once when it is already.

    Several processes may call it at the same time: one does the work, the others wait for it.

    Raises:
        UnsupportedDatabase: the address is of no known kind.
        DatabaseUnreachable: nothing answers at the address.
        NewerSchema: a newer program has migrated it.
    """
    engine = open_engines(url).sync
    try:
        with _connected(engine) as connection, connection.begin():
            version = _version(connection)
            if version == HEAD:
                return
            if version not in {None, *VERSIONS}:
                raise NewerSchema(f"schema {version} is newer than this program, which has {HEAD}")
            _wait_for_turn(connection)
            if _version(connection) != HEAD:
                _upgrade(connection)
    finally:
        engine.dispose()


class OldSchema(Exception):
    """The database waits for a migration."""


class NewerSchema(Exception):
    """The database is ahead of this program."""


async def look_at_schema(database: Database) -> str:
    """Return the version of the schema.

    Raises:
        OldSchema: it is not this program's.
        DatabaseUnreachable: nothing answers at the address.
    """
    try:
        async with database.connect() as connection:
            version = await connection.run_sync(_version)
    except sa.exc.OperationalError as error:
        raise _unreachable(database.engine.url, error) from None
    if version != HEAD:
        raise OldSchema(f"schema {version}, this program needs {HEAD}")
    return f"schema {version}"


def _connected(engine: sa.Engine) -> sa.Connection:
    try:
        return engine.connect()
    except sa.exc.OperationalError as error:
        raise _unreachable(engine.url, error) from None


def _unreachable(url: sa.URL, error: sa.exc.OperationalError) -> DatabaseUnreachable:
    address = url.render_as_string(hide_password=True)
    reason = str(error.orig).splitlines()[0]
    return DatabaseUnreachable(f"DATABASE_URL {address} does not answer: {reason}")


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version"))
    return found.scalar_one_or_none()


def _wait_for_turn(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # DDL alone would begin no transaction
    else:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import, and mostly not needed
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    command.upgrade(config, "head")
