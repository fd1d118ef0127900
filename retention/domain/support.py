"""A person with an abusive customer calls for somebody to take over: in private, without a why.

Process document 003: people are to know that their lead is there when such a thing happens. The
call is no event of a case, for everybody reads those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from retention.domain.case import CaseNumber
from retention.domain.draft import Place
from retention.domain.people import Actor, Directory, Person, PersonId, PersonRef, Role

_OF_THE_ADMFIN = frozenset({Role.ADMFIN, Role.ADMFIN_LEAD})
_OF_THE_RC = frozenset({Role.N2, Role.RC_LEAD})


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was asked to come, and when."""

    person: PersonRef
    at: datetime


@dataclass(frozen=True, slots=True)
class About:
    """What a call is about, as whoever comes needs to know it: the customer, and where."""

    customer: str = ""
    crm_case_number: str = ""
    thread: Place | None = None


@dataclass(slots=True)
class SupportCall:
    """One call, from its beginning until somebody comes or nobody is left to ask.

    `place` is where the caller was, `number` the case it was about, if any. `version` rises with
    each step.
    """

    id: str
    caller: PersonRef
    place: Place
    number: CaseNumber | None
    called_at: datetime
    asked: list[Asked] = field(default_factory=list)
    unanswered_at: datetime | None = None
    """When nobody was left to ask; whoever was asked may come all the same."""
    answered_by: PersonRef | None = None
    answered_at: datetime | None = None
    took_over: bool = False
    """Whoever came treats the case from then on."""
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Tell whether the call still looks for somebody."""
        return self.answered_at is None and self.unanswered_at is None

    def due_at(self, patience: timedelta) -> datetime | None:
        """Tell when the next person is asked, whatever the hour; None: the call has ended."""
        if not self.is_open:
            return None
        return self.asked[-1].at + patience if self.asked else self.called_at

    def ask_next(self, ladder: Sequence[Person], at: datetime) -> None:
        """Ask the first of the ladder who was not asked yet; without one, it stays unanswered."""
        known = {each.person.id for each in self.asked}
        person = next((each.ref for each in ladder if each.id not in known), None)
        if person is None:
            self.unanswered_at = at
        else:
            self.asked.append(Asked(person, at))
        self.version += 1

    def was_asked(self, person: PersonId) -> bool:
        """Tell whether somebody was asked to come, and may."""
        return any(each.person.id == person for each in self.asked)

    def answer(self, *, by: Actor, at: datetime) -> None:
        """Let somebody who was asked come; the first one does."""
        if self.answered_by is None and self.was_asked(by.id):
            self.answered_by, self.answered_at = by.ref, at
            self.version += 1


def support_ladder(directory: Directory, caller: Actor) -> Sequence[Person]:
    """List who is asked, one after the other: the lead on duty and who stands in, then leaders.

    Whoever works for the Adm/Fin alone has its leads, everybody else those of the RC. Nobody who
    is away is asked while somebody is there.
    """
    is_admfin = caller.has_any(_OF_THE_ADMFIN) and not caller.has_any(_OF_THE_RC)
    role = Role.ADMFIN_LEAD if is_admfin else Role.RC_LEAD
    first = directory.on_duty(role)
    other = directory.stand_in(first, role) if first else None
    named = [person for person in (first, other) if person is not None]
    everybody = (*named, *directory.with_any({role}), *directory.with_any({Role.LEADER}))
    people = [each for each in dict.fromkeys(everybody) if each.id != caller.id]
    present = [each for each in people if each.away_until is None]
    return present or people
