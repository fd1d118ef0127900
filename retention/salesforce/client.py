"""Salesforce's REST API: requests, queries and composites, tried again where that is right."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote

import aiohttp
import orjson
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from retention.salesforce.composite import (
    KEEP_THE_OWNER,
    Answers,
    Part,
    read_each,
    read_whole,
    writes_case,
)
from retention.salesforce.errors import Refused, RowLocked, Unavailable, UnreadableAnswer
from retention.salesforce.limit import DailyLimit
from retention.salesforce.login import Logins
from retention.salesforce.records import Json
from retention.salesforce.transport import Call, ObserveCall, ObserveUsage, Transport

T = TypeVar("T")

_TRIES: Final = 3
_TRIES_ON_LOCK: Final = 5
_EVERY_CALL: Final = {
    "Content-Type": "application/json",
    "Sforce-Call-Options": "client=recoverybot",
    # Connect API: else what people wrote comes with HTML entities.
    "X-Chatter-Entity-Encoding": "false",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of each of several statements, by its name; those that were refused have none."""

    rows: Mapping[str, list[Json]]
    refused: Mapping[str, Refused]


class SalesforceClient:
    """Call Salesforce as one user; a call with all its tries takes `total_seconds` at most.

    Paths are relative to the API version. A record lock is tried again 5 times, an outage 3 times
    and only where doing a call twice is doing it once: by default everything but POST. While the
    daily limit is reached only one call a minute is made. Every call raises RetryAfter, another
    TransientError of `errors`, or Refused.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        logins: Logins,
        api_version: str,
        total_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        observe_call: ObserveCall = lambda _operation, _outcome, _seconds: None,
        observe_usage: ObserveUsage = lambda _used, _limit: None,
    ) -> None:
        self._transport = Transport(
            session=session,
            logins=logins,
            clock=clock,
            observe_call=observe_call,
            observe_usage=observe_usage,
        )
        self._total_seconds = total_seconds
        self._root = f"/services/data/{api_version}"
        self._clock, self._sleep = clock, sleep
        self._limit = DailyLimit(clock=clock)

    @property
    def usage(self) -> tuple[int, int] | None:
        """Daily calls used and allowed, as the last answer told."""
        return self._transport.usage

    @property
    def usage_share(self) -> float | None:
        """Tell which part of the daily calls is used; None before any answer told."""
        return None if self.usage is None else self.usage[0] / max(self.usage[1], 1)

    async def user_id(self) -> str:
        """Give the id of the user we act as."""
        return await self._transport.user_id()

    async def request(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        idempotent: bool | None = None,
    ) -> Any:
        """Make one call; returns the parsed answer, None when it has no body.

        `operation` names the call in logs and metrics; a path that begins with `/` is absolute.
        """
        call = self._call(operation, method, path, params=params, body=body, idempotent=idempotent)

        async def attempt(deadline: float) -> Any:
            return await self._transport.answer(call, deadline)

        return await self._persist(attempt)

    async def query(self, operation: str, statement: str) -> list[Json]:
        """Read all the rows of a SOQL statement, page after page."""
        answer = await self.request(operation, "GET", "query", params={"q": statement})
        return await self._rows(operation, answer)

    async def queries(self, operation: str, statements: Mapping[str, str]) -> Found:
        """Read up to five SOQL statements in one call, each for itself."""
        parts = [
            Part(name, "GET", f"query?q={quote(statement, safe='')}")
            for name, statement in statements.items()
        ]

        def read(answer: Any) -> Answers:
            return read_each(operation, answer)

        answers = await self._composite(
            operation, parts, all_or_none=False, idempotent=True, read=read
        )
        rows = {name: await self._rows(operation, body) for name, body in answers.bodies.items()}
        return Found(rows, answers.refused)

    async def transaction(
        self, operation: str, parts: Sequence[Part], *, idempotent: bool
    ) -> Mapping[str, Any]:
        """Make up to 25 calls of which all take effect or none; gives each answer under its name.

        Raises what the part that failed by itself would raise: `Refused.part` names it.
        """

        def read(answer: Any) -> Mapping[str, Any]:
            return read_whole(operation, answer, repeatable=idempotent)

        return await self._composite(
            operation, parts, all_or_none=True, idempotent=idempotent, read=read
        )

    async def _composite(
        self,
        operation: str,
        parts: Sequence[Part],
        *,
        all_or_none: bool,
        idempotent: bool,
        read: Callable[[Any], T],
    ) -> T:
        body = {
            "allOrNone": all_or_none,
            "compositeRequest": [part.asked(self._root) for part in parts],
        }
        call = self._call(
            operation,
            "POST",
            "composite",
            body=body,
            idempotent=idempotent,
            keeps_owner=any(writes_case(part.method, part.path) for part in parts),
        )

        async def attempt(deadline: float) -> T:
            return read(await self._transport.answer(call, deadline))

        return await self._persist(attempt)

    def _call(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        idempotent: bool | None = None,
        keeps_owner: bool = False,
    ) -> Call:
        keeps_owner = keeps_owner or writes_case(method, path)
        return Call(
            operation=operation,
            method=method,
            path=path if path.startswith("/") else f"{self._root}/{path}",
            params=params,
            body=None if body is None else orjson.dumps(body),
            headers={**_EVERY_CALL, **(KEEP_THE_OWNER if keeps_owner else {})},
            repeatable=method != "POST" if idempotent is None else idempotent,
        )

    async def _rows(self, operation: str, answer: Any) -> list[Json]:
        """Collect the rows of a query's first answer and of the pages that follow."""
        rows: list[Json] = []
        while True:
            if not isinstance(answer, dict) or not isinstance(answer.get("records"), list):
                raise UnreadableAnswer(f"{operation}: no records")
            rows += answer["records"]
            following = answer.get("nextRecordsUrl")
            if answer.get("done", True) or not following:
                return rows
            answer = await self.request(operation, "GET", str(following))

    async def _persist(self, attempt: Callable[[float], Awaitable[T]]) -> T:
        """Try until it succeeds, time or tries are over, or trying again would be wrong."""
        deadline = self._clock() + self._total_seconds
        retrying = AsyncRetrying(
            retry=retry_if_exception_type((Unavailable, RowLocked)),
            stop=lambda state: _tried_enough(state) or self._is_late(state, deadline),
            wait=wait_random_exponential(multiplier=0.25, min=0.1, max=4.0),
            sleep=self._sleep,
            reraise=True,
        )
        with self._limit.watched():
            return await retrying(attempt, deadline)

    def _is_late(self, state: RetryCallState, deadline: float) -> bool:
        return self._clock() + state.upcoming_sleep >= deadline


def _tried_enough(state: RetryCallState) -> bool:
    is_locked = state.outcome is not None and isinstance(state.outcome.exception(), RowLocked)
    return state.attempt_number >= (_TRIES_ON_LOCK if is_locked else _TRIES)
