"""What the core needs from outside, in its own words. Adapters implement these Protocols.

Storage, the engine, Teams and the CRM meet only here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from retention.domain.case import Case, CaseNumber
from retention.domain.case_line import CaseLine
from retention.domain.digest import Digest
from retention.domain.draft import Draft, Place
from retention.domain.events import Event
from retention.domain.notices import PersonalChat
from retention.domain.people import Absence, Person, PersonId, PersonRef
from retention.domain.playbook import Playbooks
from retention.domain.rehearsal import Run
from retention.domain.report import CaseFigures, Span
from retention.services.crm_journal import CrmJournal

Clock = Callable[[], datetime]
"""The present moment, aware, in UTC."""


class TransientError(Exception):
    """The outside failed for now; the same call may succeed later.

    `outcome_unknown` tells that the call may have taken effect although its answer was lost.
    """

    def __init__(self, message: str = "", *, outcome_unknown: bool = False) -> None:
        super().__init__(message)
        self.outcome_unknown = outcome_unknown


class RetryAfter(TransientError):
    """The outside asked for a pause of so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"retry after {seconds:.1f} s")
        self.seconds = seconds


class PermanentError(Exception):
    """The outside will never accept this; somebody must look."""


class Unreachable(PermanentError):
    """A person cannot be written to: they have blocked the bot, or it does not know them."""


class MessageGone(PermanentError):
    """The message to edit no longer exists in its conversation."""


# ---- storage -------------------------------------------------------------------------------------


class CaseFilter(StrEnum):
    """Which cases a list shows."""

    OPEN = "open"
    MINE = "mine"
    """Open ones that the person opened or owns."""
    UNCLAIMED = "unclaimed"
    WATCHED = "watched"


class CaseRepository(Protocol):
    async def next_number(self) -> CaseNumber: ...

    async def add(self, case: Case, events: Sequence[Event]) -> None:
        """Insert a case with its first events. Raises DuplicateOpenCase."""
        ...

    async def save(self, case: Case, events: Sequence[Event]) -> None:
        """Write a changed case and append its new events.

        `case.version` has risen by one per event; raises StaleCase when another change won.
        """
        ...

    async def get(self, number: CaseNumber) -> Case:
        """Raises CaseNotFound."""
        ...

    async def open_for(self, crm_case_number: str) -> Case | None: ...

    async def opened_any(self, person: PersonId) -> bool:
        """Tell whether a person has ever opened a case."""
        ...

    async def closed_for(self, crm_case_number: str, *, limit: int) -> Sequence[CaseLine]:
        """List ended cases of the same Caso, newest first."""
        ...

    async def list(self, which: CaseFilter, *, person: PersonId, limit: int) -> Sequence[CaseLine]:
        """List cases, oldest first (watched ones: newest first)."""
        ...

    async def search(self, text: str, *, limit: int) -> Sequence[CaseLine]:
        """Find cases by Caso number or by words of the customer's name, newest first."""
        ...


class DraftRepository(Protocol):
    async def start(self, draft: Draft, *, source: str) -> Draft:
        """Insert a draft; the same source again returns the draft it began the first time."""
        ...

    async def get(self, draft_id: str) -> Draft:
        """Raises DraftNotFound."""
        ...

    async def save(self, draft: Draft, *, read_version: int) -> bool:
        """Write a draft if nobody changed it since `read_version`; False when somebody did."""
        ...

    async def place_message(self, draft_id: str, message: str) -> None:
        """Remember the id of the message that shows the draft."""
        ...

    async def forget_unfinished(self, *, begun_before: datetime, limit: int) -> int:
        """Delete up to `limit` drafts that never ended; returns how many there were."""
        ...


class ThreadRepository(Protocol):
    """Where each case is discussed, and which message is its living card."""

    async def get(self, number: CaseNumber) -> CaseThread: ...

    async def case_in(self, conversation: str) -> CaseNumber | None:
        """Find the newest case that is discussed in a conversation of the messenger."""
        ...

    async def save(self, thread: CaseThread) -> None:
        """Insert or replace."""
        ...


