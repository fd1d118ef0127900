"""Casos: found by their number, with what came before, and created."""

from __future__ import annotations

from typing import Final

from retention.domain.crm_profile import CrmCase, CrmCaseId, CrmProfile, PastCase
from retention.domain.handover import CASE_GONE
from retention.salesforce import soql
from retention.salesforce.catalogue import Catalogue
from retention.salesforce.client import SalesforceClient
from retention.salesforce.composite import Part
from retention.salesforce.config import SalesforceConfig
from retention.salesforce.errors import Refused
from retention.salesforce.records import (
    CaseNumberRow,
    CaseRow,
    Json,
    MergedCases,
    NamedRow,
    PastCaseRow,
    at_path,
    money,
    read,
    read_all,
)
from retention.services.ports.crm import CrmRefused, NewCrmCase

_DIGITS: Final = 8
"""Salesforce: the number of a Caso is a text, by default of 8 digits."""
_SUBJECT_CHARACTERS: Final = 255
_DESCRIPTION_CHARACTERS: Final = 32_000
_CUSTOMER_CHARACTERS: Final = 80


class Cases:
    def __init__(
        self, *, client: SalesforceClient, catalogue: Catalogue, config: SalesforceConfig
    ) -> None:
        self._client, self._catalogue, self._config = client, catalogue, config

    async def find(self, number: str) -> CrmCase | None:
        """Find a Caso by its number, as typed or else with its leading zeros."""
        row = await self._row(number)
        return None if row is None else await self._case(row)

    async def profile(self, number: str) -> CrmProfile | None:
        """Find a Caso with the last ten other Casos of its customer."""
        row = await self._row(number)
        if row is None:
            return None
        return CrmProfile(case=await self._case(row), past=await self._past(row))

    async def gone(self, case: str) -> CrmRefused | None:
        """Tell that a Caso was deleted, and into which it was merged; None: it is there.

        Salesforce: merging Casos deletes all but one; a deleted row is seen by `queryAll` alone.
        """
        statement = soql.merged(case)
        answer = await self._client.request("merged", "GET", "queryAll", params={"q": statement})
        found = [row for row in read(MergedCases, answer).records if row.is_deleted]
        if not found:
            return None
        kept = found[0].master_record
        return CrmRefused(CASE_GONE, said=kept.case_number if kept else "")

    async def open(self, new: NewCrmCase) -> CrmCase:
        """Create a Caso, unless one was created under this key; gives it in both cases."""
        number = await self._number_of(new.key)
        if number is None:
            await self._create(new)
            number = await self._number_of(new.key)
        found = await self.find(number) if number else None
        if found is None:
            raise CrmRefused("CASE_NOT_VISIBLE")
        return found

    async def _row(self, number: str) -> Json | None:
        typed = number.strip()
        if not soql.is_case_number(typed):
            return None
        fields = self._config.fields
        for candidate in dict.fromkeys((typed, typed.lstrip("0").zfill(_DIGITS))):
            statement = soql.case_by_number(candidate, also=(fields.plan, fields.monthly_value))
            rows = await self._client.query("case", statement)
            if len(rows) > 1:
                raise CrmRefused("CASE_NUMBER_AMBIGUOUS")
            if rows:
                return rows[0]
        return None

    async def _case(self, raw: Json) -> CrmCase:
        row, picklists = read(CaseRow, raw), await self._catalogue.picklists()
        plan = at_path(raw, self._config.fields.plan)
        return CrmCase(
            id=CrmCaseId(row.id),
            number=row.case_number,
            subject=row.subject or "",
            status=picklists.status.label(row.status),
            priority=picklists.priority.label(row.priority),
            owner=_name(row.owner) or "",
            is_closed=row.is_closed,
            opened_at=row.created_date,
            customer=_name(row.account),
            contact=_name(row.contact),
            plan=None if plan is None else str(plan),
            monthly_value=money(at_path(raw, self._config.fields.monthly_value)),
        )

    async def _past(self, raw: Json) -> list[PastCase]:
        row, cause = read(CaseRow, raw), self._config.fields.cause
        if row.account_id is None:
            return []
        statement = soql.past_cases(row.account_id, but=row.id, also=(cause,))
        found = await self._client.query("past_cases", statement)
        past = zip(found, read_all(PastCaseRow, found), strict=True)
        return [
            PastCase(
                number=one.case_number,
                subject=one.subject or "",
                cause=at_path(raw, cause) or None,
                opened_at=one.created_date,
                closed_at=one.closed_date,
            )
            for raw, one in past
        ]

    async def _number_of(self, key: str) -> str | None:
        statement = soql.case_by_key(self._config.fields.key, key)
        rows = read_all(CaseNumberRow, await self._client.query("case_by_key", statement))
        return rows[0].case_number if rows else None

    async def _create(self, new: NewCrmCase) -> None:
        fields, log = self._config.fields, self._config.log_object
        body = {
            "Subject": new.subject[:_SUBJECT_CHARACTERS],
            "Description": new.description[:_DESCRIPTION_CHARACTERS],
            fields.customer: new.customer[:_CUSTOMER_CHARACTERS],
            fields.key: new.key,
        }
        try:
            if log is None:
                await self._client.request("open", "POST", "sobjects/Case", body=body)
                return
            entry = {fields.log_key: new.key, fields.log_case: "@{case.id}"}
            parts = [
                Part("case", "POST", "sobjects/Case", body),
                Part("log", "POST", f"sobjects/{log}", entry),
            ]
            await self._client.transaction("open", parts, idempotent=True)
        except Refused as refused:
            if not refused.is_duplicate:
                raise


def _name(row: NamedRow | None) -> str | None:
    return row.name if row else None
