"""`/equipe`: who answers for what today, who is away, and a form to say so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cards.actions.around import OpenAbsenceForm, TellAbsence
from cards.elements import (
    Json,
    action_set,
    card,
    choice_input,
    container,
    heading,
    moment_input,
    rich,
    run,
    text,
)
from cards.formats import calendar_day, counted
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed, all_checked, problems_band
from cards.labels import FIELDS, ROLES
from cards.plain_text import one_line, plain
from retention.domain.people import Absence, Directory, Person, PersonRef, Role

_SHOWN = (Role.ADMFIN_LEAD, Role.RC_LEAD, Role.N2, Role.ADMFIN, Role.LEADER)
"""The roles that are called."""
_LONGEST_NAME = 40
_MOST_PEOPLE = 40
_MOST_ABSENCES = 15
_MOST_OF_A_ROLE = 8


def team_card(directory: Directory, today: date) -> Json:
    """Show who is called first for each role, and who is away until when."""
    roles = [line for role in _SHOWN if (line := _role(role, directory))]
    absences = directory.absences[:_MOST_ABSENCES]
    return card(
        heading(f"Equipe de hoje · {calendar_day(today)}"),
        *roles,
        None if roles else text("Ninguém está na lista de pessoas ainda."),
        container(
            heading("🌴 Fora", section=True, spacing="None"),
            *(_absence(each, directory) for each in absences),
            id="away",
        )
        if absences
        else text("Ninguém avisou ausência.", spacing="Medium"),
        action_set(OpenAbsenceForm.button("Informar ausência…")),
        fallback_text="Equipe de hoje: veja quem está de plantão e quem está fora.",
    )


def absence_card(
    people: Sequence[PersonRef],
    today: date,
    *,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Json:
    """Ask who is away until when; `people` are those whom the presser may speak for."""
    return card(
        heading("Informar ausência"),
        text("Enquanto a pessoa estiver fora, o bot chama quem a substitui."),
        problems_band(problems, purpose="informar"),
        *all_checked(
            (
                choice_input(
                    "absent_who",
                    FIELDS["absent_who"],
                    {person.id: plain(person.name) for person in people[:_MOST_PEOPLE]},
                    error="Escolha a pessoa.",
                    value=typed.get("absent_who", people[0].id if people else ""),
                    required=True,
                ),
                moment_input(
                    "Date",
                    "absent_until",
                    FIELDS["absent_until"],
                    error="Escolha hoje ou um dia adiante.",
                    value=typed.get("absent_until", ""),
                    earliest=today.isoformat(),
                ),
            ),
            problems,
        ),
        text("O último dia fora. Já voltou? Deixe em branco.", small=True, spacing="Small"),
        action_set(TellAbsence.button("Salvar ausência", style="positive")),
        fallback_text="Informar ausência: quem e até quando.",
    )


def _role(role: Role, directory: Directory) -> Json | None:
    present = [each for each in directory.with_any({role}) if each.away_until is None]
    if not directory.with_any({role}):
        return None
    names = [_name(each) for each in present[:_MOST_OF_A_ROLE]]
    return rich(run(f"{ROLES[role]}: ", bold=True), run(", ".join(names) or "ninguém agora"))


def _name(person: Person) -> str:
    name = one_line(person.name, at_most=_LONGEST_NAME)
    if not person.on_duty:
        return name
    load = f", {counted(person.open_cases, 'caso', 'casos')}" if person.open_cases else ""
    return f"{name} (de plantão{load})"


def _absence(absence: Absence, directory: Directory) -> Json:
    person = directory.person(absence.person.id)
    other = directory.reached_for(absence.person)
    instead = ""
    if person is not None and other.id != person.id:
        instead = f" · responde {one_line(other.name, at_most=_LONGEST_NAME)}"
    return rich(
        run(one_line(absence.person.name, at_most=_LONGEST_NAME), bold=True),
        run(f" até {calendar_day(absence.until)}{instead}"),
    )
