"""The handover of a Caso: queue, status, priority and comment at once, then the lead's mention."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from retention.domain.events import HandoverStep
from retention.salesforce import reading
from retention.salesforce.catalogue import PRIORITY, STATUS, Catalogue, Targets
from retention.salesforce.client import SalesforceClient
from retention.salesforce.comments import Comments, comment_body
from retention.salesforce.composite import Part
from retention.salesforce.config import SalesforceConfig
from retention.salesforce.errors import Refused
from retention.salesforce.feed import CaseFeed
from retention.salesforce.records import ChangedCaseRow, HistoryRow, Json, read_all
from retention.salesforce.soql import checked_id, same_id
from retention.services.ports.clock import Clock
from retention.services.ports.crm import CrmRefused, HandoverOrder, MentionGap, StepReading

_LOOK_BACK: Final = timedelta(days=7)
"""How old a change may be for us to tell who made it."""
_STALE: Final = frozenset(
    {"INVALID_CROSS_REFERENCE_KEY", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"}
)
"""Codes that say that something we looked up is no longer so."""
_FIELDS: Final = {
    HandoverStep.QUEUE: "OwnerId",
    HandoverStep.STATUS: STATUS,
    HandoverStep.PRIORITY: PRIORITY,
}
_IN_HISTORY: Final = {
    HandoverStep.QUEUE: "Owner",
    HandoverStep.STATUS: STATUS,
    HandoverStep.PRIORITY: PRIORITY,
}


class Handover:
    def __init__(
        self,
        *,
        client: SalesforceClient,
        catalogue: Catalogue,
        comments: Comments,
        feed: CaseFeed,
        config: SalesforceConfig,
        now: Clock,
    ) -> None:
        self._client, self._catalogue, self._config = client, catalogue, config
        self._comments, self._feed, self._now = comments, feed, now

    async def hand_over(self, order: HandoverOrder) -> None:
        """Set queue, status and priority, and comment, in one transaction and once per key.

        Raises CrmRefused `KEY_IN_USE` where the log has the key, and the Caso not its comment:
        then somebody else wrote under it, to another Caso.
        """
        if not await self._comments.exists(order.case, order.key):
            await self._with_targets(lambda targets: self._move(order, targets))

    async def repair(self, case: str, steps: Sequence[HandoverStep]) -> None:
        """Set queue, status or priority again."""
        wanted = [step for step in steps if step in _FIELDS]
        if not wanted:
            return
        path = f"sobjects/Case/{checked_id(case)}"

        async def write(targets: Targets) -> None:
            values = _values(targets)
            body = {_FIELDS[step]: values[step] for step in wanted}
            await self._client.request("repair", "PATCH", path, body=body)

        await self._with_targets(write)

    async def mention(self, order: HandoverOrder) -> None:
        """Post once per key, mentioning the lead where Salesforce lets us."""
        if await self._feed.find(order.case, order.key) is None:
            whom = await self._lead(order)
            await self._feed.post(
                order.case,
                key=order.key,
                text=order.post,
                mentioning=None if isinstance(whom, MentionGap) else whom,
            )

    async def read(self, order: HandoverOrder) -> Mapping[HandoverStep, StepReading]:
        """Read the four steps back."""
        targets, picklists = await self._catalogue.targets(), await self._catalogue.picklists()
        case, history = await self._read_case(order.case)

        def reading_of(step: HandoverStep, found: str, *, is_done: bool) -> StepReading:
            return StepReading(is_done, found, changed_by=_changed_by(step, case, history))

        return {
            HandoverStep.MENTION: await self._read_mention(order),
            HandoverStep.QUEUE: reading_of(
                HandoverStep.QUEUE,
                (case.owner and case.owner.name) or "",
                is_done=same_id(case.owner_id, targets.queue.id),
            ),
            HandoverStep.STATUS: reading_of(
                HandoverStep.STATUS,
                picklists.status.label(case.status),
                is_done=case.status == targets.status.value,
            ),
            HandoverStep.PRIORITY: reading_of(
                HandoverStep.PRIORITY,
                picklists.priority.label(case.priority),
                is_done=case.priority == targets.priority.value,
            ),
        }

    async def _with_targets(self, write: Callable[[Targets], Awaitable[None]]) -> None:
        """Write with what was looked up; once more, looked up anew, when that was out of date."""
        try:
            await write(await self._catalogue.targets())
        except CrmRefused as refused:
            if refused.code not in _STALE:
                raise
            self._catalogue.forget()
            await write(await self._catalogue.targets())

    async def _move(self, order: HandoverOrder, targets: Targets) -> None:
        values = _values(targets)
        fields: Json = {field: values[step] for step, field in _FIELDS.items()}
        comment = comment_body(order.case, key=order.key, text=order.comment)
        parts = [
            Part("case", "PATCH", f"sobjects/Case/{checked_id(order.case)}", fields),
            Part("comment", "POST", "sobjects/CaseComment", comment),
        ]
        log = self._config.log_object
        if log is not None:
            names = self._config.fields
            entry = {names.log_key: order.key, names.log_case: order.case}
            parts.append(Part("log", "POST", f"sobjects/{log}", entry))
        try:
            await self._client.transaction("hand_over", parts, idempotent=log is not None)
        except Refused as refused:
            if not (refused.is_duplicate and refused.part == "log"):
                raise
            if not await self._comments.exists(order.case, order.key):
                raise CrmRefused("KEY_IN_USE") from refused

    async def _lead(self, order: HandoverOrder) -> str | MentionGap:
        """Find the user to mention, or say why there is none."""
        if not order.lead_email:
            return MentionGap.NO_LEAD
        user = await self._catalogue.user(order.lead_email)
        if user is None:
            return MentionGap.NO_USER
        is_allowed = await self._feed.may_mention(order.case, user)
        return user if is_allowed else MentionGap.NO_ACCESS

    async def _read_mention(self, order: HandoverOrder) -> StepReading:
        post = await self._feed.find(order.case, order.key)
        if post is None:
            return StepReading(is_done=False, found=MentionGap.NO_POST)
        by = (post.actor and post.actor.display_name) or ""
        if post.mentioned is not None:
            return StepReading(is_done=True, found=post.mentioned, changed_by=by)
        why = await self._lead(order)
        gap = why if isinstance(why, MentionGap) else MentionGap.NO_MENTION
        return StepReading(is_done=False, found=gap, changed_by=by)

    async def _read_case(self, case: str) -> tuple[ChangedCaseRow, list[HistoryRow]]:
        """Read a Caso and its last changes in one call, the newest change first.

        Where the history may not be read it is as if none were kept.
        """
        since = self._now() - _LOOK_BACK
        found = await self._client.queries(
            "read_handover",
            {
                "case": reading.CASES.statement([case], reading.EVER),
                "history": reading.HISTORY.statement([case], since),
            },
        )
        if refused := found.refused.get("case"):
            raise refused
        cases = read_all(ChangedCaseRow, found.rows["case"])
        if not cases:
            raise CrmRefused("CASE_NOT_VISIBLE")
        first = found.rows.get("history", [])
        history = await reading.HISTORY.read(self._client, [case], since, first=first)
        return cases[0], history[::-1]


def _values(targets: Targets) -> Mapping[HandoverStep, str]:
    return {
        HandoverStep.QUEUE: targets.queue.id,
        HandoverStep.STATUS: targets.status.value,
        HandoverStep.PRIORITY: targets.priority.value,
    }


def _changed_by(step: HandoverStep, case: ChangedCaseRow, history: Sequence[HistoryRow]) -> str:
    """Name who changed the field of a step last.

    Where Salesforce keeps no history of any field, whoever changed the Caso is the best guess.
    """
    authors = [row.created_by for row in history if row.field == _IN_HISTORY[step]]
    author = authors[0] if authors else None if history else case.last_modified_by
    return (author and author.name) or ""
