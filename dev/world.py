"""The local world: tenant, bot, team, channel and six people, read from `world.json`."""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("world.json")

_ROLES = {
    "rc_lead": "Líder do RC",
    "n2": "N2",
    "admfin": "Analista Adm/Fin",
    "admfin_lead": "Líder Adm/Fin",
    "leader": "Liderança",
    "admin": "Administração",
}


class PersonNotFound(LookupError):
    """Nobody of the local world has that name."""


@dataclass(frozen=True)
class Person:
    """Someone who can act in the channel; `id` is the Teams MRI, as the bot receives it."""

    id: str
    name: str
    aad_object_id: str
    email: str
    roles: tuple[str, ...]

    @property
    def first_name(self) -> str:
        """What `--as` accepts: the first name, without accents, in lower case."""
        return _folded(self.name.split()[0])

    @property
    def role_label(self) -> str:
        """Say what the person is, in pt-BR; everybody is an agent, so that alone is said last."""
        return ", ".join(_ROLES[role] for role in self.roles if role in _ROLES) or "Analista RC"

    def account(self) -> dict[str, Any]:
        """Return the person as the `from` of an activity (Teams: ChannelAccount)."""
        return {"id": self.id, "name": self.name, "aadObjectId": self.aad_object_id}


@dataclass(frozen=True)
class Place:
    """The team or the channel."""

    id: str
    name: str


@dataclass(frozen=True)
class World:
    """Who and what exists in the local Playground."""

    tenant_id: str
    bot: Place
    team: Place
    team_group_id: str
    channel: Place
    people: tuple[Person, ...]

    def named(self, name: str) -> Person:
        """Find a person by first name or full name, accents and case aside.

        Raises:
            PersonNotFound: nobody has that name.
        """
        wanted = _folded(name)
        for person in self.people:
            if wanted in {person.first_name, _folded(person.name)}:
                return person
        raise PersonNotFound(name)

    def member(self, key: str) -> Person | None:
        """Find a person by MRI, Entra object id or e-mail, as Teams' `members/{id}` does."""
        for person in self.people:
            if key.lower() in {person.id.lower(), person.aad_object_id.lower(), person.email}:
                return person
        return None


def load() -> World:
    """Read the world file."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    return World(
        tenant_id=data["tenantId"],
        bot=Place(data["bot"]["id"], data["bot"]["name"]),
        team=Place(data["team"]["id"], data["team"]["name"]),
        team_group_id=data["team"]["aadGroupId"],
        channel=Place(data["channel"]["id"], data["channel"]["name"]),
        people=tuple(_people(data["people"])),
    )


def _people(rows: Iterable[dict[str, Any]]) -> Iterable[Person]:
    for row in rows:
        yield Person(
            id=row["id"],
            name=row["name"],
            aad_object_id=row["aadObjectId"],
            email=row["email"],
            roles=tuple(row["roles"]),
        )


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
