"""The people of the configuration: are they ours, and does the team's roster know them?"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from config.people import read_people
from config.toml_file import BadFile
from doctor.checks import PEOPLE, ROSTER, UNASKED, Finding
from doctor.teams import TeamsPatient, refusal
from retention.domain.people import Directory, Person, Role
from retention.services.ports.failures import PermanentError, TransientError

_CALLED: Final = (Role.RC_LEAD, Role.ADMFIN_LEAD)
"""Whom a handover mentions (process document, section 2)."""
_EXAMPLE: Final = "00000000-0000-0000-0000-"
"""How the Entra ids of the local world's people begin."""


def directory_of(path: Path) -> Directory | None:
    """Read the people file; None where the check of it has to say what is wrong."""
    try:
        return read_people(path)
    except BadFile:
        return None


async def people_file(path: Path, *, is_local: bool) -> Finding:
    """Read the people file and see whether the roles that a handover calls are held."""
    try:
        directory = read_people(path)
    except BadFile as error:
        return PEOPLE.found("bad", file=str(path), why="; ".join(error.problems))
    people = directory.with_any(Role)
    if not is_local and any(person.id.startswith(_EXAMPLE) for person in people):
        return PEOPLE.found("example", file=str(path))
    unheld = [str(role) for role in _CALLED if not directory.with_any({role})]
    if unheld:
        return PEOPLE.found("no_lead", file=str(path), roles=unheld)
    return PEOPLE.found("ok", count=len(people))


async def roster(teams: TeamsPatient, directory: Directory | None) -> Finding:
    """Look everybody of the people file up among the members of the team."""
    try:
        await teams.tokens.token()
    except TransientError:
        return ROSTER.found(UNASKED)
    if directory is None:
        return ROSTER.found(UNASKED)
    try:
        members = await teams.members()
    except (TransientError, PermanentError) as error:
        return refusal(ROSTER, error)
    known = {(member.object_id or "").lower() for member in members}
    missing = [person for person in directory.with_any(Role) if person.id not in known]
    leads = [person for person in missing if person.roles.intersection(_CALLED)]
    if leads:
        return ROSTER.found("leads_missing", leads=_names(leads), people=_names(missing))
    if missing:
        return ROSTER.found("missing", people=_names(missing))
    return ROSTER.found("ok", count=len(directory.with_any(Role)))


def _names(people: list[Person]) -> list[str]:
    return [person.name for person in people]
