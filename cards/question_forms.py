"""Forms of a question on a case, and of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cards.actions.desk import AskInfo, GiveInfo
from cards.elements import Json, choice_input, moment_input, rich, run, text_input
from cards.formats import date_value, moment, time_value
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed, case_form
from cards.labels import FIELDS
from cards.notice import Notice
from cards.plain_text import one_line, plain
from retention.domain.case import Case
from retention.domain.people import PersonRef

_MOST_PEOPLE = 40
_LONGEST_NAME = 40


def ask_card(
    case: Case,
    team: Sequence[PersonRef],
    *,
    until: datetime,
    now: datetime,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Json:
    """Ask what somebody of the team should tell, and by when.

    Args:
        case: the case.
        team: who may be asked, whoever is proposed first.
        until: the moment that is proposed.
        now: the present moment.
        typed: what was typed before, by input.
        problems: what to mend, by input.
    """
    known = {
        "ask_who": team[0].id if team else "",
        "ask_date": date_value(until),
        "ask_time": time_value(until),
    }
    typed = {**known, **typed}
    return case_form(
        case,
        "Pedir informação",
        "A pessoa é chamada no tópico. Se a resposta atrasar, eu lembro vocês dois.",
        choice_input(
            "ask_who",
            FIELDS["ask_who"],
            {person.id: plain(person.name) for person in team[:_MOST_PEOPLE]},
            error="Escolha uma pessoa da equipe.",
            value=typed["ask_who"],
            required=True,
        ),
        text_input(
            "ask_what",
            FIELDS["ask_what"],
            error="Escreva a pergunta em uma frase.",
            placeholder="Ex.: a multa já foi cobrada?",
            value=typed.get("ask_what", ""),
            max_length=600,
            required=True,
            multiline=True,
        ),
        moment_input(
            "Date",
            "ask_date",
            FIELDS["ask_date"],
            error="Escolha hoje ou um dia adiante.",
            value=typed["ask_date"],
            earliest=date_value(now),
            required=True,
        ),
        moment_input(
            "Time",
            "ask_time",
            FIELDS["ask_time"],
            error="Escolha a hora.",
            value=typed["ask_time"],
            required=True,
        ),
        submit=AskInfo.on(case, "Perguntar", style="positive"),
        purpose="perguntar",
        problems=problems,
    )


def info_card(
    case: Case,
    *,
    now: datetime,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
    notice: Notice | None = None,
) -> Json | None:
    """Ask for the answer to what was asked; None when nothing is any more."""
    asked = case.question
    if asked is None:
        return None
    return case_form(
        case,
        "Responder",
        "A resposta aparece no caso e no tópico, com o seu nome.",
        rich(
            run(f"{one_line(asked.by.name, at_most=_LONGEST_NAME)} pergunta: ", bold=True),
            run(asked.what),
            run(f" (até {moment(asked.until, now)})"),
        ),
        text_input(
            "info",
            FIELDS["info"],
            error="Escreva a resposta. Uma frase já basta.",
            placeholder="O que você sabe",
            value=typed.get("info", ""),
            max_length=1000,
            required=True,
            multiline=True,
        ),
        submit=GiveInfo.on(case, "Responder", style="positive"),
        purpose="responder",
        problems=problems,
        notice=notice,
    )
