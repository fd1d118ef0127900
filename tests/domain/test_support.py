"""Whom a call for support asks, one after the other, and who comes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from retention.domain.people import Absence, Actor, Directory, Person, PersonId, Role
from retention.domain.support import SupportCall, support_ladder
from tests.samples import ANA, FERNANDA, GUSTAVO, MONDAY, RENATO, THREAD

HELENA = Actor(PersonId("helena"), "Helena Martins", frozenset({Role.LEADER}))
INES = Actor(PersonId("ines"), "Inês Prado", frozenset({Role.ADMFIN}))
SARA = Actor(PersonId("sara"), "Sara Nunes", frozenset({Role.RC_LEAD}))
TODAY = date(2026, 11, 23)
MINUTE = timedelta(minutes=1)


def team(*away, substitute=None):
    people = Directory(
        [
            Person(HELENA.id, HELENA.name, HELENA.roles),
            Person(SARA.id, SARA.name, SARA.roles),
            Person(RENATO.id, RENATO.name, RENATO.roles, on_duty=True, substitute=substitute),
            Person(FERNANDA.id, FERNANDA.name, FERNANDA.roles, on_duty=True),
            Person(GUSTAVO.id, GUSTAVO.name, GUSTAVO.roles),
        ]
    )
    people.look(TODAY, [Absence(each.ref, TODAY, each.ref, MONDAY) for each in away])
    return people


def names(people):
    return [person.name.split()[0] for person in people]


@pytest.fixture
def call():
    return SupportCall("c1", ANA.ref, THREAD, None, MONDAY)


class TestLadder:
    def test_the_rc_lead_on_duty_is_asked_first_then_the_rota_then_the_leaders(self):
        assert names(support_ladder(team(), ANA)) == ["Renato", "Sara", "Helena"]

    def test_the_named_substitute_comes_second(self):
        ladder = support_ladder(team(substitute=HELENA.name), ANA)

        assert names(ladder) == ["Renato", "Helena", "Sara"]

    def test_nobody_who_is_away_is_asked_while_somebody_is_there(self):
        ladder = support_ladder(team(RENATO, substitute=SARA.name), ANA)

        assert names(ladder) == ["Sara", "Helena"]

    def test_when_all_are_away_they_are_asked_all_the_same(self):
        ladder = support_ladder(team(RENATO, SARA, HELENA), ANA)

        assert names(ladder) == ["Renato", "Sara", "Helena"]

    def test_the_adm_fin_has_its_own_leads(self):
        assert names(support_ladder(team(), INES)) == ["Fernanda", "Gustavo", "Helena"]

    def test_nobody_is_asked_to_come_to_themselves(self):
        assert names(support_ladder(team(), RENATO)) == ["Sara", "Helena"]


class TestCall:
    def test_each_step_asks_somebody_new_until_nobody_is_left(self, call):
        ladder = support_ladder(team(), ANA)
        dues = []

        for minute in range(4):
            call.ask_next(ladder, MONDAY + minute * MINUTE)
            dues.append(call.due_at(MINUTE))

        assert [each.person.name for each in call.asked] == [person.name for person in ladder]
        assert dues == [MONDAY + MINUTE, MONDAY + 2 * MINUTE, MONDAY + 3 * MINUTE, None]
        assert (call.is_open, call.version) == (False, 4)

    def test_the_first_one_comes(self, call):
        for _ in range(2):
            call.ask_next(support_ladder(team(), ANA), MONDAY)

        call.answer(by=SARA, at=MONDAY)
        call.answer(by=RENATO, at=MONDAY + MINUTE)

        assert (call.answered_by, call.answered_at, call.version) == (SARA.ref, MONDAY, 3)
        assert call.due_at(MINUTE) is None

    def test_whoever_was_not_asked_cannot_come(self, call):
        call.ask_next(support_ladder(team(), ANA), MONDAY)
        before = replace(call)

        call.answer(by=HELENA, at=MONDAY)

        assert call == before

    def test_somebody_may_come_after_nobody_was_left(self, call):
        for _ in range(4):
            call.ask_next(support_ladder(team(), ANA), MONDAY)

        call.answer(by=RENATO, at=MONDAY + MINUTE)

        assert call.answered_by == RENATO.ref
