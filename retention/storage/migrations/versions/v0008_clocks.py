"""When each case is to be looked at again; who is away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("number", sa.Integer, sa.ForeignKey("cases.number"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("alarms_by_time", "alarms", ["at"])
    op.execute("INSERT INTO alarms (number, at) SELECT number, opened_at FROM cases WHERE is_open")
    op.create_table(
        "absences",
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("set_by_id", sa.Text, nullable=False),
        sa.Column("set_by_name", sa.Text, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
    )
