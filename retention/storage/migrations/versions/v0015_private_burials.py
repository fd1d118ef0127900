"""What is about no case may be given up too, and is kept: a private message, a digest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    with op.batch_alter_table("buried_effects") as table:
        table.alter_column("number", existing_type=sa.Integer(), nullable=True)
