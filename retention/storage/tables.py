"""The tables. Names of the effects library (`workflow_*`, `queues`, `streams`, …) are taken."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_or

__all__ = [
    "APPEND_ONLY",
    "absences",
    "alarms",
    "audit",
    "buried_effects",
    "case_events",
    "case_words",
    "cases",
    "counters",
    "crm_heard",
    "crm_links",
    "crm_reading",
    "detractor_risks",
    "digests",
    "drafts",
    "effect_ledger",
    "executor_beat",
    "former_rounds",
    "insert_or",
    "metadata",
    "personal_chats",
    "playbook_versions",
    "rehearsal_runs",
    "support_calls",
    "threads",
    "welcomes",
]
# `insert_or`: PostgreSQL's INSERT … ON CONFLICT, which SQLAlchemy writes for SQLite just the same.


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime, in and out. SQLite keeps it as sortable text without a zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: sa.engine.Dialect
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self, value: datetime | None, _dialect: sa.engine.Dialect
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Cents(sa.types.TypeDecorator[Decimal]):
    """An amount in BRL with two decimal places, kept exactly, as whole cents."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: sa.engine.Dialect) -> int | None:
        if value is None:
            return None
        cents = value.scaleb(2)
        if cents != int(cents):
            raise ValueError("an amount finer than one cent")
        return int(cents)

    def process_result_value(
        self, value: int | None, _dialect: sa.engine.Dialect
    ) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


def _index_of_open(name: str, *columns: str, unique: bool = False) -> sa.Index:
    """Index the open cases alone: few rows, however many were ended."""
    return sa.Index(
        name,
        *columns,
        unique=unique,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )


metadata = sa.MetaData()
_Json = sa.JSON(none_as_null=True)
_Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Compared byte by byte, so that a prefix is a range of the index."""

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("draft_id", sa.Text, nullable=False, unique=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("reason_text", sa.Text, nullable=False),
    sa.Column("proposed_path", sa.Text),
    sa.Column("proposed_reason", sa.Text),
    sa.Column("crm_case_number", sa.Text, nullable=False),
    sa.Column("customer", sa.Text, nullable=False),
    sa.Column("customer_words", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("verbatim", sa.Text, nullable=False),
    sa.Column("mood", sa.Text, nullable=False),
    sa.Column("tax_id", sa.Text),
    sa.Column("monthly_value_cents", Cents),
    sa.Column("contact", sa.Text),
    sa.Column("opened_by_id", sa.Text, nullable=False),
    sa.Column("opened_by_name", sa.Text, nullable=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("owner_id", sa.Text),
    sa.Column("owner_name", sa.Text),
    sa.Column("playbook_version", sa.Text),
    # What is counted of the case, from its events: domain/case_marks.py.
    sa.Column("handed_over_at", UtcDateTime),
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("reverted_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("outcome", sa.Text),
    sa.Column("real_reason", sa.Text),
    sa.Column("has_feedback", sa.Boolean),
    sa.Column("by_exception", sa.Boolean),
    sa.Column("exception_open", sa.Boolean),
    sa.Column("closed_in_crm_at", UtcDateTime),
    sa.Column("plan_due", sa.Date),
    sa.Column("moved_at", UtcDateTime),
    sa.Column("answer_due_at", UtcDateTime),
    sa.Index("cases_by_opening", "opened_at"),
    sa.Index("cases_by_claim", "claimed_at"),
    sa.Index("cases_by_reversal", "reverted_at"),
    sa.Index("cases_by_end", "ended_at"),
    sa.Index(
        "cases_by_exception",
        "ended_at",
        sqlite_where=sa.text("exception_open = 1"),
        postgresql_where=sa.text("exception_open"),
    ),
    _index_of_open("cases_one_open_per_crm_case", "crm_case_number", unique=True),
    _index_of_open("cases_open_by_age", "opened_at"),
    _index_of_open("cases_open_by_author", "opened_by_id", "opened_at"),
    _index_of_open("cases_open_by_owner", "owner_id", "opened_at"),
    sa.Index("cases_by_crm_case", "crm_case_number", "number"),
    sa.Index("cases_by_author", "opened_by_id"),
    sa.Index("cases_by_status", "status", "opened_at"),
)

# What was counted of a case before it began anew: domain/case_marks.py.
former_rounds = sa.Table(
    "former_rounds",
    metadata,
    sa.Column("number", sa.ForeignKey(cases.c.number), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("handed_over_at", UtcDateTime),
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("reverted_at", UtcDateTime),
    sa.Index("former_rounds_by_claim", "claimed_at"),
    sa.Index("former_rounds_by_reversal", "reverted_at"),
)

case_events = sa.Table(
    "case_events",
    metadata,
    sa.Column("number", sa.ForeignKey(cases.c.number), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("data", _Json, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by_id", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

case_words = sa.Table(
    "case_words",
    metadata,
    sa.Column("word", _Word, primary_key=True),
    sa.Column("number", sa.ForeignKey(cases.c.number), primary_key=True),
    sqlite_with_rowid=False,
)

UNFINISHED_DRAFT = "step IN ('facts', 'judgement', 'duplicate')"
"""As words: no database looks behind a parameter to see that an index serves."""
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False, unique=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("answers", _Json, nullable=False),
    sa.Column("case_number", sa.Integer),
    sa.Column("author_id", sa.Text, nullable=False),
    sa.Column("author_name", sa.Text, nullable=False),
    sa.Column("service_url", sa.Text, nullable=False),
    sa.Column("conversation", sa.Text, nullable=False),
    sa.Column("is_channel", sa.Boolean, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index(
        "drafts_unfinished_by_age",
        "created_at",
        sqlite_where=sa.text(UNFINISHED_DRAFT),
        postgresql_where=sa.text(UNFINISHED_DRAFT),
    ),
)

threads = sa.Table(
    "threads",
    metadata,
    sa.Column("number", sa.ForeignKey(cases.c.number), primary_key=True),
    sa.Column("service_url", sa.Text, nullable=False),
    sa.Column("place", _Json),
    sa.Column("receipt", _Json),
    sa.Column("conversation", sa.Text),
    sa.Index("threads_by_conversation", "conversation", "number"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by_id", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("number", sa.Integer),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

welcomes = sa.Table(
    "welcomes",
    metadata,
    sa.Column("conversation", sa.Text, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
)

playbook_versions = sa.Table(
    "playbook_versions",
    metadata,
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("content", _Json, nullable=False),
    sa.Column("first_used_at", UtcDateTime, nullable=False),
)
"""Every catalogue of playbooks the bot was started with: a case is shown with its own."""

rehearsal_runs = sa.Table(
    "rehearsal_runs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person_id", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("dialogues", _Json, nullable=False),
    sa.Column("answered", _Json, nullable=False),
    sa.Column("right_answers", sa.Integer, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    _index_of_open("rehearsal_runs_one_open_per_person", "person_id", unique=True),
    sa.Index("rehearsal_runs_by_person", "person_id", "right_answers"),
)

digests = sa.Table(
    "digests",
    metadata,
    sa.Column("leader_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
)
"""One row per leader and business day, whether something was sent or not: never a second one."""

personal_chats = sa.Table(
    "personal_chats",
    metadata,
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("service_url", sa.Text),
    sa.Column("conversation", sa.Text),
    sa.Column("unreachable_since", UtcDateTime),
    sa.Column("muted", _Json, nullable=False),
)
"""Where the bot speaks with a person alone, and what they do not want to be told."""

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)

effect_ledger = sa.Table(
    "effect_ledger",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("effect", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("remote_id", sa.Text),
    sa.Index("effect_ledger_by_effect", "effect"),
)

buried_effects = sa.Table(
    "buried_effects",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("subscriber", sa.Text, nullable=False),
    sa.Column("number", sa.ForeignKey(cases.c.number)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("buried_at", UtcDateTime, nullable=False),
    sa.Column("replays", sa.Integer, nullable=False),
    sa.Index("buried_effects_by_case", "number"),
)
"""Effects given up and not yet replayed with success: as a rule none, and never many."""

crm_links = sa.Table(
    "crm_links",
    metadata,
    sa.Column("number", sa.ForeignKey(cases.c.number), primary_key=True),
    sa.Column("crm_case", sa.Text, nullable=False),
    sa.Column("linked_at", UtcDateTime, nullable=False),
)
"""Which Caso of the CRM is whose case, by the CRM's own id."""

