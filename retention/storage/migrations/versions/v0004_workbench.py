"""The playbooks a case was opened with; the cases of an author, ended ones too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("cases", sa.Column("playbook_version", sa.Text))
    op.create_index("cases_by_author", "cases", ["opened_by_id"])
