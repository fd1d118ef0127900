"""What is right and wrong with the organisation, one named check after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Final

from retention.salesforce.catalogue import PRIORITY, STATUS, Catalogue
from retention.salesforce.changes import Changes
from retention.salesforce.client import SalesforceClient
from retention.salesforce.config import SalesforceConfig
from retention.salesforce.feed import CaseFeed
from retention.salesforce.records import (
    CaseNumberRow,
    LogDescription,
    ObjectRights,
    Version,
    read,
    read_all,
)
from retention.salesforce.soql import case_by_number
from retention.services.ports.clock import Clock
from retention.services.ports.crm import CrmRefused
from retention.services.ports.failures import PermanentError, RetryAfter, TransientError

_WRITTEN: Final = ("OwnerId", STATUS, PRIORITY)
"""The fields of a Caso that a handover sets."""
_CREATED: Final = ("CaseComment", "FeedItem")
"""What a handover adds to a Caso: comments, and the post that mentions the lead."""
_WORTH_A_LOOK: Final = 0.8
"""Part of the daily calls that is a warning once it is used."""


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked. `code` says what was found, `values` the words of it.

    Names: login, version, picklists, status, priority, queue, rights, log, case, changes, mention
    (once for each lead), allocation. What could not be asked has the code of the error.
    """

    name: str
    verdict: Verdict
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


_Examine = Callable[[], Awaitable[Check]]


