"""The doctor at work: who is asked what, built from the settings."""

from __future__ import annotations

from functools import partial
from typing import Final

import aiohttp

from bot.assembly import tokens_of
from bot.connector import Connector
from bot.connector_transport import ConnectorLimits
from bot.room import room_of
from bot.service_url import TEAMS_HOSTS
from bot.tokens import GRAPH_RESOURCE
from config.settings import Settings
from doctor import catalogues, people
from doctor.checks import (
    BACKLOG,
    CHANNEL,
    CRM_SETUP,
    PEOPLE,
    PLAYBOOKS,
    READING,
    ROSTER,
    SCHEMA,
    TEAM,
    TEXTS,
    TOKEN,
    Finding,
)
from doctor.crm import salesforce
from doctor.database import DatabasePatient
from doctor.examination import Question, examine
from doctor.teams import TeamsPatient, local
from retention.domain.case_line import CaseLine
from retention.domain.people import Directory, Role

_SERVICE_URL: Final = "https://smba.trafficmanager.net/br/"
"""Teams: where bots of Brazil usually answer, until an activity has told otherwise."""
_WHOLE_DIAGNOSIS_SECONDS: Final = 120.0
"""Salesforce is asked step by step, and each step has a patience of its own."""


async def look(settings: Settings, *, case_number: str | None = None) -> list[Finding]:
    """Look at everything outside; `case_number` is a Caso of Salesforce to try the rights on.

    Without one the Caso of an open case is taken, where there is one.
    """
    database = DatabasePatient.at(settings.database_url, is_local=settings.is_local)
    directory = people.directory_of(settings.people_file)
    try:
        case = await database.some_open_case()
        known = case.crm_case_number if case else None
        async with aiohttp.ClientSession() as session:
            return await examine(
                [
                    *_of_teams(settings, session, directory, case),
                    *_of_the_house(settings, database),
                    _of_the_crm(session, directory, named=case_number, known=known),
                ]
            )
    finally:
        await database.close()


def _of_teams(
    settings: Settings,
    session: aiohttp.ClientSession,
    directory: Directory | None,
    case: CaseLine | None,
) -> list[Question]:
    if settings.is_local:
        return [Question(TOKEN, local)]
    tokens = tokens_of(settings, session)
    teams = TeamsPatient(
        connector=Connector(
            session=session, tokens=tokens, limits=ConnectorLimits(), allowed_hosts=TEAMS_HOSTS
        ),
        tokens=tokens,
        graph_tokens=tokens_of(settings, session, resource=GRAPH_RESOURCE),
        session=session,
        room=room_of(settings),
        service_url=case.thread.service_url if case and case.thread else _SERVICE_URL,
    )
    return [
        Question(TOKEN, teams.token),
        Question(TEAM, teams.team),
        Question(CHANNEL, teams.channel),
        Question(READING, teams.reading),
        Question(ROSTER, partial(people.roster, teams, directory)),
    ]


def _of_the_house(settings: Settings, database: DatabasePatient) -> list[Question]:
    people_file = partial(people.people_file, settings.people_file, is_local=settings.is_local)
    texts = partial(
        catalogues.texts,
        lexicon=settings.lexicon_file,
        rehearsal=settings.rehearsal_file,
        calendar=settings.calendar_file,
    )
    return [
        Question(PEOPLE, people_file),
        Question(SCHEMA, database.schema),
        Question(BACKLOG, database.backlog),
        Question(PLAYBOOKS, partial(catalogues.playbooks, settings.playbooks_file)),
        Question(TEXTS, texts),
    ]


def _of_the_crm(
    session: aiohttp.ClientSession,
    directory: Directory | None,
    *,
    named: str | None,
    known: str | None,
) -> Question:
    leads = directory.with_any({Role.ADMFIN_LEAD}) if directory else ()
    ask = partial(salesforce, session, leads=leads, named=named, known=known)
    return Question(CRM_SETUP, ask, patience_seconds=_WHOLE_DIAGNOSIS_SECONDS)