crm_heard = sa.Table(
    "crm_heard",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("heard_at", UtcDateTime, nullable=False),
    sa.Index("crm_heard_by_age", "heard_at"),
)
"""The changes in the CRM that were told: each is read several times, and told once."""

crm_reading = sa.Table(
    "crm_reading",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("read_until", UtcDateTime),
    sa.Column("reader", sa.Text),
    sa.Column("turn_until", UtcDateTime),
    sa.Column("installation", sa.Text, nullable=False),
)
"""One row: how far the CRM was read, whose turn it is to read, and which database this is."""

alarms = sa.Table(
    "alarms",
    metadata,
    sa.Column("number", sa.ForeignKey(cases.c.number), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("alarms_by_time", "at"),
)
"""When each open case is to be looked at again, because something may fall due."""

absences = sa.Table(
    "absences",
    metadata,
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("person_name", sa.Text, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("set_by_id", sa.Text, nullable=False),
    sa.Column("set_by_name", sa.Text, nullable=False),
    sa.Column("set_at", UtcDateTime, nullable=False),
)
"""Who is away, until which day, that day included."""

support_calls = sa.Table(
    "support_calls",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("caller_id", sa.Text, nullable=False),
    sa.Column("caller_name", sa.Text, nullable=False),
    sa.Column("number", sa.ForeignKey(cases.c.number)),
    sa.Column("place", _Json, nullable=False),
    sa.Column("called_at", UtcDateTime, nullable=False),
    sa.Column("asked", _Json, nullable=False),
    sa.Column("unanswered_at", UtcDateTime),
    sa.Column("answered_by_id", sa.Text),
    sa.Column("answered_by_name", sa.Text),
    sa.Column("answered_at", UtcDateTime),
    sa.Column("took_over", sa.Boolean, nullable=False),
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("look_at", UtcDateTime),
    _index_of_open("support_calls_one_open_per_caller", "caller_id", unique=True),
    _index_of_open("support_calls_by_time", "look_at"),
)
"""Who called for support, whom the bot asked to come, and who came; never why."""

detractor_risks = sa.Table(
    "detractor_risks",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.ForeignKey(cases.c.number), nullable=False),
    sa.Column("by_id", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("heard", sa.Text, nullable=False),
    sa.Column("heard_folded", sa.Text, nullable=False),
    sa.Index("detractor_risks_once_each", "number", "heard_folded", unique=True),
)
"""What was heard that a lead was told of in private: the same words of a case, once."""

executor_beat = sa.Table(
    "executor_beat",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("seen", UtcDateTime),
)
"""Which processes run effects (PostgreSQL, several replicas)."""

APPEND_ONLY = (case_events, audit)
"""Tables whose rows the database itself refuses to change; `hash` chains them: audit_chain.py."""
