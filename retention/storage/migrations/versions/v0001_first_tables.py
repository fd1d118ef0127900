"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_APPEND_ONLY = ("case_events", "audit")
_REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""


def upgrade() -> None:
    _create_cases()
    _create_requests()
    _create_journals()
    _create_engine_room()
    for table in _APPEND_ONLY:
        _refuse_change(table)


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        _text("draft_id", unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        _text("status"),
        sa.Column("is_open", sa.Boolean, nullable=False),
        _text("path"),
        _text("reason"),
        _text("reason_text"),
        _text("proposed_path", nullable=True),
        _text("proposed_reason", nullable=True),
        _text("crm_case_number"),
        _text("customer"),
        _text("customer_words"),
        _text("channel"),
        _text("verbatim"),
        _text("mood"),
        _text("tax_id", nullable=True),
        sa.Column("monthly_value_cents", sa.BigInteger),
        _text("contact", nullable=True),
        _text("opened_by_id"),
        _text("opened_by_name"),
        _moment("opened_at"),
        _text("owner_id", nullable=True),
        _text("owner_name", nullable=True),
    )
    _index_open("cases_one_open_per_crm_case", "crm_case_number", unique=True)
    _index_open("cases_open_by_age", "opened_at")
    _index_open("cases_open_by_author", "opened_by_id", "opened_at")
    _index_open("cases_open_by_owner", "owner_id", "opened_at")
    op.create_index("cases_by_crm_case", "cases", ["crm_case_number", "number"])
    op.create_index("cases_by_status", "cases", ["status", "opened_at"])
    op.create_table(
        "case_events",
        sa.Column("number", sa.Integer, sa.ForeignKey("cases.number"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        _text("type"),
        sa.Column("data", sa.JSON, nullable=False),
        _moment("at"),
        _text("by_id"),
        _text("by_name"),
    )
    bytewise = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "case_words",
        sa.Column("word", bytewise, primary_key=True),
        sa.Column("number", sa.Integer, sa.ForeignKey("cases.number"), primary_key=True),
        sqlite_with_rowid=False,
    )


def _create_requests() -> None:
    op.create_table(
        "drafts",
        _text("id", primary_key=True),
        _text("source", unique=True),
        sa.Column("version", sa.Integer, nullable=False),
        _text("step"),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("case_number", sa.Integer),
        _text("author_id"),
        _text("author_name"),
        _text("service_url"),
        _text("conversation"),
        sa.Column("is_channel", sa.Boolean, nullable=False),
        _text("message"),
        _moment("created_at"),
    )
    op.create_table(
        "threads",
        sa.Column("number", sa.Integer, sa.ForeignKey("cases.number"), primary_key=True),
        _text("service_url"),
        sa.Column("place", sa.JSON),
        sa.Column("receipt", sa.JSON),
    )


def _create_journals() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        _moment("at"),
        _text("by_id"),
        _text("by_name"),
        _text("action"),
        sa.Column("number", sa.Integer),
        _text("why"),
    )
    op.create_table("welcomes", _text("conversation", primary_key=True), _moment("at"))


def _create_engine_room() -> None:
    counters = op.create_table(
        "counters",
        _text("name", primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
    op.bulk_insert(counters, [{"name": "case", "value": 0}])
    op.create_table(
        "effect_ledger",
        _text("key", primary_key=True),
        _text("state"),
        _text("remote_id", nullable=True),
    )
    op.create_table("executor_beat", _text("id", primary_key=True), _moment("seen", nullable=True))


def _text(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=nullable, **options)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _index_open(name: str, *columns: str, unique: bool = False) -> None:
    op.create_index(
        name,
        "cases",
        list(columns),
        unique=unique,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )


def _refuse_change(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    if table == _APPEND_ONLY[0]:
        op.execute(_REFUSE)
    op.execute(
        f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
