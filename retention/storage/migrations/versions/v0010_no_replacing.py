"""SQLite's REPLACE changes a row without an UPDATE or a DELETE that a trigger could see."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

_KEYS = {
    "case_events": "number = NEW.number AND version = NEW.version",
    "audit": "id = NEW.id",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL: ON CONFLICT DO UPDATE is an update, and refused as one
    for table, is_same in _KEYS.items():
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} "  # noqa: S608 - ours
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {is_same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
