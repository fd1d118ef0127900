"""The local world has the bot's own people, and finds them by what a developer types."""

import tomllib
from pathlib import Path

import pytest

from config.settings import Settings
from dev import world

PEOPLE = Path(__file__).parents[2] / "config" / "people.toml"
WORLD = world.load()


def test_the_people_are_those_of_the_bot_s_configuration():
    configured = tomllib.loads(PEOPLE.read_text(encoding="utf-8"))["people"]

    assert {
        (person.aad_object_id, person.name, person.email, person.roles) for person in WORLD.people
    } == {(row["id"], row["name"], row["email"], tuple(row["roles"])) for row in configured}


def test_the_places_are_those_of_the_bot_s_local_settings(monkeypatch):
    monkeypatch.delenv("APP_ID", raising=False)

    settings = Settings(_env_file=None)

    assert settings.tenant_id == WORLD.tenant_id
    assert settings.team_id == WORLD.team.id
    assert settings.team_group_id == WORLD.team_group_id
    assert settings.channel_id == WORLD.channel.id
    assert settings.channel_name == WORLD.channel.name
    assert settings.bot_id == WORLD.bot.id


@pytest.mark.parametrize("name", ["helena", "Helena", " HELENA ", "Helena Martins", "hélena"])
def test_a_person_is_found_by_name_accents_and_case_aside(name):
    assert WORLD.named(name).email == "helena.martins@empresa.com.br"


@pytest.mark.parametrize("name", ["", "zé", "hel", "martins"])
def test_nobody_is_found_by_half_a_name(name):
    with pytest.raises(world.PersonNotFound):
        WORLD.named(name)


@pytest.mark.parametrize(
    "key",
    [
        "29:lead-helena",
        "00000000-0000-0000-0000-0000000000C1",
        "Helena.Martins@empresa.com.br",
    ],
)
def test_a_member_is_found_by_mri_entra_id_or_e_mail(key):
    assert WORLD.member(key) == WORLD.named("helena")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("ana", "Analista RC"),
        ("bruno", "Líder do RC, N2"),
        ("gustavo", "Líder Adm/Fin"),
        ("helena", "Liderança, Administração"),
    ],
)
def test_a_role_is_said_in_portuguese(name, label):
    assert WORLD.named(name).role_label == label
