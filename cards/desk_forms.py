"""Forms of the lead's desk: whose the case is, and the fast lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cards.actions.desk import AssignCase, EndAttempts, GiveBack, TellDecision
from cards.elements import (
    Json,
    action_set,
    choice_input,
    container,
    moment_input,
    of_the_conversation,
    text_input,
    toggle,
)
from cards.formats import calendar_day, counted, date_value, time_value
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed, case_form, checked
from cards.labels import FEEDBACK_CHANNELS, FIELDS
from cards.notice import Notice
from cards.plain_text import plain
from retention.domain.case import Case
from retention.domain.closing import NO_CHANNEL
from retention.domain.events import FeedbackChannel
from retention.domain.people import Person

_MOST_PEOPLE = 40
_LONGEST_WORDS = 600
MOST_TRIES = 10
_TRIES: Mapping[str, str] = {
    str(number): counted(number, "tentativa", "tentativas") for number in range(1, MOST_TRIES + 1)
}
_WAYS: Mapping[FeedbackChannel, str] = {
    way: words for way, words in FEEDBACK_CHANNELS.items() if way not in NO_CHANNEL
}


def assign_card(
    case: Case,
    people: Sequence[Person],
    *,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Json:
    """Ask who of the Adm/Fin takes the case; `people` are those who may.

    The list works everywhere. Behind it, Teams finds any member by name: the Playground draws that
    search in place of a list, and names people by other ids.
    """
    names = {person.id: _with_absence(person) for person in people[:_MOST_PEOPLE]}
    found = choice_input(
        "assign_found",
        FIELDS["assign_found"],
        names,
        error="Escolha alguém do Adm/Fin.",
        value=typed.get("assign_found", ""),
    )
    return case_form(
        case,
        "Atribuir a…",
        "A pessoa é chamada no tópico. O resultado continua com um líder do Adm/Fin.",
        choice_input(
            "assign_to",
            FIELDS["assign_to"],
            names,
            error="Escolha alguém do Adm/Fin.",
            placeholder="Quem cuida a partir de agora?",
            value=typed.get("assign_to", ""),
        ),
        action_set(toggle("Procurar pelo nome", "by-name"), spacing="Small"),
        container(
            *checked(of_the_conversation(found), problems),
            id="by-name",
            visible="assign_found" in problems,
            spacing="Small",
        ),
        submit=AssignCase.on(case, "Atribuir", style="positive"),
        purpose="atribuir",
        problems=problems,
    )


def give_back_card(
    case: Case, *, typed: Typed = NOTHING_TYPED, problems: Problems = NO_PROBLEMS
) -> Json:
    """Ask why the case goes back to the queue."""
    return case_form(
        case,
        "Devolver à fila",
        "O caso fica sem dono, e o líder do Adm/Fin de plantão é chamado.",
        text_input(
            "give_back_why",
            FIELDS["give_back_why"],
            error="Diga em uma frase por que o caso volta à fila.",
            placeholder="Ex.: entro de férias amanhã, e o cliente pediu retorno na quinta",
            value=typed.get("give_back_why", ""),
            max_length=300,
            required=True,
            multiline=True,
        ),
        submit=GiveBack.on(case, "Devolver", style="positive"),
        purpose="devolver",
        problems=problems,
    )


def decision_card(
    case: Case, *, typed: Typed = NOTHING_TYPED, problems: Problems = NO_PROBLEMS
) -> Json:
    """Ask in which words the customer decided."""
    return case_form(
        case,
        "Cliente decidiu",
        "Daqui em diante, sem novas ofertas: só documentos e confirmação. Se ele mudar de ideia, "
        "ainda dá para registrar que fica.",
        text_input(
            "customer_said",
            FIELDS["customer_said"],
            error="Escreva o que o cliente disse. Uma frase já basta.",
            placeholder="Ex.: “agradeço, mas já está decidido”",
            value=typed.get("customer_said", ""),
            max_length=_LONGEST_WORDS,
            required=True,
            multiline=True,
        ),
        submit=TellDecision.on(case, "Registrar decisão", style="positive"),
        purpose="registrar",
        problems=problems,
    )


def attempts_card(
    case: Case,
    *,
    now: datetime,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
    notice: Notice | None = None,
) -> Json:
    """Ask how it was tried to reach the customer; preset to what is known."""
    known = case.attempts
    last_at = known.last_at if known else now
    typed = {
        "tries": str(known.tries) if known else "",
        "tried_by": ",".join(known.channels) if known else "",
        "tried_date": date_value(last_at),
        "tried_time": time_value(last_at),
        **typed,
    }
    ways = choice_input(
        "tried_by",
        FIELDS["tried_by"],
        _WAYS,
        error="Marque por onde vocês tentaram.",
        required=True,
        expanded=True,
        several=True,
    )
    return case_form(
        case,
        "Encerrar tentativas",
        "Conte como vocês tentaram falar com o cliente. Isso vai, já preenchido, para o resultado.",
        choice_input(
            "tries",
            FIELDS["tries"],
            _TRIES,
            error="Escolha quantas foram.",
            placeholder="Quantas vezes?",
            value=typed["tries"],
            required=True,
        ),
        # Several values preset: joined by commas, as Teams sends them.
        ways | ({"value": typed["tried_by"]} if typed["tried_by"] else {}),
        moment_input(
            "Date",
            "tried_date",
            FIELDS["tried_date"],
            error="Escolha um dia até hoje.",
            value=typed["tried_date"],
            latest=date_value(now),
            required=True,
        ),
        moment_input(
            "Time",
            "tried_time",
            FIELDS["tried_time"],
            error="Escolha a hora.",
            value=typed["tried_time"],
            required=True,
        ),
        submit=EndAttempts.on(case, "Encerrar tentativas", style="positive"),
        purpose="encerrar",
        problems=problems,
        notice=notice,
    )


def _with_absence(person: Person) -> str:
    if person.away_until is None:
        return plain(person.name)
    return f"{plain(person.name)} (fora até {calendar_day(person.away_until)})"