@dataclass(frozen=True, slots=True)
class CaseThread:
    """`place` is None until the channel post of a case begun elsewhere exists.

    `receipt` is the form in the author's personal chat that became a receipt.
    """

    number: CaseNumber
    service_url: str
    place: Place | None
    receipt: Place | None = None


class AuditLog(Protocol):
    async def refused(
        self, *, at: datetime, by: PersonRef, action: str, number: CaseNumber | None, why: str
    ) -> None:
        """Append that somebody tried what they may not do."""
        ...


class PlaybookRepository(Protocol):
    """The catalogues of playbooks there have been, by version."""

    async def get(self, version: str) -> Playbooks | None: ...

    async def add(self, playbooks: Playbooks, *, at: datetime) -> None:
        """Keep a catalogue under its version; again is harmless."""
        ...


class RehearsalRepository(Protocol):
    """How far each person is in the rehearsal, and how well they did before."""

    async def start(self, run: Run) -> Run:
        """Insert a run, unless the person has an open one: that one is returned."""
        ...

    async def get(self, run_id: str) -> Run | None: ...

    async def save(self, run: Run, *, read_version: int) -> bool:
        """Write how far a run is, if nobody changed it since `read_version`; else False."""
        ...

    async def best(self, person: PersonId, *, but: str) -> Run | None:
        """Find the ended run with the most right answers, the newest of equals, but for one."""
        ...


class FiguresRepository(Protocol):
    """What reports count of cases."""

    async def between(self, span: Span) -> Sequence[CaseFigures]:
        """List the cases to which something countable happened in a span, oldest first."""
        ...

    async def open_at(self, moment: datetime) -> Sequence[CaseFigures]:
        """List the cases that were open at a moment, oldest first."""
        ...

    async def exceptions(self) -> Sequence[CaseFigures]:
        """List the cases ended by exception that no leader has seen yet, oldest first."""
        ...


class DigestState(StrEnum):
    DUE = "due"
    EMPTY = "empty"
    """There was nothing to say."""
    SENDING = "sending"
    SENT = "sent"
    LATE = "late"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """The messenger will never accept it."""


@dataclass(frozen=True, slots=True)
class DigestRun:
    """The digest of one leader and day, which tells what happened from `since` until `at`."""

    leader: PersonId
    day: date
    at: datetime
    since: datetime
    state: DigestState


class DigestRepository(Protocol):
    async def begin(self, run: DigestRun) -> bool:
        """Insert the digest of a leader and day; False when there is one already."""
        ...

    async def get(self, leader: PersonId, day: date) -> DigestRun | None: ...

    async def begun(self, day: date, *, of: Collection[PersonId]) -> frozenset[PersonId]:
        """Tell who of some leaders has a digest of a day."""
        ...

    async def last(self, leader: PersonId, *, before: date) -> datetime | None:
        """Tell up to which moment a leader was told, by a digest of an earlier day."""
        ...

    async def move(self, leader: PersonId, day: date, *, of: DigestState, to: DigestState) -> bool:
        """Bring a digest from one state to another; False when it was not in the first."""
        ...


class ChatRepository(Protocol):
    """Where the bot speaks with a person alone."""

    async def get(self, person: PersonId) -> PersonalChat:
        """Give what is known of a person's chat; nothing known is a chat without a place."""
        ...

    async def save(self, chat: PersonalChat) -> None:
        """Insert or replace."""
        ...

    async def newest_address(self) -> str | None:
        """Give the messenger's address as the newest case knows it."""
        ...


class Welcomes(Protocol):
    """The conversations that were welcomed."""

    async def contains(self, conversation: str) -> bool: ...

    async def add(self, conversation: str, *, at: datetime) -> None:
        """Remember a conversation; again is harmless."""
        ...


