"""What the bot remembers of the CRM."""

from __future__ import annotations

from secrets import token_hex

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "crm_links",
        sa.Column("number", sa.Integer, sa.ForeignKey("cases.number"), primary_key=True),
        sa.Column("crm_case", sa.Text, nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "crm_heard",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("crm_heard_by_age", "crm_heard", ["heard_at"])
    op.create_table(
        "crm_reading",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("read_until", sa.DateTime(timezone=True)),
        sa.Column("reader", sa.Text),
        sa.Column("turn_until", sa.DateTime(timezone=True)),
        sa.Column("installation", sa.Text, nullable=False),
    )
    insert = sa.text("INSERT INTO crm_reading (id, installation) VALUES (1, :name)")
    op.get_bind().execute(insert, {"name": token_hex(3)})
