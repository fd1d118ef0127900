"""Forms of path 1: the plan, and the customer's answer that ends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from cards.actions.treatment import RecordAnswer, SavePlan
from cards.elements import Json, choice_input, heading, moment_input, text_input
from cards.formats import date_value, time_value
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed, case_form
from cards.labels import ANSWERS, CHANNELS, FIELDS
from cards.notice import Notice
from cards.plain_text import plain
from retention.domain.case import Case
from retention.domain.people import PersonRef

_MOST_PEOPLE = 40


def plan_card(
    case: Case,
    team: Sequence[PersonRef],
    *,
    now: datetime,
    day: date,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
    notice: Notice | None = None,
) -> Json:
    """Ask what is done for the customer, by whom of the team and by when.

    Preset to the plan there is, else to a `day`.
    """
    plan = case.plan
    known = {
        "plan_what": plan.what if plan else "",
        "plan_who": plan.who.id if plan else case.opened_by.id,
        "plan_due": (plan.due if plan else day).isoformat(),
        "told": case.told.told if case.told else "",
    }
    typed = {**known, **typed}
    return case_form(
        case,
        "Plano de ação",
        "O que vamos fazer agora para o cliente ficar.",
        text_input(
            "plan_what",
            FIELDS["plan_what"],
            error="Escreva a ação em uma frase.",
            placeholder="Ex.: refazer a integração do iFood e acompanhar dois turnos",
            value=typed["plan_what"],
            max_length=600,
            required=True,
            multiline=True,
        ),
        choice_input(
            "plan_who",
            FIELDS["plan_who"],
            {person.id: plain(person.name) for person in team[:_MOST_PEOPLE]},
            error="Escolha uma pessoa da equipe.",
            value=typed["plan_who"],
            required=True,
        ),
        moment_input(
            "Date",
            "plan_due",
            FIELDS["plan_due"],
            error="Escolha hoje ou um dia adiante.",
            value=typed["plan_due"],
            earliest=date_value(now),
            required=True,
        ),
        _told(typed["told"], required=False),
        submit=SavePlan.on(case, "Salvar plano", style="positive"),
        problems=problems,
        notice=notice,
    )


def answer_card(
    case: Case, *, now: datetime, typed: Typed = NOTHING_TYPED, problems: Problems = NO_PROBLEMS
) -> Json:
    """Ask how path 1 ended. Evidence is needed for "Revertido" alone: the server decides."""
    return case_form(
        case,
        "Registrar resposta",
        "O que o cliente decidiu depois da sua tratativa.",
        choice_input(
            "answer",
            FIELDS["answer"],
            ANSWERS,
            error="Escolha o que o cliente decidiu.",
            value=typed.get("answer", ""),
            required=True,
            expanded=True,
        ),
        _told(typed.get("told", case.told.told if case.told else "")),
        heading("Se foi revertido", section=True, spacing="Large"),
        text_input(
            "confirmed_by",
            FIELDS["confirmed_by"],
            error="Diga quem, do lado do cliente, confirmou que fica.",
            placeholder="Ex.: Seu Marcos, dono da loja",
            value=typed.get("confirmed_by", ""),
            max_length=120,
        ),
        *_when(now, typed),
        choice_input(
            "confirmed_channel",
            FIELDS["confirmed_channel"],
            CHANNELS,
            error="Escolha por onde o cliente confirmou.",
            placeholder="Por onde ele confirmou?",
            value=typed.get("confirmed_channel", ""),
        ),
        heading("Se não foi revertido", section=True, spacing="Large"),
        text_input(
            "customer_said",
            FIELDS["customer_said"],
            error="Resuma em até 600 caracteres.",
            placeholder="Opcional. Ajuda o Adm/Fin a não repetir a tentativa.",
            value=typed.get("customer_said", ""),
            max_length=600,
            multiline=True,
        ),
        submit=RecordAnswer.on(case, "Registrar resposta", style="positive"),
        purpose="registrar",
        problems=problems,
    )


def _told(value: str, *, required: bool = True) -> Json:
    """Ask for the next steps as the customer was told them; path 1 has no answer without."""
    return text_input(
        "told",
        FIELDS["told"],
        error="Escreva o que você disse ao cliente que vem agora.",
        placeholder="Ex.: refazemos a integração hoje e ligamos amanhã às 10:00",
        value=value,
        max_length=600,
        required=required,
        multiline=True,
    )


def _when(now: datetime, typed: Typed) -> list[Json]:
    # One below the other: side by side, the Playground cuts the date it writes out.
    date = moment_input(
        "Date",
        "confirmed_date",
        FIELDS["confirmed_date"],
        error="Escolha um dia até hoje.",
        value=typed.get("confirmed_date", date_value(now)),
        latest=date_value(now),
    )
    time = moment_input(
        "Time",
        "confirmed_time",
        FIELDS["confirmed_time"],
        error="Escolha a hora em que confirmou.",
        value=typed.get("confirmed_time", time_value(now)),
    )
    return [date, time]
