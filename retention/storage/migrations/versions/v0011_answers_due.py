"""When the answer that a case waits for is due. No case of before waits for one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("cases", sa.Column("answer_due_at", sa.DateTime(timezone=True)))
