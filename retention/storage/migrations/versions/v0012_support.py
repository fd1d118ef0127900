"""What is told in private: calls for support, and the risk of a detractor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "support_calls",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("caller_id", sa.Text, nullable=False),
        sa.Column("caller_name", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, sa.ForeignKey("cases.number")),
        sa.Column("place", sa.JSON, nullable=False),
        sa.Column("called_at", _MOMENT, nullable=False),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("unanswered_at", _MOMENT),
        sa.Column("answered_by_id", sa.Text),
        sa.Column("answered_by_name", sa.Text),
        sa.Column("answered_at", _MOMENT),
        sa.Column("took_over", sa.Boolean, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("look_at", _MOMENT),
    )
    _index_of_open("support_calls_one_open_per_caller", "caller_id", unique=True)
    _index_of_open("support_calls_by_time", "look_at")
    op.create_table(
        "detractor_risks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, sa.ForeignKey("cases.number"), nullable=False),
        sa.Column("by_id", sa.Text, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("heard", sa.Text, nullable=False),
        sa.Column("heard_folded", sa.Text, nullable=False),
    )
    columns = ["number", "heard_folded"]
    op.create_index("detractor_risks_once_each", "detractor_risks", columns, unique=True)


def _index_of_open(name: str, column: str, *, unique: bool = False) -> None:
    op.create_index(
        name,
        "support_calls",
        [column],
        unique=unique,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
