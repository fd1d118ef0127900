"""Whom an event calls: real mentions of the people on duty, decided at the moment of sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retention.domain.cancellation import CancellationPath
from retention.domain.desk_events import (
    CaseAssigned,
    CaseReturned,
    InfoAnswered,
    InfoAsked,
    TriangulationStarted,
)
from retention.domain.events import (
    CaseOpened,
    CaseReclassified,
    CaseReverted,
    CaseStatus,
    ClaimEscalated,
    ClaimStep,
    CrmChangeKind,
    CrmHeard,
    Event,
    HandoverRefused,
    HelpCalled,
    MovedBy,
    OwnerReminded,
    ReminderKind,
    ReversalFailed,
)
from retention.domain.people import Directory, Person, PersonRef, Role

_HANDOVER = (Role.ADMFIN_LEAD, Role.RC_LEAD)
_CALLED: Mapping[type[Event], tuple[Role, ...]] = {
    CaseReverted: (Role.ADMFIN_LEAD,),
    ReversalFailed: _HANDOVER,
    HandoverRefused: (Role.ADMFIN_LEAD,),
}


def handover_team(directory: Directory) -> Sequence[Person]:
    """List who is on duty for a handover: the Adm/Fin lead first, then the RC lead."""
    return _on_duty(_HANDOVER, directory)


def people_called(event: Event, directory: Directory) -> Sequence[Person]:
    """List the people on duty whom the process calls for this event, the Adm/Fin lead first.

    Process document: a request that leaves no room (paths 2 and 3) calls the Adm/Fin lead and the
    RC lead at once; on path 1 the Adm/Fin is only told, and called when the RC has an answer. A
    first case calls its companion as well; a call for help, the person it names. Whoever gives a
    case back to path 1 calls the RC lead. A Caso that the CRM will not take, or that was closed
    there, is for the Adm/Fin lead to look at, and so is the reminder of it. An unclaimed case calls
    the Adm/Fin lead and who stands in for them, then the RC lead and a leader; any other reminder,
    whoever has the case. A case given to somebody calls them; given back, an Adm/Fin lead. A
    question calls who is asked, its answer who asked.
    """
    match event:
        case CaseOpened():
            is_handover = event.path is not CancellationPath.TECHNICAL_OPEN
            team = handover_team(directory) if is_handover else ()
            return tuple(dict.fromkeys((*team, *_named(event.companion, directory))))
        case CaseReclassified():
            return _on_duty(_called_to(event), directory)
        case HelpCalled():
            return _named(event.person, directory)
        case ClaimEscalated() | OwnerReminded():
            return _called_by_time(event, directory)
        case (
            CaseAssigned() | CaseReturned() | InfoAsked() | InfoAnswered() | TriangulationStarted()
        ):
            called = _called_at_the_desk(event, directory)
            return tuple(person for person in called if person.id != event.by.id)
        case _:
            return _on_duty(_roles_called(event), directory)


def _called_at_the_desk(
    event: CaseAssigned | CaseReturned | InfoAsked | InfoAnswered | TriangulationStarted,
    directory: Directory,
) -> Sequence[Person]:
    match event:
        case CaseAssigned():
            return _named(event.person, directory)
        case CaseReturned():
            lead = directory.helper(Role.ADMFIN_LEAD, of=event.by.id)
            return (lead,) if lead else ()
        case InfoAsked() | TriangulationStarted():
            return (directory.reached_for(event.person),)
        case InfoAnswered():
            return (directory.reached_for(event.asker),)


def _called_to(event: CaseReclassified) -> Sequence[Role]:
    """Name whose case it has become by a change of path."""
    open_path = CancellationPath.TECHNICAL_OPEN
    if event.path_before is open_path is not event.path:
        return _HANDOVER if event.after is CaseStatus.AWAITING_ADMFIN else ()
    is_given_back = event.path is open_path is not event.path_before
    return (Role.RC_LEAD,) if is_given_back and event.moved_by is MovedBy.PERSON else ()


def _roles_called(event: Event) -> Sequence[Role]:
    if isinstance(event, CrmHeard):
        return (Role.ADMFIN_LEAD,) if event.kind is CrmChangeKind.CLOSED else ()
    return _CALLED.get(type(event), ())


def _called_by_time(
    event: ClaimEscalated | OwnerReminded, directory: Directory
) -> Sequence[Person]:
    if isinstance(event, OwnerReminded) and event.kind is ReminderKind.CRM:
        return _on_duty((Role.ADMFIN_LEAD,), directory)
    if isinstance(event, OwnerReminded):
        waiting = (event.person, event.asker) if event.asker else (event.person,)
        return tuple(dict.fromkeys(directory.reached_for(each) for each in waiting))
    if event.step is ClaimStep.ABOVE:
        return _on_duty((Role.RC_LEAD, Role.LEADER), directory)
    lead = directory.on_duty(Role.ADMFIN_LEAD)
    other = lead and directory.stand_in(lead, Role.ADMFIN_LEAD)
    return tuple(person for person in (lead, other) if person is not None)


def _named(ref: PersonRef | None, directory: Directory) -> Sequence[Person]:
    person = directory.person(ref.id) if ref else None
    return (person,) if person else ()


def _on_duty(roles: Sequence[Role], directory: Directory) -> Sequence[Person]:
    found = (directory.on_duty(role) for role in roles)
    return tuple(dict.fromkeys(person for person in found if person is not None))
