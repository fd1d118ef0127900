"""Who works here and what each may do. A role comes from the Entra object id, never from a card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

PersonId = NewType("PersonId", str)
"""The Entra object id of a person."""


class Role(StrEnum):
    AGENT = "agent"
    N2 = "n2"
    RC_LEAD = "rc_lead"
    ADMFIN = "admfin"
    ADMFIN_LEAD = "admfin_lead"
    LEADER = "leader"
    ADMIN = "admin"


_RC = frozenset({Role.AGENT, Role.N2, Role.RC_LEAD})
_EXPERIENCED = frozenset({Role.RC_LEAD, Role.ADMFIN, Role.ADMFIN_LEAD, Role.LEADER})


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as remembered by what they did: the id decides, the name is for reading."""

    id: PersonId
    name: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else self.name


@dataclass(frozen=True, slots=True)
class Person:
    id: PersonId
    name: str
    roles: frozenset[Role]
    on_duty: bool = False
    substitute: str | None = None
    companion: bool = False
    email: str | None = None
    weekdays: frozenset[int] = frozenset()
    """The days on duty, Monday being 0; empty: `on_duty` holds for all of them."""
    away_until: date | None = None
    """The last day of an absence that lasts."""
    open_cases: int = 0
    """How many open cases are theirs, as `Directory.look` was told last."""

    @property
    def ref(self) -> PersonRef:
        return PersonRef(self.id, self.name)


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away until a day, that day included; said by themselves or by a lead."""

    person: PersonRef
    until: date
    set_by: PersonRef
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """The sender of the present turn, with the roles the directory gives them."""

    id: PersonId
    name: str
    roles: frozenset[Role]

    @property
    def ref(self) -> PersonRef:
        return PersonRef(self.id, self.name)

    def has_any(self, roles: Iterable[Role]) -> bool:
        return not self.roles.isdisjoint(roles)


THE_CRM = Actor(PersonId("crm"), "Salesforce", frozenset())
"""Who speaks when the CRM itself is heard."""


THE_CLOCK = Actor(PersonId("clock"), "Bot", frozenset())
"""Who speaks when time has passed."""


_NONE: Mapping[PersonId, int] = {}


class Directory:
    """The people of the configuration. Everybody else of the tenant's team is an agent.

    Who is on duty depends on the day and on who is away: `look` tells it both, again and again. Of
    several on duty for a role, the one with the fewest open cases answers for it; without
    `by_load`, always the first.
    """

    def __init__(self, people: Sequence[Person], *, by_load: bool = True) -> None:
        self._configured = tuple(people)
        self._by_load = by_load
        self._absences: Mapping[PersonId, Absence] = {}
        self._people = self._configured
        self._by_id = {person.id: person for person in people}

    def look(
        self, today: date, absences: Iterable[Absence], open_cases: Mapping[PersonId, int] = _NONE
    ) -> None:
        """Take note of the day, of who is away on it, and of how many open cases are whose.

        Who stands in for somebody who is away is on duty.
        """
        self._absences = {each.person.id: each for each in absences if each.until >= today}
        on_duty = {
            self._present_for(person).id
            for person in self._configured
            if (today.weekday() in person.weekdays if person.weekdays else person.on_duty)
        }
        self._people = tuple(
            replace(
                person,
                on_duty=person.id in on_duty,
                away_until=self._away_until(person.id),
                open_cases=open_cases.get(person.id, 0),
            )
            for person in self._configured
        )
        self._by_id = {person.id: person for person in self._people}

    @property
    def absences(self) -> Sequence[Absence]:
        """Who is away, whoever comes back first in front."""
        return sorted(self._absences.values(), key=lambda each: (each.until, each.person.name))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of everybody the configuration names."""
        return tuple(person.name for person in self._people)

    def person(self, person_id: PersonId) -> Person | None:
        """Find a person the configuration names."""
        return self._by_id.get(person_id)

    def actor(self, person_id: PersonId, *, name: str) -> Actor:
        """Give a sender the roles of the directory; a member it does not list is an agent."""
        person = self._by_id.get(person_id)
        if person is None:
            return Actor(person_id, name, frozenset({Role.AGENT}))
        return Actor(person.id, person.name, person.roles | {Role.AGENT})

    def with_any(self, roles: Iterable[Role]) -> tuple[Person, ...]:
        """List who holds one of the roles: on duty first, of these the least busy, away last."""
        wanted = frozenset(roles)
        holders = [person for person in self._people if person.roles & wanted]
        return tuple(sorted(holders, key=self._rank))

    def _rank(self, person: Person) -> tuple[bool, bool, int]:
        load = person.open_cases if person.on_duty and self._by_load else 0
        return person.away_until is not None, not person.on_duty, load

    def on_duty(self, role: Role) -> Person | None:
        """Find who answers for a role now; None when the configuration names nobody."""
        holders = self.with_any({role})
        return holders[0] if holders else None

    def stand_in(self, person: Person, role: Role) -> Person | None:
        """Find who takes somebody's place: their substitute, else another holder of the role."""
        named = self.substitute_of(person)
        if named is not None and named.away_until is None:
            return named
        return next((each for each in self.with_any({role}) if each.id != person.id), None)

    def substitute_of(self, person: Person) -> Person | None:
        """Find who is called when somebody is away, as the configuration names them."""
        return next((each for each in self._people if each.name == person.substitute), None)

    def reached_for(self, ref: PersonRef) -> Person:
        """Find whom to call for somebody's own case: their substitute while they are away.

        A member of the team whom the configuration lacks is called too.
        """
        person = self._by_id.get(ref.id)
        if person is None:
            return Person(ref.id, ref.name, frozenset({Role.AGENT}))
        return self._by_id[self._present_for(person).id]

    def _present_for(self, person: Person) -> Person:
        """Follow substitutes from a person to the first who is there; the person if nobody is."""
        passed: list[Person] = []
        current: Person | None = person
        while current is not None and current not in passed:
            if current.id not in self._absences:
                return current
            passed.append(current)
            current = next((p for p in self._configured if p.name == passed[-1].substitute), None)
        return person

    def _away_until(self, person: PersonId) -> date | None:
        absence = self._absences.get(person)
        return absence.until if absence else None

    def helper(self, role: Role, *, of: PersonId) -> Person | None:
        """Find who answers for a role when somebody calls for help: anybody but the caller."""
        return next((each for each in self.with_any({role}) if each.id != of), None)

    def rc_team(self, *present: PersonRef) -> tuple[PersonRef, ...]:
        """List who may be given work of path 1: those present, then the RC of the directory."""
        return _each_once((*present, *(each.ref for each in self.with_any(_RC))))

    def colleagues(self, of: PersonId, *, author: PersonRef) -> tuple[PersonRef, ...]:
        """List whom somebody may ask about a case: its author first, nobody twice, never `of`."""
        team = _each_once((author, *(each.ref for each in self._people)))
        return tuple(person for person in team if person.id != of)

    def companion_of(self, newcomer: Actor) -> Person | None:
        """Find who accompanies a newcomer; None for those who work on cases of others.

        Process document: on a first time the Adm/Fin team accompanies. Named companions come
        first, then its analysts, then its leads.
        """
        if newcomer.has_any(_EXPERIENCED):
            return None
        named = [person for person in self._people if person.companion]
        team = (*named, *self.with_any({Role.ADMFIN}), *self.with_any({Role.ADMFIN_LEAD}))
        present = sorted(team, key=lambda each: each.away_until is not None)
        return next((person for person in present if person.id != newcomer.id), None)


def _each_once(people: Iterable[PersonRef]) -> tuple[PersonRef, ...]:
    once: dict[PersonId, PersonRef] = {}
    for person in people:
        once.setdefault(person.id, person)
    return tuple(once.values())