class Diagnosis:
    def __init__(
        self,
        *,
        client: SalesforceClient,
        catalogue: Catalogue,
        feed: CaseFeed,
        changes: Changes,
        config: SalesforceConfig,
        now: Clock,
    ) -> None:
        self._client, self._catalogue, self._config = client, catalogue, config
        self._feed, self._changes, self._now = feed, changes, now

    async def run(
        self, *, lead_emails: Sequence[str], case_number: str | None
    ) -> AsyncIterator[Check]:
        """Check one thing after the other; without a login nothing else can be checked."""
        login = await _checked("login", self._login)
        yield login
        if login.verdict is Verdict.FAIL:
            return
        for name, examine in self._always():
            yield await _checked(name, examine)
        if case_number is not None:
            case = await _checked("case", partial(self._case, case_number))
            yield case
            if case.verdict is Verdict.OK:
                case_id = case.values["id"]
                yield await _checked("changes", partial(self._read_changes, case_id))
                for email in lead_emails:
                    yield await _checked("mention", partial(self._mention, case_id, email))
        yield self._allocation()

    def _always(self) -> Sequence[tuple[str, _Examine]]:
        checks: list[tuple[str, _Examine]] = [
            ("version", self._version),
            ("picklists", self._picklists),
            ("status", self._status),
            ("priority", self._priority),
            ("queue", self._queue),
            ("rights", self._rights),
        ]
        if self._config.log_object is not None:
            checks.append(("log", partial(self._log, self._config.log_object)))
        return checks

    async def _login(self) -> Check:
        return Check("login", Verdict.OK, "logged_in", {"user": await self._client.user_id()})

    async def _version(self) -> Check:
        answer = await self._client.request("version", "GET", "/services/data")
        versions = [f"v{one.version}" for one in read_all(Version, answer)]
        is_there = self._config.api_version in versions
        return Check(
            "version",
            Verdict.OK if is_there else Verdict.FAIL,
            "served" if is_there else "not_served",
            {"version": self._config.api_version, "newest": versions[-1]},
        )

    async def _picklists(self) -> Check:
        await self._catalogue.picklists()
        return Check("picklists", Verdict.OK, "readable")

    async def _status(self) -> Check:
        choice = (await self._catalogue.picklists()).status.resolve(self._config.status)
        values = {"label": choice.label, "value": choice.value}
        if choice.is_closed:
            return Check("status", Verdict.WARN, "ends_the_case", values)
        return Check("status", Verdict.OK, "found", values)

    async def _priority(self) -> Check:
        choice = (await self._catalogue.picklists()).priority.resolve(self._config.priority)
        return Check(
            "priority", Verdict.OK, "found", {"label": choice.label, "value": choice.value}
        )

    async def _queue(self) -> Check:
        queue = await self._catalogue.queue()
        return Check("queue", Verdict.OK, "found", {"name": queue.name, "id": queue.id})

    async def _rights(self) -> Check:
        """Ask what we may write. Salesforce: to describe an object tells what its asker may do."""
        case = read(ObjectRights, await self._describe("Case"))
        ours = {one.name for one in case.fields if one.updateable}
        lacking = [f"Case.{name}" for name in _WRITTEN if name not in ours]
        lacking += [name for name in _CREATED if not await self._may_create(name)]
        if lacking:
            return Check("rights", Verdict.FAIL, "lacking", {"what": ", ".join(lacking)})
        return Check("rights", Verdict.OK, "enough")

    async def _may_create(self, name: str) -> bool:
        return read(ObjectRights, await self._describe(name)).createable

    async def _describe(self, name: str) -> object:
        return await self._client.request("describe", "GET", f"sobjects/{name}/describe")

    async def _log(self, name: str) -> Check:
        answer = await self._describe(name)
        fields = {one.name: one for one in read(LogDescription, answer).fields}
        names = self._config.fields
        values = {"object": name, "field": names.log_key}
        if not {names.log_key, names.log_case} <= fields.keys():
            return Check("log", Verdict.FAIL, "field_missing", values)
        if not fields[names.log_key].unique:
            return Check("log", Verdict.FAIL, "key_not_unique", values)
        return Check("log", Verdict.OK, "found", values)

    async def _case(self, number: str) -> Check:
        rows = await self._client.query("case", case_by_number(number))
        found = read_all(CaseNumberRow, rows)
        if not found:
            return Check("case", Verdict.FAIL, "not_visible", {"number": number})
        return Check("case", Verdict.OK, "found", {"number": number, "id": found[0].id})

    async def _read_changes(self, case_id: str) -> Check:
        await self._changes.read([case_id], self._now())
        if refused := self._changes.refused:
            why = ", ".join(f"{part}: {code}" for part, code in refused.items())
            return Check("changes", Verdict.FAIL, "part_unreadable", {"why": why})
        return Check("changes", Verdict.OK, "readable")

    async def _mention(self, case_id: str, email: str) -> Check:
        user = await self._catalogue.user(email)
        if user is None:
            return Check("mention", Verdict.FAIL, "no_user", {"email": email})
        is_allowed = await self._feed.may_mention(case_id, user)
        return Check(
            "mention",
            Verdict.OK if is_allowed else Verdict.FAIL,
            "allowed" if is_allowed else "no_access",
            {"email": email, "user": user},
        )

    def _allocation(self) -> Check:
        """Judge the daily calls by what the last answer told of them."""
        if self._client.usage is None:
            return Check("allocation", Verdict.WARN, "not_told")
        used, limit = self._client.usage
        is_fine = used < limit * _WORTH_A_LOOK
        return Check(
            "allocation",
            Verdict.OK if is_fine else Verdict.WARN,
            "enough" if is_fine else "nearly_used_up",
            {"used": str(used), "limit": str(limit)},
        )


async def _checked(name: str, examine: _Examine) -> Check:
    """Examine one thing; a failure of any kind is a finding too."""
    try:
        return await examine()
    except CrmRefused as refused:
        return Check(name, Verdict.FAIL, refused.code, {"said": refused.said})
    except RetryAfter as pause:
        return Check(name, Verdict.FAIL, "limit_reached", {"seconds": f"{pause.seconds:.0f}"})
    except (TransientError, PermanentError) as error:
        return Check(name, Verdict.FAIL, type(error).__name__, {"why": str(error)})
    except ValueError as error:
        return Check(name, Verdict.FAIL, "wrong_setting", {"why": str(error)})
