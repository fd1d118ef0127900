"""What is typed into the form of a three-way call."""

from datetime import timedelta

import pytest

from dialogs.triangulation_answers import read_attended, read_call
from retention.domain.errors import InvalidAnswers, Problem
from tests.samples import ANA, BIA, MONDAY

URL = (
    "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22%7d"
)
TYPED = {"call_url": URL, "call_who": "ana", "call_date": "2026-11-23", "call_time": "15:30"}


def read(**changes):
    return read_call(TYPED | changes, [ANA.ref], now=MONDAY)


def test_address_person_and_moment_are_read():
    call = read()

    assert (call.url, call.person) == (URL, ANA.ref)
    assert call.starts_at == MONDAY + timedelta(hours=5, minutes=30)


def test_what_has_passed_is_now():
    assert read(call_time="08:00").starts_at == MONDAY


@pytest.mark.parametrize(
    "url",
    [
        "http://teams.microsoft.com/l/1",
        "teams.microsoft.com/l/1",
        "https://localhost/1",
        "https://[",
        "https://teams.example.com/a) [x](https://mal.example",
        "https://teams.example.com/<at>Todos</at>",
        "javascript:alert(1)//https://a.b",
    ],
)
def test_what_is_no_address_of_a_call_is_refused(url):
    with pytest.raises(InvalidAnswers) as refused:
        read(call_url=url)

    assert refused.value.problems == {"call_url": Problem.URL}


def test_a_stranger_is_no_choice_and_nothing_may_lack():
    with pytest.raises(InvalidAnswers) as refused:
        read_call({"call_who": BIA.id}, [ANA.ref], now=MONDAY)

    assert refused.value.problems == {
        "call_url": Problem.MISSING,
        "call_who": Problem.NOT_A_CHOICE,
        "call_date": Problem.MISSING,
        "call_time": Problem.MISSING,
    }


def test_whether_they_came_is_asked_and_the_note_is_free():
    assert read_attended({"attended": "yes", "attended_note": " ok "}) == (True, "ok")
    assert read_attended({"attended": "no"}) == (False, "")
    with pytest.raises(InvalidAnswers):
        read_attended({})
