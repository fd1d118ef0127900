"""The people file: who is named there, with which duties."""

import pytest

from config.people import InvalidPeopleFile, read_people
from retention.domain.people import Actor, PersonId, Role

ENTRY = """
[[people]]
id = "{0}"
name = "{1}"
email = "{0}@empresa.com.br"
roles = ["{2}"]
"""


def write(tmp_path, *entries):
    path = tmp_path / "people.toml"
    path.write_text("".join(entries), encoding="utf-8")
    return path


def test_a_companion_is_named_by_a_line_of_its_own(tmp_path):
    caio = ENTRY.format("b9", "Caio Nunes", "admfin")
    rita = ENTRY.format("a9", "Rita Lopes", "agent") + "companion = true\n"

    directory = read_people(write(tmp_path, caio, rita))

    ana = Actor(PersonId("a1"), "Ana Souza", frozenset({Role.AGENT}))
    found = directory.companion_of(ana)
    assert found is not None
    assert found.name == "Rita Lopes"


def test_what_no_line_of_ours_is_called_is_refused(tmp_path):
    wrong = ENTRY.format("b9", "Caio Nunes", "admfin") + "buddy = true\n"

    with pytest.raises(InvalidPeopleFile, match="buddy"):
        read_people(write(tmp_path, wrong))


def test_the_days_of_the_rota_are_counted_from_monday(tmp_path):
    caio = ENTRY.format("b9", "Caio Nunes", "admfin_lead") + 'weekdays = ["seg", "sab"]\n'

    found = read_people(write(tmp_path, caio)).person(PersonId("b9"))

    assert found is not None
    assert found.weekdays == {0, 5}


def test_a_day_that_there_is_not_is_refused(tmp_path):
    wrong = ENTRY.format("b9", "Caio Nunes", "admfin") + 'weekdays = ["monday"]\n'

    with pytest.raises(InvalidPeopleFile, match="weekdays"):
        read_people(write(tmp_path, wrong))
