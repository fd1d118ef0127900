"""Whom the lead's desk calls."""

import pytest

from retention.domain.people import Directory, Person, PersonId, Role
from retention.services.mentions import people_called
from tests.samples import ANA, FERNANDA, GUSTAVO, MONDAY, case

INES = Person(PersonId("ines"), "Inês Prado", frozenset({Role.ADMFIN}))


def as_person(actor, *, on_duty=False):
    return Person(actor.id, actor.name, actor.roles, on_duty=on_duty)


PEOPLE = Directory([as_person(GUSTAVO), as_person(FERNANDA, on_duty=True), INES])


@pytest.fixture
def claimed():
    found = case()
    found.claim(by=FERNANDA, at=MONDAY)
    return found


def called(found, people=PEOPLE):
    return [person.name for person in people_called(found.history[-1], people)]


def test_who_is_given_a_case_is_called(claimed):
    claimed.assign(by=FERNANDA, at=MONDAY, to=INES)

    assert called(claimed) == ["Inês Prado"]


def test_a_lead_who_takes_a_case_by_assigning_it_calls_nobody(claimed):
    claimed.assign(by=GUSTAVO, at=MONDAY, to=as_person(GUSTAVO))

    assert called(claimed) == []


def test_a_case_given_back_calls_the_lead_on_duty(claimed):
    claimed.give_back(by=GUSTAVO, at=MONDAY, why="Férias dela")

    assert called(claimed) == ["Fernanda Alves"]


def test_given_back_by_the_lead_on_duty_it_calls_another_one(claimed):
    claimed.give_back(by=FERNANDA, at=MONDAY, why="Férias")

    assert called(claimed) == ["Gustavo Reis"]


def test_without_another_lead_it_calls_nobody(claimed):
    claimed.give_back(by=FERNANDA, at=MONDAY, why="Férias")

    assert called(claimed, Directory([as_person(FERNANDA)])) == []


def test_a_question_calls_who_is_asked_even_if_the_configuration_does_not_know_them(claimed):
    claimed.ask(by=FERNANDA, at=MONDAY, person=ANA.ref, what="Multa?", until=MONDAY)

    assert called(claimed) == ["Ana Souza"]


def test_an_answer_calls_who_asked(claimed):
    claimed.ask(by=FERNANDA, at=MONDAY, person=ANA.ref, what="Multa?", until=MONDAY)

    claimed.answer_question(by=ANA, at=MONDAY, text="Foi")

    assert called(claimed) == ["Fernanda Alves"]


def test_who_answers_their_own_question_calls_nobody(claimed):
    claimed.ask(by=FERNANDA, at=MONDAY, person=ANA.ref, what="Multa?", until=MONDAY)

    claimed.answer_question(by=FERNANDA, at=MONDAY, text="Achei")

    assert called(claimed) == []
