"""Whom an event calls: real mentions of the people on duty, decided at the moment of sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retention.domain.cancellation import CancellationPath
from retention.domain.events import CaseOpened, CaseReverted, Event, ReversalFailed
from retention.domain.people import Directory, Person, Role

_HANDOVER = (Role.ADMFIN_LEAD, Role.RC_LEAD)
_CALLED: Mapping[type[Event], tuple[Role, ...]] = {
    CaseReverted: (Role.ADMFIN_LEAD,),
    ReversalFailed: _HANDOVER,
}


def handover_team(directory: Directory) -> Sequence[Person]:
    """List who is on duty for a handover: the Adm/Fin lead first, then the RC lead."""
    return _on_duty(_HANDOVER, directory)


def people_called(event: Event, directory: Directory) -> Sequence[Person]:
    """List the people on duty whom the process calls for this event, the Adm/Fin lead first.

    Process document: a request that leaves no room (paths 2 and 3) calls the Adm/Fin lead and the
    RC lead at once; on path 1 the Adm/Fin is only told, and called when the RC has an answer.
    """
    if isinstance(event, CaseOpened):
        is_handover = event.path is not CancellationPath.TECHNICAL_OPEN
        return handover_team(directory) if is_handover else ()
    return _on_duty(_CALLED.get(type(event), ()), directory)


def _on_duty(roles: Sequence[Role], directory: Directory) -> Sequence[Person]:
    found = (directory.on_duty(role) for role in roles)
    return tuple(dict.fromkeys(person for person in found if person is not None))
