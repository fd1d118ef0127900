"""The people file: who is named there, with which duties."""

import pytest

from config.people import read_people
from config.toml_file import BadFile
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

    with pytest.raises(BadFile, match="buddy"):
        read_people(write(tmp_path, wrong))


def test_the_days_of_the_rota_are_counted_from_monday(tmp_path):
    caio = ENTRY.format("b9", "Caio Nunes", "admfin_lead") + 'weekdays = ["seg", "sab"]\n'

    found = read_people(write(tmp_path, caio)).person(PersonId("b9"))

    assert found is not None
    assert found.weekdays == {0, 5}


def test_a_day_that_there_is_not_is_refused(tmp_path):
    wrong = ENTRY.format("b9", "Caio Nunes", "admfin") + 'weekdays = ["monday"]\n'

    with pytest.raises(BadFile, match="weekdays"):
        read_people(write(tmp_path, wrong))


def problems(path):
    with pytest.raises(BadFile) as refused:
        read_people(path)
    return list(refused.value.problems)


def test_a_mistake_is_told_by_line_and_place_without_repeating_what_stands_there(tmp_path):
    ana, boss = ENTRY.format("a1", "Ana Souza", "agent"), ENTRY.format("b9", "Caio Nunes", "boss")

    (problem,) = problems(write(tmp_path, ana, boss))

    assert problem.startswith("line 12, people.2.roles")
    assert "Caio" not in problem


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (ENTRY.format("A1", "Bruno Carvalho", "n2"), "people.2.id: stands above already"),
        (ENTRY.format("a2", "Ana Souza", "n2"), "people.2.name: stands above already"),
        (
            ENTRY.format("a2", "Bruno", "n2") + 'substitute = "Ana"',
            "people.2.substitute: is nobody",
        ),
    ],
)
def test_each_id_and_each_name_stands_once_and_substitutes_are_among_them(tmp_path, entry, told):
    (problem,) = problems(write(tmp_path, ENTRY.format("a1", "Ana Souza", "agent"), entry))

    assert problem.startswith(told)


def test_a_file_saved_by_the_notepad_of_windows_is_read(tmp_path):
    path = tmp_path / "people.toml"
    path.write_text(ENTRY.format("a1", "João Sá", "agent"), encoding="utf-8-sig")

    assert read_people(path).names == ("João Sá",)


def test_one_in_another_encoding_is_told(tmp_path):
    path = tmp_path / "people.toml"
    path.write_text(ENTRY.format("a1", "João Sá", "agent"), encoding="cp1252")

    assert problems(path) == ["it is not UTF-8: save it as such"]
