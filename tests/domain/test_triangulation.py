"""The three-way call: who may call in whom, and how it went."""

from datetime import timedelta

import pytest

from retention.domain.errors import AlreadyDone, IllegalTransition, NotAllowed
from retention.domain.triangulation import ThreeWayCall
from tests.samples import ANA, BIA, FERNANDA, GUSTAVO, MONDAY, case

CALL = ThreeWayCall("https://teams.example.com/l/1", ANA.ref, MONDAY)
AGAIN = ThreeWayCall("https://teams.example.com/l/2", ANA.ref, MONDAY)
LATER = MONDAY + timedelta(minutes=20)


@pytest.fixture
def claimed():
    case_ = case()
    case_.claim(by=FERNANDA, at=MONDAY)
    return case_


def call(case_, by=FERNANDA, call=CALL, seen=None):
    case_.triangulate(by=by, at=MONDAY, call=call, avoid="Calma", seen=seen)


def end(case_, by=FERNANDA, *, attended=True, note=""):
    case_.end_triangulation(by=by, at=LATER, attended=attended, note=note)


def test_whoever_has_the_case_calls_somebody_in(claimed):
    call(claimed)

    assert claimed.triangulation.person == ANA.ref
    assert claimed.triangulation.avoid == "Calma"


def test_the_same_form_again_calls_nobody_twice(claimed):
    version = claimed.version
    call(claimed, seen=version)
    call(claimed, seen=version)

    assert claimed.version == version + 1


def test_others_may_not_and_neither_before_somebody_has_it(claimed):
    with pytest.raises(NotAllowed):
        call(claimed, by=BIA)
    with pytest.raises(IllegalTransition):
        call(case(2))


def test_another_call_takes_the_place_of_one_that_nobody_told_of(claimed):
    call(claimed)
    call(claimed, call=AGAIN)

    assert claimed.triangulation.url == AGAIN.url


@pytest.mark.parametrize("who", [FERNANDA, ANA, GUSTAVO])
def test_whoever_was_there_tells_how_it_went(claimed, who):
    call(claimed)

    end(claimed, who, attended=False, note="Caixa postal")

    assert claimed.triangulation is None
    assert (claimed.triangulated.attended, claimed.triangulated.note) == (False, "Caixa postal")


def test_it_is_told_once(claimed):
    call(claimed)
    end(claimed)
    version = claimed.version
    end(claimed)

    with pytest.raises(AlreadyDone):
        end(claimed, GUSTAVO)
    assert claimed.version == version


def test_nobody_else_tells_and_nothing_is_told_without_a_call(claimed):
    with pytest.raises(IllegalTransition):
        end(claimed)
    call(claimed)
    with pytest.raises(NotAllowed):
        end(claimed, BIA)


def test_a_repeated_one_is_possible(claimed):
    call(claimed)
    end(claimed, attended=False)
    call(claimed, seen=claimed.version)
    end(claimed)

    assert claimed.triangulated.attended


def test_a_case_given_back_waits_for_no_call(claimed):
    call(claimed)
    claimed.give_back(by=FERNANDA, at=LATER, why="Férias")

    assert claimed.triangulation is None


def test_whoever_has_it_next_waits_for_no_call_of_before(claimed):
    call(claimed)
    end(claimed, ANA)
    call(claimed, call=AGAIN)
    claimed.give_back(by=FERNANDA, at=LATER, why="Férias")
    claimed.claim(by=GUSTAVO, at=LATER)

    assert claimed.triangulation is None
    with pytest.raises(IllegalTransition):
        end(claimed, GUSTAVO)
