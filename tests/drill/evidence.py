"""The laws, proved from what the Connector recorded: nothing lost, nothing out of order.

A message is known by what it says: every note, customer and Caso number of the load is its own, so
the same words twice in a thread are a duplicate.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

import orjson

from cards.case_card import case_card
from cards.sentences import SOMETHING_FAILED
from cards.texts import announcement
from config.calendar import load_clock
from config.people import read_people
from config.playbooks import load_playbooks
from config.settings import Settings
from retention.domain.case import Case, CaseNumber
from retention.domain.events import NoteAdded, StepsTicked
from retention.services.mentions import handover_team, people_called
from retention.services.ports.cases import CaseThread
from retention.services.ports.effects import Effect
from retention.storage.engine import open_engines
from retention.storage.unit_of_work import SqlUnitOfWork
from tests.drill.homes import Home
from tests.drill.people import Promises
from tests.fake_connector import FakeConnector, Message
from tests.scenarios.office import ROSTER

LATE_SECONDS = 10.0
_LAST_WORDS_SECONDS = 0.3
"""What a process had written when it was killed may be read a moment later."""
_MRI = {member.object_id: member.mri for member in ROSTER}
_CODE = re.compile(rb"RET-[0-9]{4,}")


@dataclass(frozen=True)
class Kill:
    """A death: when (seconds of the wall clock), where, and which sends were in flight then."""

    at: float
    point: str
    sending: frozenset[str]


@dataclass
class Findings:
    """What the record says. Each broken law is a sentence in `broken`."""

    cases: int = 0
    effects: int = 0
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    late: list[tuple[str, float]] = field(default_factory=list)
    forms_shown_again: int = 0
    broken: list[str] = field(default_factory=list)


async def examine(
    home: Home,
    teams: FakeConnector,
    promises: Promises,
    kills: Sequence[Kill],
    downs: Sequence[tuple[float, float]],
    *,
    begun: datetime,
) -> Findings:
    """Compare what was decided, and what people were promised, with what Teams received."""
    found = Findings()
    history = await _histories(home)
    record = _Record(teams, kills, downs, (begun, datetime.now(UTC)))
    for case, thread in history.values():
        record.compare(case, thread, found)
    found.cases = len(history)
    _check_promises(promises, {code: case for code, (case, _) in history.items()}, found)
    _check_engine(home, sum(case.version for case, _ in history.values()), found)
    for name, sins in (("lost", found.lost), ("duplicated for no reason", found.unmatched)):
        if sins:
            found.broken.append(f"{len(sins)} {name}: {', '.join(sins[:5])}")
    return found


async def _histories(home: Home) -> dict[str, tuple[Case, CaseThread]]:
    """Read every case with its thread, by code."""
    engines = open_engines(home.url)
    found: dict[str, tuple[Case, CaseThread]] = {}
    async with SqlUnitOfWork(engines.app, _only_reading) as uow:
        for (number,) in home.rows("SELECT number FROM cases ORDER BY number"):
            case = await uow.cases.get(CaseNumber(number))
            found[case.code] = (case, await uow.threads.get(case.number))
    await engines.dispose()
    return found


async def _only_reading(_connection: object, _effect: Effect) -> None:
    raise AssertionError


class _Record:
    """What the Connector received, and when nobody could have sent."""

    def __init__(
        self,
        teams: FakeConnector,
        kills: Sequence[Kill],
        downs: Sequence[tuple[float, float]],
        days: tuple[datetime, datetime],
    ) -> None:
        self._teams, self._kills, self._downs, self._days = teams, kills, downs, days
        settings = Settings(_env_file=None)
        self._directory = read_people(settings.people_file)
        self._playbooks = load_playbooks(settings.playbooks_file)
        self._business = load_clock(settings.calendar_file)
        self._roots: dict[str, list[str]] = {}
        """The threads whose first message is a card of a case: its code → conversations."""
        for conversation in teams.conversations():
            first = teams.thread(conversation)[:1]
            if first and conversation.endswith(f";messageid={first[0].id}"):
                for code in _codes(first[0]):
                    self._roots.setdefault(code, []).append(conversation)

    def compare(self, case: Case, thread: CaseThread, found: Findings) -> None:
        """Judge one case: its card, its replies with their mentions, their order, their number."""
        if thread.place is None:
            found.lost.append(f"{case.code} has no thread")
            return
        messages = self._teams.thread(thread.place.conversation)
        if not self._shows(case, messages):
            found.lost.append(f"the card of {case.code} is not as the case is")
        self._compare_replies(case, messages, found)
        if thread.receipt is not None:
            self._compare_roots(case, thread.place.conversation, found)
        forms = [message for message in messages if message.cards]
        found.forms_shown_again += len(forms) - 1

    def _shows(self, case: Case, messages: Sequence[Message]) -> bool:
        called, playbook = handover_team(self._directory), self._playbooks[case.judgement.reason]
        claim_by = self._business.claim_by(case)
        wanted = [
            case_card(case, called=called, now=day, playbook=playbook, claim_by=claim_by)
            for day in self._days
        ]
        return any(card in wanted for message in messages for card in message.cards)

    def _compare_replies(self, case: Case, messages: Sequence[Message], found: Findings) -> None:
        said = [m for m in messages if m.text and m.text != SOMETHING_FAILED]
        order: list[str] = []
        for event in case.history:
            if isinstance(event, StepsTicked):
                continue
            key = f"{case.code}:{event.version}:case_thread:reply"
            people = people_called(event, self._directory)
            wanted = announcement(case, event, people).text
            mentions = [_MRI[person.id] for person in people]
            copies = [message for message in said if message.text == wanted]
            if not copies:
                found.lost.append(key)
                continue
            if any(copy.mentions != mentions for copy in copies):
                found.lost.append(f"a mention of {key}")
            order += [wanted] * len(copies)
            self._judge_copies(key, [copy.at for copy in copies], found)
            late = self._lateness(event.at.timestamp(), copies[0].at)
            if late > LATE_SECONDS:
                found.late.append((key, late))
        if [message.text for message in said] != order:
            found.broken.append(f"the replies of {case.code} are out of order, or one is nobody's")

    def _compare_roots(self, case: Case, conversation: str, found: Findings) -> None:
        roots = self._roots.get(case.code, [])
        if conversation not in roots:
            found.lost.append(f"{case.code} has no root")
        times = [self._teams.thread(root)[0].at for root in roots]
        self._judge_copies(f"{case.code}:1:case_thread:root", times, found)

    def _judge_copies(self, key: str, times: Sequence[float], found: Findings) -> None:
        """Find, for each copy after the first, the kill in which its predecessor was in flight."""
        for before, after in pairwise(times):
            if any(
                key in kill.sending and before - _LAST_WORDS_SECONDS <= kill.at <= after
                for kill in self._kills
            ):
                found.duplicated.append(key)
            else:
                found.unmatched.append(key)

    def _lateness(self, since: float, until: float) -> float:
        """Seconds between two moments in which somebody could have sent."""
        down = sum(max(0.0, min(until, end) - max(since, start)) for start, end in self._downs)
        return until - since - down


def _codes(message: Message) -> set[str]:
    return {code.decode() for code in _CODE.findall(orjson.dumps(message.cards))}


def _check_promises(promises: Promises, cases: Mapping[str, Case], found: Findings) -> None:
    """Everything answered with yes was kept, and nothing was done twice."""
    for code, caso in promises.cases.items():
        if code not in cases or cases[code].facts.crm_case_number != caso:
            found.lost.append(f"the accepted {code}")
    notes = Counter(
        (code, event.text)
        for code, case in cases.items()
        for event in case.history
        if isinstance(event, NoteAdded)
    )
    found.lost += [f"an accepted note of {note[0]}" for note in promises.notes if not notes[note]]
    found.lost += [f"the claim of {code}" for code in promises.claimed if not cases[code].owner]
    found.lost += [f"the outcome of {code}" for code in promises.ended if not cases[code].outcome]
    twice = [note[0] for note, times in notes.items() if times > 1]
    casos = Counter(case.facts.crm_case_number for case in cases.values())
    twice += [caso for caso, times in casos.items() if times > 1]
    if twice:
        found.broken.append(f"decided twice: {', '.join(twice[:5])}")


def _check_engine(home: Home, events: int, found: Findings) -> None:
    """One effect for each event, each done: none waits, none was given up."""
    query = (
        "SELECT status, count(*) FROM {} WHERE name = 'effect' "
        "AND queue_name = 'effects-case_thread' GROUP BY status"
    )
    states = dict(home.rows(query.format(home.workflows)))
    found.effects = sum(states.values())
    if states.keys() - {"SUCCESS"} or found.effects != events:
        found.broken.append(f"{events} events, and effects {states}")
