"""The whole bot over HTTP for a very long run: a Teams that forgets, wide limits, an ear."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NoReturn

import pytest
import structlog
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError

from tests.fake_connector import Call, FakeConnector, RosterMember
from tests.fuzz.words import CANARIES
from tests.scenarios.office import ROSTER, Office, open_office

HOSTILE = tuple(
    RosterMember(f"29:zq-{number}", f"00000000-0000-0000-0000-00000000f{number:03d}", name)
    for number, name in enumerate(CANARIES)
)
"""People of the team whose display names are attacks."""
_KEPT_THREADS = 150
_KEPT_MESSAGES = 20
_LIMITS = (
    *("CHANNEL_SENDS_PER_SECOND", "CHANNEL_SENDS_PER_30_SECONDS"),
    *("PERSON_TURNS_AT_ONCE", "PERSON_TURNS_PER_SECOND"),
)
_NO_HTTP = (HttpProcessingError, RequestPayloadError)
"""What aiohttp logs as an error of its own when a request is no HTTP; the status tells the rest."""


class ForgetfulTeams(FakeConnector):
    """A fake Teams that hands each message over once and keeps the newest threads alone."""

    def __init__(self) -> None:
        super().__init__((*ROSTER, *HOSTILE))

    def take_calls(self) -> list[Call]:
        """Give the answered calls that nobody has taken yet."""
        answered = [call for call in self.calls if call.status]
        self.calls = [call for call in self.calls if not call.status]
        return answered

    def forget_old(self) -> None:
        for thread in list(self._threads)[:-_KEPT_THREADS]:
            self._forget(thread, self._threads.pop(thread))
        for thread, messages in self._threads.items():
            self._forget(thread, messages[:-_KEPT_MESSAGES])
            del messages[:-_KEPT_MESSAGES]

    def _forget(self, thread: str, messages: list[str]) -> None:
        for message in messages:
            self._messages.pop((thread.partition(";")[0], message), None)


class Ear:
    """Listens to every log: counts events, keeps what no log of a healthy bot holds."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.faults: list[str] = []

    def __call__(self, _logger: Any, method: str, event: MutableMapping[str, Any]) -> NoReturn:
        """Take part in structlog as its only processor."""
        details = [
            str(event[name]) for name in ("kind", "status", "reason", "error") if name in event
        ]
        self.events[" ".join([method, event["event"], *details])] += 1
        if method in {"error", "critical", "exception"}:
            trace = traceback.format_exc() if event.get("exc_info") else ""
            self.faults.append(f"{event['event']} {event.get('error', '')} {trace[-1500:]}")
        raise structlog.DropEvent

    def take_faults(self) -> list[str]:
        faults, self.faults = self.faults, []
        return faults

    @contextmanager
    def listening(self) -> Iterator[None]:
        before = structlog.get_config()
        structlog.configure(processors=[self], cache_logger_on_first_use=False)
        handler = _Handler(self)
        logging.getLogger().addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)
            structlog.configure(**before)


class _Handler(logging.Handler):
    """Hears the libraries: the HTTP server, the event loop, the engine."""

    def __init__(self, ear: Ear) -> None:
        super().__init__(logging.ERROR)
        self._ear = ear

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, _NO_HTTP):
            return
        self._ear.faults.append(f"{record.name}: {self.format(record)[-1500:]}")


@asynccontextmanager
async def open_house(database_url: str, teams: FakeConnector) -> AsyncIterator[Office]:
    """Run the bot with limits that no fuzzing reaches."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _LIMITS:
            patch.setenv(name, "1000000")
        async with open_office(database_url, teams) as office:
            yield office
