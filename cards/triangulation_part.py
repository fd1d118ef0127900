"""The three-way call: its section of the card, its forms, and the briefing in the thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cards.actions.triangulation import TellAttended, Triangulate
from cards.elements import (
    Json,
    action_set,
    choice_input,
    container,
    heading,
    moment_input,
    open_url,
    rich,
    run,
    text_input,
)
from cards.formats import at_moment, date_value, moment, time_value
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed, case_form
from cards.labels import ATTENDED, FIELDS, MOODS
from cards.plain_text import one_line, plain
from retention.domain.case import Case
from retention.domain.desk_events import TriangulationEnded, TriangulationStarted
from retention.domain.people import PersonRef

TriangulationEvent = TriangulationStarted | TriangulationEnded
_MOST_PEOPLE = 40
_LONGEST_NAME = 40
_LONGEST_WORDS = 140
"""Of each line of the briefing: all of it is read in twenty seconds."""
LONGEST_NOTE = 300
LONGEST_URL = 1000


def triangulation_section(case: Case, now: datetime) -> Json | None:
    """Show the call there is, with the way in; None while nobody is called in."""
    call = case.triangulation
    if call is None:
        return None
    who = f"{_short(call.by.first_name)} e {_short(call.person.name)}"
    return container(
        heading("📞 Ligação a três", section=True, spacing="None"),
        rich(
            run(f"{who} · {at_moment(call.starts_at, now)}. "), run("Cliente atendeu?", bold=True)
        ),
        action_set(open_url("Entrar na ligação", call.url), spacing="Small"),
        id="triangulation",
        spacing="Medium",
    )


def triangulation_card(
    case: Case,
    team: Sequence[PersonRef],
    *,
    now: datetime,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
) -> Json:
    """Ask where and when the call is, and whom of the team to call in."""
    known = {
        "call_who": team[0].id if team else "",
        "call_date": date_value(now),
        "call_time": time_value(now),
    }
    typed = {**known, **typed}
    return case_form(
        case,
        "Triangular",
        "A pessoa é chamada no tópico, com um resumo de 20 segundos: assim o cliente não repete a "
        "história.",
        text_input(
            "call_url",
            FIELDS["call_url"],
            error="Cole o link da ligação, começando com https://.",
            placeholder="Ex.: https://teams.microsoft.com/l/meetup-join/…",
            value=typed.get("call_url", ""),
            max_length=LONGEST_URL,
            required=True,
        ),
        choice_input(
            "call_who",
            FIELDS["call_who"],
            {person.id: plain(person.name) for person in team[:_MOST_PEOPLE]},
            error="Escolha uma pessoa da equipe.",
            value=typed["call_who"],
            required=True,
        ),
        moment_input(
            "Date",
            "call_date",
            FIELDS["call_date"],
            error="Escolha hoje ou um dia adiante.",
            value=typed["call_date"],
            earliest=date_value(now),
            required=True,
        ),
        moment_input(
            "Time",
            "call_time",
            FIELDS["call_time"],
            error="Escolha a hora.",
            value=typed["call_time"],
            required=True,
        ),
        submit=Triangulate.on(case, "Chamar para a ligação", style="positive"),
        purpose="chamar",
        problems=problems,
    )


def attended_card(
    case: Case, *, typed: Typed = NOTHING_TYPED, problems: Problems = NO_PROBLEMS
) -> Json:
    """Ask whether the customer came to the call."""
    return case_form(
        case,
        "Cliente atendeu?",
        "Se não atendeu, você pode triangular de novo quando quiser.",
        choice_input(
            "attended",
            FIELDS["attended"],
            ATTENDED,
            error="Diga se o cliente atendeu.",
            value=typed.get("attended", ""),
            required=True,
            expanded=True,
        ),
        text_input(
            "attended_note",
            FIELDS["attended_note"],
            error="Deixe só o principal.",
            placeholder="Ex.: combinamos retorno amanhã às 10:00",
            value=typed.get("attended_note", ""),
            max_length=LONGEST_NOTE,
            multiline=True,
        ),
        submit=TellAttended.on(case, "Registrar", style="positive"),
        purpose="registrar",
        problems=problems,
    )


def triangulation_reply(case: Case, event: TriangulationEvent) -> tuple[str, str]:
    """Say it in the thread: the headline, unescaped, and more, in Markdown."""
    about = f"{case.facts.customer} · Caso {case.facts.crm_case_number}"
    if isinstance(event, TriangulationEnded):
        note = f"“{_words(event.note)}”" if event.note else ""
        return f"📞 {event.by.name}: o cliente {_attended(event)}. {about}", note
    is_now = event.starts_at <= event.at
    when = "agora" if is_now else at_moment(event.starts_at, event.at)
    return f"📞 Ligação a três {when}: {about}", "\n\n".join(_briefing(case, event))


def triangulation_done(event: TriangulationEvent) -> str:
    """Say it after the name of who did it, unescaped."""
    if isinstance(event, TriangulationEnded):
        note = f": {one_line(event.note, at_most=_LONGEST_WORDS)}" if event.note else ""
        return f"registrou que o cliente {_attended(event)}{note}"
    return f"chamou {_short(event.person.name)} para a ligação com o cliente"


def _briefing(case: Case, event: TriangulationStarted) -> list[str]:
    """Tell in twenty seconds who, since when, what was promised, the mood, what not to say."""
    facts = case.facts
    contact = f" ({_words(facts.contact)})" if facts.contact else ""
    told = case.told
    lines = [
        f"[Entrar na ligação]({event.url}), com {plain(_short(event.by.name))}.",
        f"**Quem:** {_words(facts.customer)}{contact}, "
        f"espera desde {moment(case.opened_at, event.at)}",
        f"**Prometido:** {f'“{_words(told.told)}”' if told else 'nada ainda'}",
        f"**Humor:** {MOODS[facts.mood].lower()}",
    ]
    return [*lines, f"**Não diga:** {_words(event.avoid)}"] if event.avoid else lines


def _attended(event: TriangulationEnded) -> str:
    return "atendeu" if event.attended else "não atendeu"


def _words(words: str) -> str:
    return plain(one_line(words, at_most=_LONGEST_WORDS))


def _short(name: str) -> str:
    return one_line(name, at_most=_LONGEST_NAME)