@dataclass(frozen=True, slots=True)
class BuriedEffect:
    """An effect the engine gave up: what it was, and why and when it was given up.

    `error` is the name of the error's class. `replays` counts the replays that failed too.
    """

    key: str
    subscriber: str
    number: CaseNumber
    version: int
    error: str
    buried_at: datetime
    replays: int = 0


class Burials(Protocol):
    """The effects that were given up and have not succeeded since."""

    async def add(self, buried: BuriedEffect) -> None:
        """Insert or replace."""
        ...

    async def get(self, key: str) -> BuriedEffect | None: ...

    async def all(self) -> Sequence[BuriedEffect]:
        """List them, oldest first."""
        ...

    async def count(self) -> int: ...

    async def remove(self, key: str) -> bool:
        """Forget one; False when there was none."""
        ...


@dataclass(frozen=True, slots=True)
class Alarm:
    """When a case is to be looked at: something may be due. Never what: its history says that."""

    number: CaseNumber
    at: datetime


class Alarms(Protocol):
    """At most one alarm for each case. One that rings for nothing is harmless."""

    async def set(self, alarm: Alarm) -> None:
        """Insert or replace."""
        ...

    async def rung(self, *, now: datetime, limit: int) -> Sequence[Alarm]:
        """List those whose moment has come, oldest first."""
        ...

    async def put_off(self, seen: Alarm, until: datetime | None) -> None:
        """Ring later, or never, unless the alarm is not the one that was seen any more."""
        ...


class Absences(Protocol):
    async def since(self, day: date) -> Sequence[Absence]:
        """List those that last until a day or longer, whoever comes back first in front."""
        ...

    async def set(self, absence: Absence) -> None:
        """Insert or replace: a person has one absence at most."""
        ...

    async def end(self, person: PersonId) -> None:
        """Forget that somebody is away; again is harmless."""
        ...

    async def forget(self, *, before: date) -> None:
        """Delete those that ended before a day."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Nothing is kept unless `commit` was called."""

    @property
    def cases(self) -> CaseRepository: ...
    @property
    def drafts(self) -> DraftRepository: ...
    @property
    def threads(self) -> ThreadRepository: ...
    @property
    def playbooks(self) -> PlaybookRepository: ...
    @property
    def rehearsals(self) -> RehearsalRepository: ...
    @property
    def figures(self) -> FiguresRepository: ...
    @property
    def digests(self) -> DigestRepository: ...
    @property
    def chats(self) -> ChatRepository: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def welcomes(self) -> Welcomes: ...
    @property
    def burials(self) -> Burials: ...
    @property
    def crm(self) -> CrmJournal: ...
    @property
    def alarms(self) -> Alarms: ...
    @property
    def absences(self) -> Absences: ...
    @property
    def effects(self) -> Effects: ...

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    async def commit(self) -> None: ...


StartUnitOfWork = Callable[[], UnitOfWork]


# ---- durable effects -----------------------------------------------------------------------------


NO_EVENT = 0
"""The version of an effect that is about no event: it only shows the present case."""
NO_CASE = CaseNumber(0)
"""The case of an effect that is about none."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One event × one subscriber, to run at least once after the commit.

    Effects of one `lane` run one after the other, by `seq` (>= 1, rising with the events of the
    lane). `key` is unique for ever: the same key again is no second effect, except as a `replay`
    (1, 2 …), which runs the same work under the same key once more.
    """

    subscriber: str
    key: str
    lane: str
    seq: int
    number: CaseNumber
    version: int
    replay: int = 0


