"""Cases in SQL: the row holds the present state, `case_events` the whole history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError

from retention.database import Connection, Refused
from retention.domain.cancellation import CancellationPath, CancellationReason, Mood, OriginChannel
from retention.domain.case import Case, CaseFacts, CaseNumber, Judgement
from retention.domain.case_line import CaseLine
from retention.domain.case_marks import Marks, former_rounds
from retention.domain.errors import CaseNotFound, DuplicateOpenCase, StaleCase
from retention.domain.events import CaseStatus, Event
from retention.domain.people import PersonId, PersonRef
from retention.prepared import execute_prepared
from retention.services.ports.cases import CaseFilter
from retention.storage import case_lists, case_search, tables
from retention.storage.audit_chain import EVENT_ENTRY, sealed
from retention.storage.case_search import customer_words
from retention.storage.event_codec import EVENT_COLUMNS, event_from_row, event_to_row
from retention.storage.tables import buried_effects, case_events, case_words, cases, counters

_NEXT_NUMBER = (
    sa.update(counters)
    .where(counters.c.name == "case")
    .values(value=counters.c.value + 1)
    .returning(counters.c.value)
)
_IS_FIRST = sa.select(~sa.exists().where(cases.c.opened_by_id == bindparam("author")))
_INSERT = sa.insert(cases)
_INSERT_EVENTS = sa.insert(case_events)
_INSERT_ROUNDS = sa.insert(tables.former_rounds)
_INSERT_WORDS = sa.insert(case_words)
_HASH_READ = (
    sa.select(case_events.c.hash)
    .where(
        case_events.c.number == bindparam("same_number"),
        case_events.c.version == bindparam("read_version"),
    )
    .scalar_subquery()
)
_UPDATE = (
    sa.update(cases)
    .where(cases.c.number == bindparam("same_number"), cases.c.version == bindparam("read_version"))
    .returning(_HASH_READ.label("previous"))
)
_UNFINISHED = (
    sa.select(sa.func.aggregate_strings(buried_effects.c.subscriber, " "))
    .where(buried_effects.c.number == cases.c.number)
    .scalar_subquery()
)
_WITH_EVENTS = (
    sa.select(cases, _UNFINISHED.label("unfinished"), *EVENT_COLUMNS)
    .join(case_events, case_events.c.number == cases.c.number)
    .order_by(case_events.c.version)
)
_GET = _WITH_EVENTS.where(cases.c.number == bindparam("number"))
_GET_SEVERAL = _WITH_EVENTS.where(cases.c.number.in_(bindparam("numbers", expanding=True)))
_READ_AT_ONCE = 25
"""A list is filled up to so many: each length would be a statement of its own to the database."""
_OF_DRAFT = sa.select(cases.c.number).where(cases.c.draft_id == bindparam("draft_id"))
_OWNED_OPEN = (
    sa.select(cases.c.owner_id, sa.func.count().label("cases"))
    .where(cases.c.is_open, cases.c.owner_id.in_(bindparam("of", expanding=True)))
    .group_by(cases.c.owner_id)
)
_GET_OPEN = _WITH_EVENTS.where(
    cases.c.crm_case_number == bindparam("crm_case_number"), cases.c.is_open
)
_MARKS = tuple(field.name for field in fields(Marks))


class SqlCases:
    """Implements `CaseRepository` in the transaction of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def next_number(self, author: PersonId) -> tuple[CaseNumber, bool]:
        """Take the next number, and tell whether it is that of the author's first case.

        A rollback gives the number back, so numbers have no gaps.
        """

        def take(connection: sa.Connection) -> tuple[CaseNumber, bool]:
            number = execute_prepared(connection, _NEXT_NUMBER, {}).scalar_one()
            # Asked in a statement of its own: PostgreSQL answers as of the beginning of each, and
            # taking the number may have waited for another case of the same author.
            is_first = execute_prepared(connection, _IS_FIRST, {"author": author}).scalar_one()
            return CaseNumber(number), bool(is_first)

        return await self._connection.run_sync(take)

    async def add(self, case: Case, events: Sequence[Event]) -> None:
        """Insert a case with its first events.

        Raises, at what is asked next; the transaction is over then:
            DuplicateOpenCase: the Caso has an open case.
            StaleCase: this draft became a case meanwhile.
        """
        row = _row_of(case)

        def insert(connection: sa.Connection) -> None:
            try:
                execute_prepared(connection, _INSERT, row)
            except IntegrityError as error:
                raise Refused(partial(_refusal, error=error, case=case)) from None

        self._connection.defer_sync(insert)
        self._append(case, events, previous=None)
        words = customer_words(case.facts.customer)
        if words:
            self._connection.defer(
                _INSERT_WORDS,
                [{"word": word, "number": case.number} for word in sorted(set(words))],
            )

    async def save(self, case: Case, events: Sequence[Event]) -> None:
        """Write a changed case and append its new events.

        Raises:
            StaleCase: another change was written first.
            DuplicateOpenCase: its Caso has another open case. The transaction is over.
        """
        values = {
            "same_number": case.number,
            "read_version": case.version - len(events),
            **_changing_columns(case),
        }
        try:
            row = (await self._connection.execute(_UPDATE, values)).one_or_none()
        except IntegrityError as error:
            await self._connection.rollback()
            if _is_taken(error):
                raise DuplicateOpenCase(case.facts.crm_case_number) from None
            raise
        if row is None:
            raise StaleCase
        self._append(case, events, previous=row.previous)
        self._keep_former(case, since=events[0].version)

    def _keep_former(self, case: Case, *, since: int) -> None:
        """Keep what a case no longer shows, and what stays counted: what ended since a version."""
        rounds = [asdict(each) for each in former_rounds(case.history) if each.version >= since]
        if rounds:
            rows = [{"number": case.number, **each} for each in rounds]
            self._connection.defer(_INSERT_ROUNDS, rows)

    async def get(self, number: CaseNumber) -> Case:
        """Read a case with its history, as of one moment. Raises CaseNotFound."""
        rows = (await self._connection.execute(_GET, {"number": number})).all()
        if not rows:
            raise CaseNotFound(str(number))
        return _case_of(rows)

    async def several(self, numbers: Sequence[CaseNumber]) -> Sequence[Case]:
        """Read cases, in the order of their numbers as given. Raises CaseNotFound."""
        rows_of: dict[CaseNumber, list[Any]] = {number: [] for number in numbers}
        wanted = list(numbers) + list(numbers[-1:]) * (-len(numbers) % _READ_AT_ONCE)
        for row in await self._connection.execute(_GET_SEVERAL, {"numbers": wanted}):
            rows_of[CaseNumber(row.number)].append(row)
        for number, rows in rows_of.items():
            if not rows:
                raise CaseNotFound(str(number))
        return [_case_of(rows_of[number]) for number in numbers]

    async def open_for(self, crm_case_number: str) -> Case | None:
        """Find the open case of a Caso."""
        result = await self._connection.execute(_GET_OPEN, {"crm_case_number": crm_case_number})
        rows = result.all()
        return _case_of(rows) if rows else None

    async def owned_open(self, of: Collection[PersonId]) -> Mapping[PersonId, int]:
        """Count the open cases that some people own, along the index of the open ones."""
        rows = await self._connection.execute(_OWNED_OPEN, {"of": list(of)})
        return {PersonId(row.owner_id): row.cases for row in rows}

    async def closed_for(self, crm_case_number: str, *, limit: int) -> Sequence[CaseLine]:
        return await case_lists.closed_for(self._connection, crm_case_number, limit=limit)

    async def list(self, which: CaseFilter, *, person: PersonId, limit: int) -> Sequence[CaseLine]:
        return await case_lists.filtered(self._connection, which, person=person, limit=limit)

    async def search(self, text: str, *, limit: int) -> Sequence[CaseLine]:
        return await case_search.search(self._connection, text, limit=limit)

    def _append(self, case: Case, events: Sequence[Event], *, previous: str | None) -> None:
        rows = (event_to_row(case.number, event) for event in events)
        self._connection.defer(_INSERT_EVENTS, list(sealed(rows, EVENT_ENTRY, previous=previous)))


