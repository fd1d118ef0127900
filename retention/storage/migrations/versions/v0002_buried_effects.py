"""Effects that were given up; which effect sent what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_FILL = """
UPDATE effect_ledger
SET effect = substr(key, 1, length(rtrim(key, 'abcdefghijklmnopqrstuvwxyz')) - 1)
"""


def upgrade() -> None:
    _create_buried_effects()
    _name_the_effect_in_the_ledger()


def _create_buried_effects() -> None:
    op.create_table(
        "buried_effects",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("subscriber", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, sa.ForeignKey("cases.number"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("buried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replays", sa.Integer, nullable=False),
    )
    op.create_index("buried_effects_by_case", "buried_effects", ["number"])


def _name_the_effect_in_the_ledger() -> None:
    """Fill it from the keys: an effect's, a colon, and which of its messages it is."""
    op.add_column("effect_ledger", sa.Column("effect", sa.Text, nullable=False, server_default=""))
    op.execute(_FILL)
    op.create_index("effect_ledger_by_effect", "effect_ledger", ["effect"])
