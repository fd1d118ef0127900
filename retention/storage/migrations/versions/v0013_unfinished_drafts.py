"""The forms that never ended are found by their age, however many ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_UNFINISHED = sa.text("step IN ('facts', 'judgement', 'duplicate')")


def upgrade() -> None:
    op.create_index(
        "drafts_unfinished_by_age",
        "drafts",
        ["created_at"],
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    )
