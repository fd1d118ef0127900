"""Who is called: for help, as a companion, for the work of path 1."""

import pytest

from retention.domain.people import Actor, Directory, Person, PersonId, Role


def person(name, *roles, **more):
    return Person(PersonId(name.lower()), name, frozenset(roles), **more)


def newcomer(name="Ana", *roles):
    return Actor(PersonId(name.lower()), name, frozenset({Role.AGENT, *roles}))


BRUNO = person("Bruno", Role.RC_LEAD, Role.N2)
CAIO = person("Caio", Role.ADMFIN)
FERNANDA = person("Fernanda", Role.ADMFIN_LEAD, on_duty=True)
NINA = person("Nina", Role.N2, on_duty=True)


class TestHelper:
    def test_whoever_is_on_duty_comes_first(self):
        found = Directory([BRUNO, NINA]).helper(Role.N2, of=PersonId("ana"))

        assert found == NINA

    def test_nobody_calls_themselves(self):
        directory = Directory([BRUNO, NINA])

        assert directory.helper(Role.N2, of=NINA.id) == BRUNO
        assert directory.helper(Role.RC_LEAD, of=BRUNO.id) is None


class TestCompanion:
    @pytest.mark.parametrize(
        ("people", "companion"),
        [
            ([BRUNO, FERNANDA, CAIO, person("Rita", companion=True)], "Rita"),
            ([BRUNO, FERNANDA, CAIO], "Caio"),
            ([BRUNO, FERNANDA], "Fernanda"),
        ],
    )
    def test_a_named_one_comes_first_then_the_adm_fin(self, people, companion):
        found = Directory(people).companion_of(newcomer())

        assert found is not None
        assert found.name == companion

    def test_nobody_accompanies_themselves(self):
        rita = person("Rita", companion=True)

        assert Directory([rita]).companion_of(newcomer("Rita")) is None

    @pytest.mark.parametrize("role", [Role.RC_LEAD, Role.ADMFIN, Role.ADMFIN_LEAD, Role.LEADER])
    def test_whoever_works_on_cases_of_others_needs_none(self, role):
        assert Directory([FERNANDA]).companion_of(newcomer("Zoe", role)) is None


class TestTeam:
    def test_those_present_come_first_and_nobody_twice(self):
        directory = Directory([BRUNO, FERNANDA, NINA])

        team = directory.rc_team(newcomer().ref, BRUNO.ref)

        assert [each.name for each in team] == ["Ana", "Bruno", "Nina"]
