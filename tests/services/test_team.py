"""Who may say who is away, and what the directory makes of it."""

from datetime import timedelta

import pytest

from retention.domain.errors import InvalidAnswers, Problem
from retention.domain.people import Directory, Person, Role
from tests.business import here, team_of
from tests.fakes import FakeClock, Memory
from tests.samples import ANA, BIA, FERNANDA, GUSTAVO, RENATO

TODAY = here(24).date()
TOMORROW = TODAY + timedelta(1)


class House:
    def __init__(self):
        self.memory = Memory()
        self.clock = FakeClock(here(24, 9))
        self.people = self.directory()
        self.team = team_of(self.memory.unit_of_work, self.clock, self.people)

    @staticmethod
    def directory():
        lead = Person(
            FERNANDA.id, FERNANDA.name, FERNANDA.roles, on_duty=True, substitute=GUSTAVO.name
        )
        others = (Person(each.id, each.name, each.roles) for each in (RENATO, GUSTAVO))
        return Directory([lead, *others])

    @property
    def lead(self):
        found = self.people.on_duty(Role.ADMFIN_LEAD)
        return found and found.name


@pytest.fixture
def house():
    return House()


async def test_whoever_is_away_is_not_called_until_they_are_back(house):
    await house.team.tell_absence(actor=FERNANDA, person=FERNANDA.id, until=TOMORROW)
    told = house.lead
    house.clock.advance(days=2)
    await house.team.refresh()

    assert told == GUSTAVO.name
    assert house.lead == FERNANDA.name


async def test_coming_back_early_ends_it(house):
    await house.team.tell_absence(actor=FERNANDA, person=FERNANDA.id, until=TOMORROW)

    await house.team.tell_absence(actor=FERNANDA, person=FERNANDA.id, until=None)

    assert house.lead == FERNANDA.name
    assert house.people.absences == []


async def test_another_process_hears_of_it(house):
    other = house.directory()
    await house.team.tell_absence(actor=FERNANDA, person=FERNANDA.id, until=TODAY)

    await team_of(house.memory.unit_of_work, house.clock, other).refresh()

    assert other.on_duty(Role.ADMFIN_LEAD).name == GUSTAVO.name


async def test_a_lead_may_tell_of_others_and_is_remembered(house):
    await house.team.tell_absence(actor=RENATO, person=FERNANDA.id, until=TODAY)

    (absence,) = house.people.absences
    assert (absence.person, absence.set_by) == (FERNANDA.ref, RENATO.ref)


async def test_anybody_may_tell_of_themselves(house):
    await house.team.tell_absence(actor=ANA, person=ANA.id, until=TODAY)

    assert [each.person for each in house.people.absences] == [ANA.ref]


async def test_nobody_else_may_tell_of_others(house):
    with pytest.raises(InvalidAnswers) as refused:
        await house.team.tell_absence(actor=BIA, person=FERNANDA.id, until=TODAY)

    assert refused.value.problems == {"absent_who": Problem.NOT_A_CHOICE}
    assert house.lead == FERNANDA.name


async def test_a_day_that_has_passed_is_refused(house):
    with pytest.raises(InvalidAnswers) as refused:
        await house.team.tell_absence(
            actor=FERNANDA, person=FERNANDA.id, until=TODAY - timedelta(1)
        )

    assert refused.value.problems == {"absent_until": Problem.IN_THE_PAST}
