"""One HTTP call to Salesforce as one user: signed, sent, told of, and what its answer means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import orjson
import structlog
from yarl import URL

from retention.salesforce.errors import LoginFailed, SessionEnded, failure, interrupted, problem
from retention.salesforce.login import Login, Logins

_NO_CONTENT: Final = 204
_NEVER_SENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_USAGE: Final = re.compile(r"(?<![\w-])api-usage=(\d+)/(\d+)")
log = structlog.get_logger(__name__)

ObserveCall = Callable[[str, str, float], None]
"""Told of each HTTP call: the operation, `ok` or the code of what went wrong, and the seconds."""
ObserveUsage = Callable[[int, int], None]
"""Told how many of the organisation's daily calls are used, and how many there are."""


@dataclass(frozen=True, slots=True)
class Call:
    operation: str
    method: str
    path: str
    params: Mapping[str, str] | None
    body: bytes | None = field(repr=False)
    headers: Mapping[str, str]
    repeatable: bool


class Transport:
    """Send calls over one pooled session.

    Raises Unavailable, RowLocked or another TransientError of `errors`, LoginFailed, or Refused.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        logins: Logins,
        clock: Callable[[], float],
        observe_call: ObserveCall,
        observe_usage: ObserveUsage,
    ) -> None:
        self._session, self._logins, self._clock = session, logins, clock
        self._observe_call, self._observe_usage = observe_call, observe_usage
        self.usage: tuple[int, int] | None = None
        """Daily calls used and allowed, as the last answer told."""

    async def user_id(self) -> str:
        """Give the id of the user we act as."""
        return (await self._logins.current()).user_id

    async def answer(self, call: Call, deadline: float) -> Any:
        """Send a call, and once more after a new login where the session had ended.

        `deadline` is the moment of `clock` by which it gives up.
        """
        login = await self._logins.current()
        try:
            return await self._send(call, login, deadline)
        except SessionEnded:
            login = await self._logins.renew(login)
        try:
            return await self._send(call, login, deadline)
        except SessionEnded as error:
            raise LoginFailed("a new login is refused too") from error

    async def _send(self, call: Call, login: Login, deadline: float) -> Any:
        started = self._clock()
        try:
            async with self._session.request(
                call.method,
                URL(f"{login.base}{call.path}", encoded=True),
                params=call.params,
                data=call.body,
                headers={**call.headers, "Authorization": f"Bearer {login.token}"},
                timeout=aiohttp.ClientTimeout(total=max(deadline - started, 0.1), connect=5.0),
                allow_redirects=False,  # the token is for this host alone
            ) as answer:
                raw = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            why = type(error).__name__
            self._note(call, started, why)
            raise interrupted(
                f"{call.operation}: {why}",
                repeatable=call.repeatable or isinstance(error, _NEVER_SENT),
            ) from error
        self._note_usage(answer.headers)
        body = _parsed(raw)
        if answer.status < 300:  # noqa: PLR2004 - HTTP: below 300 is success
            if body is None and answer.status != _NO_CONTENT:
                self._note(call, started, "not_json")
                raise interrupted(f"{call.operation}: not JSON", repeatable=call.repeatable)
            self._note(call, started, "ok")
            return body
        found = problem(answer.status, body)
        self._note(call, started, found.code)
        raise failure(call.operation, found, repeatable=call.repeatable)

    def _note_usage(self, headers: Mapping[str, str]) -> None:
        if found := _USAGE.search(headers.get("Sforce-Limit-Info", "")):
            self.usage = (int(found[1]), int(found[2]))
            self._observe_usage(*self.usage)

    def _note(self, call: Call, started: float, outcome: str) -> None:
        seconds = self._clock() - started
        self._observe_call(call.operation, outcome, seconds)
        note = log.info if outcome == "ok" else log.warning
        note("crm.called", operation=call.operation, outcome=outcome, ms=round(seconds * 1000))


def _parsed(raw: bytes) -> Any:
    try:
        return orjson.loads(raw) if raw else None
    except orjson.JSONDecodeError:
        return None
