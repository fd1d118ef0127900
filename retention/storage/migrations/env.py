"""Alembic runs this file: it migrates on the connection that `migrate` opened and locked."""

from __future__ import annotations

from alembic import context
from sqlalchemy.schema import SchemaItem

from retention.storage.tables import metadata


def is_ours(
    _item: SchemaItem, name: str | None, kind: str, _reflected: bool, _other: SchemaItem | None
) -> bool:
    """Leave the tables of the effects library, which live beside ours, alone."""
    return kind != "table" or name in metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=is_ours,
    transactional_ddl=True,
)
context.run_migrations()
