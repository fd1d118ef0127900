"""Runs of the rehearsal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "rehearsal_runs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("dialogues", sa.JSON, nullable=False),
        sa.Column("answered", sa.JSON, nullable=False),
        sa.Column("right_answers", sa.Integer, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    op.create_index("rehearsal_runs_by_person", "rehearsal_runs", ["person_id", "right_answers"])
    op.create_index(
        "rehearsal_runs_one_open_per_person",
        "rehearsal_runs",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