class Effects(Protocol):
    async def enqueue(self, effect: Effect) -> None:
        """Write the effect in the present transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Backlog:
    """Effects that wait or run (counted up to 1,000), and effects given up."""

    pending: int
    buried: int
    oldest_seconds: float
    """Age of the oldest pending effect; 0.0 when nothing is pending."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """An effect as the engine knows it; `run_id` is its own, new with each replay."""

    run_id: str
    subscriber: str
    key: str
    number: CaseNumber
    version: int
    replay: int = 0


class Graveyard(Protocol):
    """Where the engine puts what it gives up. Both notes may come more than once."""

    async def bury(self, effect: Attempted, *, error: str) -> None:
        """Keep an effect that was given up; `error` is the name of a class."""
        ...

    async def rise(self, effect: Attempted) -> None:
        """Note that a replay succeeded."""
        ...

    async def count(self) -> int: ...


class EndedEffects(Protocol):
    """The engine's memory of effects that no longer run."""

    async def broken(self, *, limit: int) -> Sequence[Attempted]:
        """List those the engine itself stopped, past all our handling of errors."""
        ...

    async def finished(self, *, before: datetime, limit: int) -> Sequence[Attempted]:
        """List those that ended before a moment, in whatever way we handled."""
        ...

    async def forget(self, effects: Sequence[Attempted]) -> None: ...


class Ledger(Protocol):
    async def once(
        self,
        key: str,
        send: Callable[[], Awaitable[str]],
        find: Callable[[], Awaitable[str | None]] | None = None,
    ) -> str:
        """Send what must not be sent twice; return the id the receiver gave.

        The key is an effect's, a colon, and which of its messages it is. Writes `sending` before
        and `sent` after, each in its own transaction. A key already `sent` returns its id without
        sending. After an attempt that may have gone out (a crash in between, `outcome_unknown`)
        `find` looks for the message first: the id it gives counts as sent. Without `find`, or when
        it gives None, the message is sent once more: the one window in which a duplicate is
        possible.
        """
        ...

    async def forget(self, effect_keys: Sequence[str]) -> None:
        """Delete what these effects sent, unless they are buried: those may be replayed."""
        ...


class Subscriber(Protocol):
    """A reaction to a committed event. Runs at least once: harmless when repeated or late."""

    async def __call__(self, *, key: str, number: CaseNumber, version: int) -> None: ...


# ---- Teams ---------------------------------------------------------------------------------------


class PersonalChats(Protocol):
    """The messenger, as somebody alone sees it. Raises TransientError, Unreachable."""

    async def open(self, person: PersonId, *, service_url: str) -> Place:
        """Open the chat with a person; again gives the same one."""
        ...

    async def show_digest(self, place: Place, digest: Digest) -> str:
        """Send a digest as a new message; returns its id."""
        ...


class CaseThreads(Protocol):
    """The messenger, as a case sees it. Raises TransientError, PermanentError, MessageGone."""

    async def post_root(self, thread: CaseThread, case: Case) -> Place:
        """Open a thread in the team's channel whose first message is the case card."""
        ...

    async def post_card(self, place: Place, case: Case) -> Place:
        """Send the case card as a new message of the thread; returns the place with its id."""
        ...

    async def update_card(self, place: Place, case: Case) -> None:
        """Edit the living card so that everybody sees the case as it is. Raises MessageGone."""
        ...

    async def update_receipt(self, receipt: Place, case: Case, thread: Place) -> None:
        """Turn the form in the personal chat into a receipt that links to the thread."""
        ...

    async def reply(
        self, place: Place, case: Case, event: Event, mentions: Sequence[Person]
    ) -> str:
        """Say one event in the thread, mentioning people for real; returns the message id."""
        ...

    async def find_root(self, thread: CaseThread, case: Case) -> Place | None:
        """Find the thread that `post_root` may have opened; None: not there, or not to be told.

        Never raises: who cannot read the channel gives None, and so does `find_reply`.
        """
        ...

    async def find_reply(
        self, place: Place, case: Case, event: Event, mentions: Sequence[Person]
    ) -> str | None:
        """Find the reply that `reply` may have sent; returns its id, None when in doubt.

        Of events that read alike, as two equal notes, one counts as said only when the thread has
        a copy for each: rather twice than not at all.
        """
        ...
