"""What a leader decides on the summary of the day: who takes a case without owner."""

from __future__ import annotations

from collections.abc import Sequence

from cards.actions.around import DigestAssign, ShowDigest
from cards.elements import Json, action_set, card, choice_input, container, heading, text
from cards.formats import calendar_day, counted, moment
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed, checked, problems_band
from cards.labels import FIELDS
from cards.notice import Notice
from cards.plain_text import plain
from cards.quote import quote_band
from retention.domain.case import Case
from retention.domain.people import Person

_MOST_PEOPLE = 40


def digest_assign_card(
    case: Case,
    people: Sequence[Person],
    *,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Json:
    """Ask who of the Adm/Fin takes the case; `people` are those who may."""
    facts = case.facts
    choice = choice_input(
        "assign_to",
        FIELDS["assign_to"],
        {person.id: _with_load(person) for person in people[:_MOST_PEOPLE]},
        error="Escolha alguém do Adm/Fin.",
        value=typed.get("assign_to", ""),
        required=True,
    )
    return card(
        quote_band(facts),
        container(heading("Atribuir a…"), spacing="Medium"),
        text("A pessoa é chamada no tópico do caso.", spacing="None"),
        problems_band(problems, purpose="atribuir"),
        *checked(choice, problems),
        action_set(
            DigestAssign.on(case, "Atribuir", style="positive"),
            ShowDigest.button("Voltar ao resumo"),
        ),
        fallback_text=f"Atribuir o Caso {facts.crm_case_number} a alguém do Adm/Fin.",
    )


def assigned_notice(case: Case) -> Notice:
    """Say whose a case is now, on top of the summary."""
    owner = plain(case.owner.name) if case.owner else "outra pessoa"
    return Notice(
        f"🤝 {plain(case.facts.customer)} está com {owner}", "Avisei no tópico do caso.", "good"
    )


def seen_notice(case: Case) -> Notice:
    """Say that a leader took note of an exception."""
    return Notice(
        f"👀 Anotado: você viu como {plain(case.facts.customer)} foi encerrado",
        "Fica no histórico do caso.",
        "good",
    )


def no_longer_waiting_notice(case: Case) -> Notice:
    """Say that a case moved on before anything was decided here."""
    taken = case.claimed
    whose = (
        f"Está com {plain(case.owner.name)} desde {moment(taken.at)}. "
        if taken and case.owner
        else ""
    )
    return Notice(
        f"ℹ️ {plain(case.facts.customer)} já não espera um dono",
        f"{whose}Nada mudou. Abaixo, o resumo como está agora.",
        "accent",
    )


def _with_load(person: Person) -> str:
    name = plain(person.name)
    if person.away_until is not None:
        return f"{name} (fora até {calendar_day(person.away_until)})"
    if person.open_cases:
        return f"{name} ({counted(person.open_cases, 'caso', 'casos')})"
    return name
