"""What is looked at, in the order it is told, and how grave each outcome is.

The words for them are in `config/doctor.toml`, under the same names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

Value = str | int | Sequence[str]
"""What an outcome tells besides itself: no secrets, of people nothing but their names."""


class Level(StrEnum):
    """How grave a finding is, as people read it."""

    OK = "OK"
    WARNING = "AVISO"
    FAILURE = "FALHA"


OK, WARNING, FAILURE = Level.OK, Level.WARNING, Level.FAILURE
SILENT: Final = "silent"
BROKEN: Final = "broken"
UNASKED: Final = "unasked"
EVERYWHERE: Final[Mapping[str, Level]] = {SILENT: FAILURE, BROKEN: FAILURE, UNASKED: WARNING}
"""Outcomes that any check may have: no answer in time, an error nobody foresaw, or not asked
because something it needs failed in a check of its own.
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a check; `code` names its words."""

    check: str
    code: str
    level: Level
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def group(self) -> str:
        return self.check.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at. `name` is `group.thing`; `levels` its outcomes."""

    name: str
    levels: Mapping[str, Level]

    def found(self, code: str, **values: Value) -> Finding:
        """Tell an outcome of this check."""
        return Finding(self.name, code, {**EVERYWHERE, **self.levels}[code], values)


# ---- Teams ---------------------------------------------------------------------------------------

TOKEN = Check(
    "teams.token", {"ok": OK, "local": WARNING, "refused": FAILURE, "unreachable": FAILURE}
)
TEAM = Check(
    "teams.team",
    {
        "ok": OK,
        "other_group": WARNING,
        "not_installed": FAILURE,
        "not_found": FAILURE,
        "refused": FAILURE,
        "unreachable": FAILURE,
    },
)
CHANNEL = Check(
    "teams.channel",
    {
        "ok": OK,
        "renamed": WARNING,
        "kind_untold": WARNING,
        "not_standard": FAILURE,
        "not_found": FAILURE,
        "refused": FAILURE,
        "unreachable": FAILURE,
    },
)
READING = Check(
    "teams.reading",
    {
        "ok": OK,
        "denied": WARNING,
        "not_found": WARNING,
        "no_group": WARNING,
        "refused": WARNING,
        "unreachable": WARNING,
    },
)

# ---- people, database, effects -------------------------------------------------------------------

PEOPLE = Check("people.file", {"ok": OK, "no_lead": FAILURE, "example": FAILURE, "bad": FAILURE})
ROSTER = Check(
    "people.roster",
    {
        "ok": OK,
        "missing": WARNING,
        "leads_missing": FAILURE,
        "refused": FAILURE,
        "unreachable": FAILURE,
    },
)
SCHEMA = Check(
    "database.schema",
    {
        "ok": OK,
        "not_yet": WARNING,
        "missing": FAILURE,
        "old": FAILURE,
        "unreachable": FAILURE,
        "unsupported": FAILURE,
    },
)
BACKLOG = Check(
    "effects.backlog",
    {"ok": OK, "never_ran": WARNING, "buried": WARNING, "others_wait": WARNING, "waiting": FAILURE},
)

# ---- Salesforce ----------------------------------------------------------------------------------

_OF_THE_CRM: Final[Mapping[str, Level]] = {
    "refused": FAILURE,
    "unreachable": FAILURE,
    "limit_reached": FAILURE,
    "wrong_setting": FAILURE,
}
"""What Salesforce may answer to any question."""


def _of_the_crm(thing: str, levels: Mapping[str, Level]) -> Check:
    return Check(f"salesforce.{thing}", {**levels, **_OF_THE_CRM})


CRM_SETUP = Check(
    "salesforce.setup",
    {
        "ok": OK,
        "absent": WARNING,
        "incomplete": FAILURE,
        "unreadable_key": FAILURE,
        "bad_value": FAILURE,
        "bad": FAILURE,
    },
)
CRM_LOGIN = Check("salesforce.login", {"logged_in": OK, "failed": FAILURE})
CRM_VERSION = _of_the_crm("version", {"served": OK, "not_served": FAILURE})
CRM_PICKLISTS = _of_the_crm("picklists", {"readable": OK})
CRM_STATUS = _of_the_crm(
    "status",
    {
        "found": OK,
        "ends_the_case": WARNING,
        "status_not_found": FAILURE,
        "status_ambiguous": FAILURE,
    },
)
CRM_PRIORITY = _of_the_crm(
    "priority", {"found": OK, "priority_not_found": FAILURE, "priority_ambiguous": FAILURE}
)
CRM_QUEUE = _of_the_crm(
    "queue",
    {
        "found": OK,
        "queue_not_found": FAILURE,
        "queue_ambiguous": FAILURE,
        "queue_serves_no_cases": FAILURE,
    },
)
CRM_RIGHTS = _of_the_crm("rights", {"enough": OK, "lacking": FAILURE})
CRM_LOG = _of_the_crm("log", {"found": OK, "field_missing": FAILURE, "key_not_unique": FAILURE})
CRM_CASE = _of_the_crm(
    "case", {"found": OK, "none": WARNING, "not_seen": WARNING, "not_visible": FAILURE}
)
CRM_CHANGES = _of_the_crm("changes", {"readable": OK})
CRM_MENTION = _of_the_crm("mention", {"allowed": OK, "no_user": FAILURE, "no_access": FAILURE})
CRM_ALLOCATION = _of_the_crm(
    "allocation", {"enough": OK, "not_told": WARNING, "nearly_used_up": WARNING}
)

# ---- what the business writes --------------------------------------------------------------------

PLAYBOOKS = Check("playbooks.file", {"ok": OK, "bad": FAILURE})
OFFERS = Check("playbooks.offers", {"ok": OK, "undefined": WARNING})
DOCUMENTS = Check("playbooks.documents", {"ok": OK, "undefined": WARNING})
TEXTS = Check("playbooks.texts", {"ok": OK, "bad": FAILURE})

CHECKS: Final = (
    TOKEN,
    TEAM,
    CHANNEL,
    READING,
    PEOPLE,
    ROSTER,
    SCHEMA,
    BACKLOG,
    CRM_SETUP,
    CRM_LOGIN,
    CRM_VERSION,
    CRM_PICKLISTS,
    CRM_STATUS,
    CRM_PRIORITY,
    CRM_QUEUE,
    CRM_RIGHTS,
    CRM_LOG,
    CRM_CASE,
    CRM_CHANGES,
    CRM_MENTION,
    CRM_ALLOCATION,
    PLAYBOOKS,
    OFFERS,
    DOCUMENTS,
    TEXTS,
)
