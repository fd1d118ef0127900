"""Salesforce: what the adapter finds in the organisation, as findings of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import aiohttp

from config.salesforce import read_salesforce
from config.settings import InvalidSettings
from doctor.checks import (
    CHECKS,
    CRM_ALLOCATION,
    CRM_CASE,
    CRM_CHANGES,
    CRM_LOG,
    CRM_LOGIN,
    CRM_MENTION,
    CRM_PICKLISTS,
    CRM_PRIORITY,
    CRM_QUEUE,
    CRM_RIGHTS,
    CRM_SETUP,
    CRM_STATUS,
    CRM_VERSION,
    SILENT,
    UNASKED,
    Check,
    Finding,
)
from retention.domain.people import Person
from retention.salesforce import diagnosis
from retention.salesforce.crm import SalesforceCrm
from retention.salesforce.errors import (
    FateUnknown,
    LoginFailed,
    QueryTooSlow,
    RowLocked,
    SessionEnded,
    Unavailable,
    UnreadableAnswer,
)

STEP_SECONDS: Final = 10.0
_OURS: Final = {check.name.partition(".")[2]: check for check in CHECKS}
_PASSING: Final = frozenset(
    error.__name__
    for error in (
        Unavailable,
        FateUnknown,
        UnreadableAnswer,
        RowLocked,
        QueryTooSlow,
        SessionEnded,
        LoginFailed,
    )
)
"""Codes of the adapter that say no more than that nothing useful came back."""
_UNTOLD: Final = frozenset({"email", "user", "id", "said"})
"""What the adapter knows and the operator need not: people, ids, and texts of people."""


class Diagnosable(Protocol):
    def diagnose(
        self, *, lead_emails: Sequence[str], case_number: str | None
    ) -> AsyncIterator[diagnosis.Check]:
        """Check one thing after the other; writes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class CrmPatient:
    """Who is asked about Salesforce, about whom, and on which Caso.

    One that nobody named may well be a Caso that was registered without Salesforce.
    """

    crm: Diagnosable
    has_log: bool
    leads: Sequence[Person]
    case_number: str | None
    is_named: bool = True
    step_seconds: float = STEP_SECONDS

    async def findings(self) -> list[Finding]:
        """Ask step by step; after one that hangs, or a refused login, the rest is not asked."""
        found: list[Finding] = []
        steps = self.crm.diagnose(lead_emails=list(self._names), case_number=self.case_number)
        try:
            while (told := await self._next(steps)) is not None:
                found.append(self._finding(told))
        except TimeoutError:
            check = self._expected[min(len(found), len(self._expected) - 1)]
            found.append(check.found(SILENT, seconds=round(self.step_seconds)))
        if self.case_number is None:
            found.append(CRM_CASE.found("none"))
        asked = {finding.check for finding in found}
        left = {check.name: check for check in self._expected if check.name not in asked}
        return [*found, *(check.found(UNASKED) for check in left.values())]

    async def _next(self, steps: AsyncIterator[diagnosis.Check]) -> diagnosis.Check | None:
        async with asyncio.timeout(self.step_seconds):
            return await anext(steps, None)

    @property
    def _names(self) -> Mapping[str, str]:
        return {lead.email: lead.name for lead in self.leads if lead.email}

    @property
    def _expected(self) -> list[Check]:
        expected = [CRM_LOGIN, CRM_VERSION, CRM_PICKLISTS, CRM_STATUS, CRM_PRIORITY, CRM_QUEUE]
        expected.append(CRM_RIGHTS)
        if self.has_log:
            expected.append(CRM_LOG)
        if self.case_number is not None:
            expected += [CRM_CASE, CRM_CHANGES, *([CRM_MENTION] * len(self._names))]
        return [*expected, CRM_ALLOCATION]

    def _finding(self, told: diagnosis.Check) -> Finding:
        check = _OURS[told.name]
        values = {name: value for name, value in told.values.items() if name not in _UNTOLD}
        if email := told.values.get("email"):
            values["person"] = self._names[email]
        code = told.code.lower()
        if (check, code) == (CRM_CASE, "not_visible") and not self.is_named:
            return check.found("not_seen", **values)
        if code in check.levels:
            return check.found(code, **values)
        why = told.values.get("why", told.code)
        if check is CRM_LOGIN:
            return check.found("failed", why=why)
        return check.found("unreachable" if told.code in _PASSING else "refused", why=why)


async def salesforce(
    session: aiohttp.ClientSession,
    *,
    leads: Sequence[Person],
    named: str | None,
    known: str | None = None,
) -> list[Finding]:
    """Read the settings of the CRM and, where there is one, ask it everything.

    `named` is the Caso that the operator wants tried, `known` one to try where there is none.
    """
    try:
        config = read_salesforce().config
        if config is None:
            return [CRM_SETUP.found("absent")]
        crm = SalesforceCrm(config, session=session)
    except InvalidSettings as error:
        return [CRM_SETUP.found(error.code, names=error.names)]
    except ValueError:
        return [CRM_SETUP.found("unreadable_key", names="SALESFORCE_PRIVATE_KEY_FILE")]
    patient = CrmPatient(
        crm=crm,
        has_log=config.log_object is not None,
        leads=leads,
        case_number=named or known or None,
        is_named=bool(named),
    )
    return [CRM_SETUP.found("ok", url=config.url), *await patient.findings()]
