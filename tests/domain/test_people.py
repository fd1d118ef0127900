"""Who is called: for help, as a companion, for the work of path 1."""

from datetime import UTC, date, datetime, timedelta

import pytest

from retention.domain.people import Absence, Actor, Directory, Person, PersonId, Role


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


WEDNESDAY = date(2026, 11, 25)
LEAD = Role.ADMFIN_LEAD


def away(who, until=WEDNESDAY):
    return Absence(who.ref, until, who.ref, datetime(2026, 11, 24, 12, tzinfo=UTC))


class TestDay:
    FERNANDA = person("Fernanda", LEAD, on_duty=True, substitute="Gustavo")
    GUSTAVO = person("Gustavo", LEAD, substitute="Hugo")
    HUGO = person("Hugo", Role.ADMFIN)
    IRIS = person("Iris", LEAD)

    @pytest.fixture
    def team(self):
        return Directory([self.IRIS, self.FERNANDA, self.GUSTAVO, self.HUGO])

    def names(self, team, role=LEAD):
        return [each.name for each in team.with_any({role})]

    def test_the_substitute_is_called_first_and_whoever_is_away_last(self, team):
        team.look(WEDNESDAY, [away(self.FERNANDA)])

        assert self.names(team) == ["Gustavo", "Iris", "Fernanda"]
        assert team.on_duty(LEAD).on_duty

    def test_an_absence_lasts_to_the_end_of_its_day(self, team):
        team.look(WEDNESDAY + timedelta(1), [away(self.FERNANDA)])

        assert self.names(team)[0] == "Fernanda"
        assert team.absences == []

    def test_where_the_substitute_is_away_too_the_next_who_is_there_is_called(self, team):
        team.look(WEDNESDAY, [away(self.FERNANDA), away(self.GUSTAVO)])

        assert self.names(team) == ["Iris", "Fernanda", "Gustavo"]
        assert team.reached_for(self.FERNANDA.ref).name == "Hugo"

    def test_when_nobody_is_there_somebody_is_called_all_the_same(self, team):
        everybody = (self.IRIS, self.FERNANDA, self.GUSTAVO, self.HUGO)
        team.look(WEDNESDAY, [away(each) for each in everybody])

        assert team.on_duty(LEAD).name == "Fernanda"
        assert team.reached_for(self.FERNANDA.ref).name == "Fernanda"

    def test_substitutes_that_point_at_each_other_end(self):
        one = person("Um", LEAD, on_duty=True, substitute="Dois")
        two = person("Dois", LEAD, substitute="Um")
        team = Directory([one, two])

        team.look(WEDNESDAY, [away(one), away(two)])

        assert self.names(team) == ["Um", "Dois"]

    def test_the_rota_holds_on_its_weekdays_alone(self):
        iris = person("Iris", LEAD, weekdays=frozenset({2}))
        fernanda = person("Fernanda", LEAD, weekdays=frozenset({0, 1, 3, 4}))
        team = Directory([fernanda, iris])

        team.look(WEDNESDAY, [])
        wednesday = self.names(team)
        team.look(WEDNESDAY + timedelta(1), [])

        assert wednesday == ["Iris", "Fernanda"]
        assert self.names(team) == ["Fernanda", "Iris"]

    def test_the_stand_in_is_the_substitute_or_the_next_who_is_there(self, team):
        named = team.stand_in(team.person(self.FERNANDA.id), LEAD)
        team.look(WEDNESDAY, [away(self.GUSTAVO)])
        other = team.stand_in(team.person(self.FERNANDA.id), LEAD)

        assert (named.name, other.name) == ("Gustavo", "Iris")

    def test_a_companion_who_is_away_leaves_it_to_the_next(self, team):
        team.look(WEDNESDAY, [away(self.HUGO)])

        companion = team.companion_of(newcomer())
        assert companion is not None
        assert companion.name == "Fernanda"

    def test_whom_the_configuration_lacks_is_called_by_name(self, team):
        assert team.reached_for(newcomer("Zoe").ref).name == "Zoe"


class TestLoad:
    ONE = Person(PersonId("one"), "Uma", frozenset({Role.ADMFIN_LEAD}), on_duty=True)
    TWO = Person(PersonId("two"), "Duas", frozenset({Role.ADMFIN_LEAD}), on_duty=True)
    IDLE = Person(PersonId("idle"), "Livre", frozenset({Role.ADMFIN_LEAD}))

    def team(self, loads, *, by_load=True):
        team = Directory([self.IDLE, self.ONE, self.TWO], by_load=by_load)
        team.look(WEDNESDAY, [], loads)
        return [person.name for person in team.with_any({Role.ADMFIN_LEAD})]

    def test_of_those_on_duty_the_least_busy_is_called_first(self):
        assert self.team({"one": 3, "two": 1}) == ["Duas", "Uma", "Livre"]

    def test_equally_busy_they_stand_as_in_the_file(self):
        assert self.team({"one": 1, "two": 1}) == ["Uma", "Duas", "Livre"]

    def test_without_it_the_first_of_the_file_is_called_always(self):
        assert self.team({"one": 3}, by_load=False) == ["Uma", "Duas", "Livre"]
