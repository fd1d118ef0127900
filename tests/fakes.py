"""Fakes of what the core needs from outside; `tests/contracts` holds them to the originals' laws.

The memory hands out copies and takes in copies: a change without `commit` is lost, as in SQL.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence, Set
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from retention.domain.case import Case, CaseNumber
from retention.domain.case_line import CaseLine
from retention.domain.case_marks import Marks, former_rounds
from retention.domain.draft import Draft, Place
from retention.domain.errors import (
    CaseNotFound,
    DraftNotFound,
    DuplicateOpenCase,
    RetentionError,
    StaleCase,
)
from retention.domain.events import CaseStatus, Event
from retention.domain.notices import PersonalChat
from retention.domain.people import Absence, Person, PersonId, PersonRef
from retention.domain.playbook import Playbooks
from retention.domain.rehearsal import Run
from retention.domain.report import CaseFigures, Span
from retention.domain.risk import DetractorRisk
from retention.domain.support import SupportCall
from retention.domain.text import fold
from retention.services.ports.cases import Alarm, CaseFilter, CaseThread
from retention.services.ports.crm_journal import CrmLink
from retention.services.ports.effects import Attempted, BuriedEffect, Effect, Subscriber
from retention.services.ports.failures import MessageGone, TransientError
from retention.services.ports.reporting import DigestRun, DigestState


class FakeClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: datetime = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@dataclass(frozen=True)
class Refusal:
    """An entry of the audit log."""

    at: datetime
    by: PersonRef
    action: str
    number: CaseNumber | None
    why: str


@dataclass
class _State:
    cases: dict[CaseNumber, Case] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    threads: dict[CaseNumber, CaseThread] = field(default_factory=dict)
    playbooks: dict[str, Playbooks] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    welcomed: dict[str, datetime] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)
    buried: dict[str, BuriedEffect] = field(default_factory=dict)
    digests: dict[tuple[PersonId, date], DigestRun] = field(default_factory=dict)
    chats: dict[PersonId, PersonalChat] = field(default_factory=dict)
    links: dict[CaseNumber, CrmLink] = field(default_factory=dict)
    heard: dict[str, datetime] = field(default_factory=dict)
    alarms: dict[CaseNumber, Alarm] = field(default_factory=dict)
    absences: dict[PersonId, Absence] = field(default_factory=dict)
    risks: dict[str, DetractorRisk] = field(default_factory=dict)
    support: dict[str, tuple[SupportCall, datetime | None]] = field(default_factory=dict)
    cursor: datetime | None = None
    reader: tuple[str, datetime] | None = None
    last_number: int = 0


class Memory:
    """What was committed. ``memory.unit_of_work`` is the factory the services want."""

    def __init__(self) -> None:
        self.state = _State()
        self.writer = asyncio.Lock()

    def unit_of_work(self) -> FakeUnitOfWork:
        return FakeUnitOfWork(self)

    @property
    def cases(self) -> Sequence[Case]:
        return list(self.state.cases.values())

    @property
    def events(self) -> Sequence[Event]:
        """Every event of every case, case by case."""
        return [event for case in self.cases for event in case.history]

    @property
    def effects(self) -> Sequence[Effect]:
        """The effects nobody has run yet."""
        return list(self.state.effects.values())

    @property
    def buried(self) -> Sequence[BuriedEffect]:
        return list(self.state.buried.values())

    @property
    def refusals(self) -> Sequence[Refusal]:
        return self.state.refusals

    async def run_effects(self, subscribers: Mapping[str, Subscriber]) -> None:
        """Run every effect once, lane by lane in the order of `seq`."""
        waiting, self.state.effects = self.effects, {}
        for effect in sorted(waiting, key=lambda effect: (effect.lane, effect.seq)):
            await subscribers[effect.subscriber](
                key=effect.key, number=effect.number, version=effect.version
            )


class FakeUnitOfWork:
    """The unit of work on a `Memory`. As on SQLite, whoever writes first makes the others wait."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._is_writing = False
        self._is_over = False

    async def __aenter__(self) -> FakeUnitOfWork:
        self.state = deepcopy(self._memory.state)
        self.cases = FakeCases(self)
        self.drafts = FakeDrafts(self)
        self.threads = FakeThreads(self)
        self.playbooks = FakePlaybooks(self)
        self.rehearsals = FakeRehearsals(self)
        self.figures = FakeFigures(self)
        self.digests = FakeDigests(self)
        self.chats = FakeChats(self)
        self.audit = FakeAuditLog(self)
        self.welcomes = FakeWelcomes(self)
        self.burials = FakeBurials(self)
        self.crm = FakeCrmJournal(self)
        self.alarms = FakeAlarms(self)
        self.absences = FakeAbsences(self)
        self.risks = FakeRisks(self)
        self.support = FakeSupport(self)
        self.effects = FakeEffects(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.end()

    async def commit(self) -> None:
        assert not self._is_over, "the transaction is over"
        if self._is_writing:
            self._memory.state = deepcopy(self.state)
        self.end()

    async def begin_writing(self) -> None:
        """Wait for other writers, then see what they committed."""
        assert not self._is_over, "the transaction is over"
        if not self._is_writing:
            await self._memory.writer.acquire()
            self._is_writing = True
            self.state = deepcopy(self._memory.state)

    def end(self) -> None:
        """Let the next writer in. What was not committed is lost."""
        if self._is_writing:
            self._memory.writer.release()
        self._is_writing, self._is_over = False, True


class FakeCases:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def next_number(self, author: PersonId) -> tuple[CaseNumber, bool]:
        await self._uow.begin_writing()
        self._uow.state.last_number += 1
        is_first = all(case.opened_by.id != author for case in self._uow.state.cases.values())
        return CaseNumber(self._uow.state.last_number), is_first

    async def add(self, case: Case, events: Sequence[Event]) -> None:
        await self._uow.begin_writing()
        refusal = self._refusal(case)
        if refusal is not None:
            self._uow.end()
            raise refusal
        self._uow.state.cases[case.number] = _written(case, events)

    def _refusal(self, case: Case) -> RetentionError | None:
        if any(other.draft_id == case.draft_id for other in self._uow.state.cases.values()):
            return StaleCase()
        same = self._of(case.facts.crm_case_number)
        if case.status.is_open and any(other.status.is_open for other in same):
            return DuplicateOpenCase(case.facts.crm_case_number)
        return None

    async def save(self, case: Case, events: Sequence[Event]) -> None:
        await self._uow.begin_writing()
        known = self._uow.state.cases[case.number]
        if known.version != case.version - len(events):
            raise StaleCase
        if case.status.is_open and any(
            other.status.is_open and other.number != case.number
            for other in self._of(case.facts.crm_case_number)
        ):
            self._uow.end()
            raise DuplicateOpenCase(case.facts.crm_case_number)
        self._uow.state.cases[case.number] = _written(case, [*known.history, *events])

    async def get(self, number: CaseNumber) -> Case:
        if number not in self._uow.state.cases:
            raise CaseNotFound(str(number))
        return self._read(self._uow.state.cases[number])

    async def several(self, numbers: Sequence[CaseNumber]) -> Sequence[Case]:
        return [await self.get(number) for number in numbers]

    async def open_for(self, crm_case_number: str) -> Case | None:
        same = [case for case in self._of(crm_case_number) if case.status.is_open]
        return self._read(same[0]) if same else None

    async def owned_open(self, of: Collection[PersonId]) -> Mapping[PersonId, int]:
        owners = [
            case.owner.id
            for case in self._uow.state.cases.values()
            if case.status.is_open and case.owner
        ]
        return {each: owners.count(each) for each in of if each in owners}

    async def closed_for(self, crm_case_number: str, *, limit: int) -> Sequence[CaseLine]:
        return self._newest(
            [case for case in self._of(crm_case_number) if not case.status.is_open], limit
        )

    async def list(self, which: CaseFilter, *, person: PersonId, limit: int) -> Sequence[CaseLine]:
        chosen = [case for case in self._uow.state.cases.values() if _shows(which, case, person)]
        is_reversed = which is CaseFilter.WATCHED
        chosen.sort(key=lambda case: (case.opened_at, case.number), reverse=is_reversed)
        return [self._line(case) for case in chosen[:limit]]

    async def search(self, text: str, *, limit: int) -> Sequence[CaseLine]:
        found = self._of(text.strip())
        words = _words(text)
        if not found and words:
            found = [
                case
                for case in self._uow.state.cases.values()
                if all(
                    any(name.startswith(word) for name in _words(case.facts.customer))
                    for word in words
                )
            ]
        return self._newest(found, limit)

    def _read(self, case: Case) -> Case:
        buried = self._uow.state.buried.values()
        unfinished = frozenset(each.subscriber for each in buried if each.number == case.number)
        return replace(deepcopy(case), unfinished=unfinished)

    def _of(self, crm_case_number: str) -> Sequence[Case]:
        cases = self._uow.state.cases.values()
        return [case for case in cases if case.facts.crm_case_number == crm_case_number]

    def _newest(self, cases: Sequence[Case], limit: int) -> Sequence[CaseLine]:
        newest = sorted(cases, key=lambda case: case.number, reverse=True)
        return [self._line(case) for case in newest[:limit]]

    def _line(self, case: Case) -> CaseLine:
        thread = self._uow.state.threads.get(case.number)
        return CaseLine(
            number=case.number,
            crm_case_number=case.facts.crm_case_number,
            customer=case.facts.customer,
            status=case.status,
            opened_by=case.opened_by,
            opened_at=case.opened_at,
            owner=case.owner,
            thread=thread.place if thread else None,
        )


class FakeDrafts:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def start(self, draft: Draft, *, source: str) -> Draft:
        await self._uow.begin_writing()
        state = self._uow.state
        draft_id = state.sources.setdefault(source, draft.id)
        return deepcopy(state.drafts.setdefault(draft_id, deepcopy(draft)))

    async def get(self, draft_id: str) -> Draft:
        if draft_id not in self._uow.state.drafts:
            raise DraftNotFound
        return deepcopy(self._uow.state.drafts[draft_id])

    async def save(self, draft: Draft, *, read_version: int) -> None:
        await self._uow.begin_writing()
        known = self._uow.state.drafts.get(draft.id)
        if known is None or known.version != read_version:
            self._uow.end()
            raise StaleCase
        self._uow.state.drafts[draft.id] = replace(deepcopy(draft), place=known.place)

    async def place_message(self, draft_id: str, message: str) -> None:
        await self._uow.begin_writing()
        known = self._uow.state.drafts[draft_id]
        known.place = replace(known.place, message=message)

    async def forget_unfinished(self, *, begun_before: datetime, limit: int) -> int:
        await self._uow.begin_writing()
        drafts = self._uow.state.drafts
        old = [
            draft.id
            for draft in drafts.values()
            if not draft.step.is_final and draft.created_at < begun_before
        ][:limit]
        for draft_id in old:
            del drafts[draft_id]
        sources = self._uow.state.sources
        self._uow.state.sources = {key: kept for key, kept in sources.items() if kept in drafts}
        return len(old)


class FakeThreads:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def get(self, number: CaseNumber) -> CaseThread:
        if number not in self._uow.state.threads:
            raise CaseNotFound(str(number))
        return self._uow.state.threads[number]

    async def case_in(self, conversation: str) -> CaseNumber | None:
        threads = self._uow.state.threads.values()
        there = [
            thread.number
            for thread in threads
            if thread.place and thread.place.conversation == conversation
        ]
        return max(there, default=None)

    async def save(self, thread: CaseThread) -> None:
        await self._uow.begin_writing()
        self._uow.state.threads[thread.number] = thread


class FakePlaybooks:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def get(self, version: str) -> Playbooks | None:
        return self._uow.state.playbooks.get(version)

    async def add(self, playbooks: Playbooks, *, at: datetime) -> None:
        await self._uow.begin_writing()
        self._uow.state.playbooks.setdefault(playbooks.version, playbooks)


class FakeRehearsals:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def start(self, run: Run) -> Run:
        await self._uow.begin_writing()
        runs = self._uow.state.runs
        opened = [each for each in runs.values() if each.is_open and each.person == run.person]
        return deepcopy(opened[0] if opened else runs.setdefault(run.id, deepcopy(run)))

    async def get(self, run_id: str) -> Run | None:
        return deepcopy(self._uow.state.runs.get(run_id))

    async def save(self, run: Run, *, read_version: int) -> bool:
        await self._uow.begin_writing()
        if self._uow.state.runs[run.id].version != read_version:
            return False
        self._uow.state.runs[run.id] = deepcopy(run)
        return True

    async def best(self, person: PersonId, *, but: str) -> Run | None:
        runs = self._uow.state.runs.values()
        ended = [run for run in runs if run.person == person and run.ended_at and run.id != but]
        best = max(ended, key=lambda run: (run.tally.right, run.ended_at), default=None)
        return deepcopy(best)


class FakeFigures:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def between(self, span: Span) -> Sequence[CaseFigures]:
        return [
            each
            for each in self._all()
            if span.holds(each.line.opened_at)
            or each.claim_within(span)
            or each.reversal_within(span)
            or span.holds(each.marks.ended_at)
        ]

    async def open_at(self, moment: datetime) -> Sequence[CaseFigures]:
        return [
            each
            for each in self._all()
            if each.line.opened_at <= moment
            and (each.line.status.is_open or (each.marks.ended_at or moment) > moment)
        ]

    async def exceptions(self) -> Sequence[CaseFigures]:
        return [each for each in self._all() if each.marks.exception_open]

    def _all(self) -> Sequence[CaseFigures]:
        cases = self._uow.state.cases.values()
        ordered = sorted(cases, key=lambda case: (case.opened_at, case.number))
        return [
            CaseFigures(
                line=self._uow.cases._line(case),
                path=case.judgement.path,
                reason=case.judgement.reason,
                monthly_value=case.facts.monthly_value,
                marks=Marks.of(case.history),
                former=tuple(former_rounds(case.history)),
            )
            for case in ordered
        ]


class FakeDigests:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def begin(self, run: DigestRun) -> bool:
        await self._uow.begin_writing()
        known = self._uow.state.digests
        return known.setdefault((run.leader, run.day), run) is run

    async def get(self, leader: PersonId, day: date) -> DigestRun | None:
        return self._uow.state.digests.get((leader, day))

    async def begun(self, day: date, *, of: Collection[PersonId]) -> frozenset[PersonId]:
        return frozenset(each for each in of if (each, day) in self._uow.state.digests)

    async def last(self, leader: PersonId, *, before: date) -> datetime | None:
        told = {DigestState.SENT, DigestState.EMPTY}
        runs = self._uow.state.digests.values()
        earlier = [
            run for run in runs if run.leader == leader and run.day < before and run.state in told
        ]
        return max(earlier, key=lambda run: run.day).at if earlier else None

    async def move(self, leader: PersonId, day: date, *, of: DigestState, to: DigestState) -> bool:
        await self._uow.begin_writing()
        known = self._uow.state.digests
        if known[leader, day].state is not of:
            return False
        known[leader, day] = replace(known[leader, day], state=to)
        return True


class FakeChats:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def get(self, person: PersonId) -> PersonalChat:
        return self._uow.state.chats.get(person, PersonalChat(person))

    async def save(self, chat: PersonalChat) -> None:
        await self._uow.begin_writing()
        self._uow.state.chats[chat.person] = chat

    async def newest_address(self) -> str | None:
        threads = self._uow.state.threads
        return threads[max(threads)].service_url if threads else None


class FakeAuditLog:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def refused(
        self, *, at: datetime, by: PersonRef, action: str, number: CaseNumber | None, why: str
    ) -> None:
        await self._uow.begin_writing()
        self._uow.state.refusals.append(Refusal(at, by, action, number, why))

    async def noted(
        self, *, at: datetime, by: PersonRef, action: str, number: CaseNumber | None, what: str
    ) -> None:
        await self.refused(at=at, by=by, action=action, number=number, why=what)


class FakeWelcomes:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def contains(self, conversation: str) -> bool:
        return conversation in self._uow.state.welcomed

    async def add(self, conversation: str, *, at: datetime) -> None:
        await self._uow.begin_writing()
        self._uow.state.welcomed.setdefault(conversation, at)


class FakeBurials:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def add(self, buried: BuriedEffect) -> None:
        await self._uow.begin_writing()
        self._uow.state.buried[buried.key] = buried

    async def get(self, key: str) -> BuriedEffect | None:
        return self._uow.state.buried.get(key)

    async def all(self) -> Sequence[BuriedEffect]:
        buried = self._uow.state.buried.values()
        return sorted(buried, key=lambda each: (each.buried_at, each.key))

    async def count(self) -> int:
        return len(self._uow.state.buried)

    async def remove(self, key: str) -> bool:
        await self._uow.begin_writing()
        return self._uow.state.buried.pop(key, None) is not None


class FakeCrmJournal:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def link(self, number: CaseNumber) -> CrmLink | None:
        return self._uow.state.links.get(number)

    async def add_link(self, link: CrmLink) -> None:
        await self._uow.begin_writing()
        self._uow.state.links.setdefault(link.number, link)

    async def drop_link(self, number: CaseNumber) -> None:
        await self._uow.begin_writing()
        self._uow.state.links.pop(number, None)

    async def open_links(self) -> Sequence[CrmLink]:
        state = self._uow.state
        return [link for number, link in state.links.items() if state.cases[number].status.is_open]

    async def first_heard(self, keys: Sequence[str], *, at: datetime) -> Set[str]:
        await self._uow.begin_writing()
        heard = self._uow.state.heard
        found = set(keys) - heard.keys()
        heard |= dict.fromkeys(found, at)
        return found

    async def forget_heard(self, *, before: datetime, limit: int) -> int:
        await self._uow.begin_writing()
        heard = self._uow.state.heard
        old = [key for key, at in heard.items() if at < before][:limit]
        for key in old:
            del heard[key]
        return len(old)

    async def installation(self) -> str:
        return "fa4e00"

    async def cursor(self) -> datetime | None:
        return self._uow.state.cursor

    async def move_cursor(self, to: datetime) -> None:
        await self._uow.begin_writing()
        self._uow.state.cursor = to

    async def take_turn(self, reader: str, *, now: datetime, until: datetime) -> bool:
        await self._uow.begin_writing()
        turn = self._uow.state.reader
        if turn is not None and turn[0] != reader and turn[1] > now:
            return False
        self._uow.state.reader = (reader, until)
        return True


class FakeAlarms:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def set(self, alarm: Alarm) -> None:
        await self._uow.begin_writing()
        self._uow.state.alarms[alarm.number] = alarm

    async def rung(self, *, now: datetime, limit: int) -> Sequence[Alarm]:
        rung = [alarm for alarm in self._uow.state.alarms.values() if alarm.at <= now]
        return sorted(rung, key=lambda alarm: (alarm.at, alarm.number))[:limit]

    async def put_off(self, seen: Mapping[Alarm, datetime | None]) -> None:
        await self._uow.begin_writing()
        alarms = self._uow.state.alarms
        for alarm, until in seen.items():
            if alarms.get(alarm.number) == alarm:
                del alarms[alarm.number]
                if until is not None:
                    alarms[alarm.number] = Alarm(alarm.number, until)


class FakeAbsences:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def since(self, day: date) -> Sequence[Absence]:
        lasting = [each for each in self._uow.state.absences.values() if each.until >= day]
        return sorted(lasting, key=lambda each: (each.until, each.person.id))

    async def set(self, absence: Absence) -> None:
        await self._uow.begin_writing()
        self._uow.state.absences[absence.person.id] = absence

    async def end(self, person: PersonId) -> None:
        await self._uow.begin_writing()
        self._uow.state.absences.pop(person, None)

    async def forget(self, *, before: date) -> None:
        await self._uow.begin_writing()
        absences = self._uow.state.absences.values()
        lasting = {each.person.id: each for each in absences if each.until >= before}
        self._uow.state.absences = lasting


class FakeRisks:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def add(self, risk: DetractorRisk) -> bool:
        await self._uow.begin_writing()
        known = self._uow.state.risks.values()
        same = (risk.number, fold(risk.heard))
        if any((each.number, fold(each.heard)) == same for each in known):
            return False
        self._uow.state.risks[risk.id] = risk
        return True

    async def get(self, risk_id: str) -> DetractorRisk | None:
        return self._uow.state.risks.get(risk_id)


class FakeSupport:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def begin(self, call: SupportCall) -> SupportCall:
        await self._uow.begin_writing()
        calls = self._uow.state.support
        for known, _ in calls.values():
            if known.is_open and known.caller.id == call.caller.id:
                return deepcopy(known)
        calls[call.id] = deepcopy(call), call.called_at
        return call

    async def get(self, call_id: str) -> SupportCall | None:
        known = self._uow.state.support.get(call_id)
        return deepcopy(known[0]) if known else None

    async def save(self, call: SupportCall, *, read_version: int, look_at: datetime | None) -> bool:
        await self._uow.begin_writing()
        known, _ = self._uow.state.support[call.id]
        if known.version != read_version:
            return False
        self._uow.state.support[call.id] = deepcopy(call), look_at
        return True

    async def due(self, *, now: datetime, limit: int) -> Sequence[str]:
        calls = self._uow.state.support.values()
        waiting = [(at, call.id) for call, at in calls if call.is_open and at and at <= now]
        return [call_id for _, call_id in sorted(waiting)][:limit]


class FakeEffects:
    def __init__(self, uow: FakeUnitOfWork) -> None:
        self._uow = uow

    async def enqueue(self, effect: Effect) -> None:
        await self._uow.begin_writing()
        run_id = f"{effect.key}#{effect.replay}" if effect.replay else effect.key
        self._uow.state.effects.setdefault(run_id, effect)


class FakeLedger:
    """The ledger; `sent` holds what was sent under which key, `buried` keys of given-up effects.

    `in_doubt` holds the keys whose message may be out although nobody wrote down that it is.
    """

    def __init__(self) -> None:
        self.sent: dict[str, str] = {}
        self.in_doubt: set[str] = set()
        self.buried: set[str] = set()

    async def once(
        self,
        key: str,
        send: Callable[[], Awaitable[str]],
        find: Callable[[], Awaitable[str | None]] | None = None,
    ) -> str:
        if key not in self.sent:
            found = await find() if find is not None and key in self.in_doubt else None
            self.sent[key] = found or await self._send(key, send)
        return self.sent[key]

    async def _send(self, key: str, send: Callable[[], Awaitable[str]]) -> str:
        was_in_doubt = key in self.in_doubt
        self.in_doubt.add(key)
        try:
            return await send()
        except TransientError as error:
            if not was_in_doubt and not error.outcome_unknown:
                self.in_doubt.discard(key)
            raise

    async def forget(self, effect_keys: Sequence[str]) -> None:
        self.sent = {
            key: sent
            for key, sent in self.sent.items()
            if key.rpartition(":")[0] not in effect_keys or key.rpartition(":")[0] in self.buried
        }


class FakeGraveyard:
    """A graveyard; `failing` holds errors to raise, one per coming note."""

    def __init__(self) -> None:
        self.buried: dict[str, str] = {}
        self.risen: list[str] = []
        self.failing: list[Exception] = []
        self.asked = asyncio.Event()

    async def bury(self, effect: Attempted, *, error: str) -> None:
        self._fail_when_told()
        self.buried[effect.key] = error

    async def rise(self, effect: Attempted) -> None:
        self._fail_when_told()
        self.buried.pop(effect.key, None)
        self.risen.append(effect.key)

    def _fail_when_told(self) -> None:
        self.asked.set()
        if self.failing:
            raise self.failing.pop(0)


class FakeEndedEffects:
    """The engine's memory: `broke` and `all` that finished."""

    def __init__(self) -> None:
        self.broke: list[Attempted] = []
        self._ended: dict[str, tuple[datetime, Attempted]] = {}

    @property
    def all(self) -> Sequence[Attempted]:
        return [effect for _, effect in self._ended.values()]

    def finish(self, at: datetime, *effects: Attempted) -> None:
        self._ended |= {effect.run_id: (at, effect) for effect in effects}

    async def broken(self, *, limit: int) -> Sequence[Attempted]:
        return self.broke[:limit]

    async def finished(self, *, before: datetime, limit: int) -> Sequence[Attempted]:
        return [effect for at, effect in self._ended.values() if at < before][:limit]

    async def forget(self, effects: Sequence[Attempted]) -> None:
        self.broke = [effect for effect in self.broke if effect not in effects]
        for effect in effects:
            self._ended.pop(effect.run_id, None)


@dataclass
class Message:
    """A message as somebody in the channel sees it now."""

    kind: str
    case: Case
    event: Event | None = None
    mentions: Sequence[Person] = ()
    edits: int = 0


class FakeCaseThreads:
    """A messenger: `messages` is what people see, by conversation and message id.

    `failing` holds errors to raise, one per coming call; `losing` those to raise after doing what
    was asked. Without `readable`, it finds nothing.
    """

    channel = "channel"

    def __init__(self) -> None:
        self.messages: dict[tuple[str, str], Message] = {}
        self.receipts: dict[str, tuple[Case, Place]] = {}
        self.failing: list[Exception] = []
        self.losing: list[Exception] = []
        self.readable = True

    @property
    def cards(self) -> Sequence[Message]:
        return [message for message in self.messages.values() if message.kind == "card"]

    @property
    def replies(self) -> Sequence[Message]:
        return [message for message in self.messages.values() if message.kind == "reply"]

    @property
    def said(self) -> Sequence[tuple[type, Sequence[str]]]:
        """What was replied about, and who was called by name."""
        return [
            (type(reply.event), [person.name for person in reply.mentions])
            for reply in self.replies
        ]

    def show_card(self, place: Place, case: Case) -> None:
        """Put a case card where it stands already, as a form that became the case."""
        self.messages[place.conversation, place.message] = Message("card", deepcopy(case))

    async def post_root(self, thread: CaseThread, case: Case) -> Place:
        conversation = f"{self.channel};{self._next_id()}"
        message = self._post(conversation, Message("card", deepcopy(case)))
        return Place(thread.service_url, conversation, True, message)

    async def post_card(self, place: Place, case: Case) -> Place:
        return replace(
            place, message=self._post(place.conversation, Message("card", deepcopy(case)))
        )

    async def update_card(self, place: Place, case: Case) -> None:
        self._fail_when_told()
        card = self.messages.get((place.conversation, place.message))
        if card is None:
            raise MessageGone
        card.case = deepcopy(case)
        card.edits += 1

    async def update_receipt(self, receipt: Place, case: Case, thread: Place) -> None:
        self._fail_when_told()
        self.receipts[receipt.conversation] = deepcopy(case), thread

    async def reply(
        self, place: Place, case: Case, event: Event, mentions: Sequence[Person]
    ) -> str:
        return self._post(
            place.conversation, Message("reply", deepcopy(case), event, tuple(mentions))
        )

    async def find_root(self, thread: CaseThread, case: Case) -> Place | None:
        for (conversation, message_id), message in self._read():
            is_root = conversation == f"{self.channel};{message_id}"
            if is_root and message.case.number == case.number:
                return Place(thread.service_url, conversation, True, message_id)
        return None

    async def find_reply(
        self, place: Place, case: Case, event: Event, mentions: Sequence[Person]
    ) -> str | None:
        for (conversation, message_id), message in self._read():
            if conversation == place.conversation and message.event == event:
                return message_id
        return None

    def _read(self) -> Iterable[tuple[tuple[str, str], Message]]:
        return self.messages.items() if self.readable else ()

    def _post(self, conversation: str, message: Message) -> str:
        self._fail_when_told()
        message_id = self._next_id()
        self.messages[conversation, message_id] = message
        if self.losing:
            raise self.losing.pop(0)
        return message_id

    def _next_id(self) -> str:
        return f"m{len(self.messages) + 1}"

    def _fail_when_told(self) -> None:
        if self.failing:
            raise self.failing.pop(0)


def _written(case: Case, events: Sequence[Event]) -> Case:
    return replace(deepcopy(case), history=list(events), _unsaved=[])


def _words(text: str) -> Sequence[str]:
    return re.findall(r"[^\W_]+", fold(text))


def _shows(which: CaseFilter, case: Case, person: PersonId) -> bool:
    if which is CaseFilter.UNCLAIMED:
        return case.status is CaseStatus.AWAITING_ADMFIN
    if which is CaseFilter.WATCHED:
        return case.status is CaseStatus.RETAINED
    involved = {case.opened_by.id, case.owner.id if case.owner else None}
    return case.status.is_open and (which is CaseFilter.OPEN or person in involved)
