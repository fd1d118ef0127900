"""Catalogues of playbooks by version; the case of a conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_CONVERSATION = {
    "sqlite": "json_extract(place, '$.conversation')",
    "postgresql": "place ->> 'conversation'",
}


def upgrade() -> None:
    _create_playbook_versions()
    _name_the_conversation_of_a_thread()


def _create_playbook_versions() -> None:
    op.create_table(
        "playbook_versions",
        sa.Column("version", sa.Text, primary_key=True),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
    )


def _name_the_conversation_of_a_thread() -> None:
    op.add_column("threads", sa.Column("conversation", sa.Text))
    conversation = _CONVERSATION[op.get_bind().dialect.name]
    op.execute(f"UPDATE threads SET conversation = {conversation}")  # noqa: S608 - ours
    op.create_index("threads_by_conversation", "threads", ["conversation", "number"])