def _refusal(connection: sa.Connection, *, error: IntegrityError, case: Case) -> Exception:
    """Tell why a case was not let in; a double click breaks both rules and counts as stale."""
    known = connection.execute(_OF_DRAFT, {"draft_id": case.draft_id})
    if known.first() is not None:
        return StaleCase()
    return DuplicateOpenCase(case.facts.crm_case_number) if _is_taken(error) else error


def _is_taken(error: IntegrityError) -> bool:
    """Tell whether the index of open cases said no: PostgreSQL names it, SQLite its column."""
    diagnosis = getattr(error.orig, "diag", None)
    return "crm_case" in str(diagnosis.constraint_name if diagnosis else error.orig)


def _row_of(case: Case) -> dict[str, Any]:
    facts, judgement = case.facts, case.judgement
    return {
        **_changing_columns(case),
        "number": case.number,
        "draft_id": case.draft_id,
        "proposed_path": judgement.proposed_path,
        "proposed_reason": judgement.proposed_reason,
        "customer": facts.customer,
        "customer_words": "".join(f" {word}" for word in customer_words(facts.customer)),
        "channel": facts.channel,
        "verbatim": facts.verbatim,
        "mood": facts.mood,
        "tax_id": facts.tax_id,
        "monthly_value_cents": facts.monthly_value,
        "contact": facts.contact,
        "opened_by_id": case.opened_by.id,
        "opened_by_name": case.opened_by.name,
        "opened_at": case.opened_at,
        "playbook_version": case.playbook_version,
    }


def _changing_columns(case: Case) -> dict[str, Any]:
    marks = Marks.of(case.history)
    return {
        "version": case.version,
        "status": case.status,
        "is_open": case.status.is_open,
        "crm_case_number": case.facts.crm_case_number,
        "path": case.judgement.path,
        "reason": case.judgement.reason,
        "reason_text": case.judgement.reason_text,
        "owner_id": case.owner and case.owner.id,
        "owner_name": case.owner and case.owner.name,
        **{name: getattr(marks, name) for name in _MARKS},
    }


def _case_of(rows: Sequence[Any]) -> Case:
    row = rows[0]
    return Case(
        number=CaseNumber(row.number),
        draft_id=row.draft_id,
        facts=CaseFacts(
            crm_case_number=row.crm_case_number,
            customer=row.customer,
            channel=OriginChannel(row.channel),
            verbatim=row.verbatim,
            mood=Mood(row.mood),
            tax_id=row.tax_id,
            monthly_value=row.monthly_value_cents,
            contact=row.contact,
        ),
        judgement=Judgement(
            path=CancellationPath(row.path),
            reason=CancellationReason(row.reason),
            reason_text=row.reason_text,
            proposed_path=row.proposed_path and CancellationPath(row.proposed_path),
            proposed_reason=row.proposed_reason and CancellationReason(row.proposed_reason),
        ),
        opened_by=PersonRef(PersonId(row.opened_by_id), row.opened_by_name),
        opened_at=row.opened_at,
        status=CaseStatus(row.status),
        version=row.version,
        owner=PersonRef(PersonId(row.owner_id), row.owner_name) if row.owner_id else None,
        playbook_version=row.playbook_version,
        history=[event_from_row(event) for event in rows],
        unfinished=frozenset((row.unfinished or "").split()),
    )
