"""Forms on a case: note, answer of path 1, result. Each keeps the customer's words on top."""

from __future__ import annotations

from datetime import datetime

from cards.actions import AddNote, RecordAnswer, RecordResult, ViewCase
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
    text_input,
)
from cards.formats import date_value, time_value
from cards.forms import (
    NO_PROBLEMS,
    NOTHING_TYPED,
    Problems,
    Typed,
    checked,
    problems_band,
    reason_fields,
)
from cards.labels import (
    ANSWERS,
    CHANNELS,
    FEEDBACK_CHANNELS,
    FIELDS,
    OUTCOMES,
    decapitalised,
    reason_words,
)
from cards.quote import quote_band
from retention.domain.case import Case


def note_card(
    case: Case, k: str, *, problems: Problems = NO_PROBLEMS, typed: Typed = NOTHING_TYPED
) -> Json:
    """Ask for an update of the case; `k` names this form, so that a repeat adds nothing."""
    return _form(
        case,
        "Anotar no caso",
        text("Aparece no caso e no tópico, com o seu nome.", spacing="None"),
        problems_band(problems, purpose="anotar"),
        *checked(
            text_input(
                "note",
                FIELDS["note"],
                error="Escreva a anotação. Uma frase já basta.",
                placeholder="Ex.: o cliente prefere ligação depois das 15h",
                value=typed.get("note", ""),
                max_length=1000,
                required=True,
                multiline=True,
            ),
            problems,
        ),
        submit=AddNote.button(
            "Salvar anotação", style="positive", case=case.code, v=case.version, k=k
        ),
    )


def answer_card(
    case: Case, *, now: datetime, typed: Typed = NOTHING_TYPED, problems: Problems = NO_PROBLEMS
) -> Json:
    """Ask how path 1 ended. Evidence is needed for "Revertido" alone: the server decides."""
    return _form(
        case,
        "Registrar resposta",
        text("O que o cliente decidiu depois da sua tratativa.", spacing="None"),
        problems_band(problems, purpose="registrar"),
        *checked(
            choice_input(
                "answer",
                FIELDS["answer"],
                ANSWERS,
                error="Escolha o que o cliente decidiu.",
                value=typed.get("answer", ""),
                required=True,
                expanded=True,
            ),
            problems,
        ),
        heading("Se foi revertido", section=True, spacing="Large"),
        *checked(
            text_input(
                "confirmed_by",
                FIELDS["confirmed_by"],
                error="Diga quem, do lado do cliente, confirmou que fica.",
                placeholder="Ex.: Seu Marcos, dono da loja",
                value=typed.get("confirmed_by", ""),
                max_length=120,
            ),
            problems,
        ),
        *_when(now, typed, problems),
        *checked(
            choice_input(
                "confirmed_channel",
                FIELDS["confirmed_channel"],
                CHANNELS,
                error="Escolha por onde o cliente confirmou.",
                placeholder="Por onde ele confirmou?",
                value=typed.get("confirmed_channel", ""),
            ),
            problems,
        ),
        heading("Se não foi revertido", section=True, spacing="Large"),
        *checked(
            text_input(
                "customer_said",
                FIELDS["customer_said"],
                error="Resuma em até 600 caracteres.",
                placeholder="Opcional. Ajuda o Adm/Fin a não repetir a tentativa.",
                value=typed.get("customer_said", ""),
                max_length=600,
                multiline=True,
            ),
            problems,
        ),
        submit=RecordAnswer.button(
            "Registrar resposta", style="positive", case=case.code, v=case.version
        ),
    )


def result_card(
    case: Case, *, typed: Typed = NOTHING_TYPED, problems: Problems = NO_PROBLEMS
) -> Json:
    """Ask how the case ended. Kept and lost need feedback and lesson: the server decides."""
    said = case.judgement
    declared = decapitalised(reason_words(said.reason, said.reason_text))
    typed = {"real_reason": said.reason, "real_reason_text": said.reason_text, **typed}
    return _form(
        case,
        "Registrar resultado",
        text("Poucas respostas curtas, e o caso pode fechar.", spacing="None"),
        problems_band(problems, purpose="registrar"),
        *checked(
            choice_input(
                "outcome",
                FIELDS["outcome"],
                OUTCOMES,
                error="Escolha como o caso terminou.",
                value=typed.get("outcome", ""),
                required=True,
                expanded=True,
            ),
            problems,
        ),
        *reason_fields("real_reason", typed["real_reason"], typed, problems),
        rich(
            run(f"Motivo dito: {declared}. Mude se descobriu outro.", small=True), spacing="Small"
        ),
        heading("Depois de tentar ouvir o cliente", section=True, spacing="Large"),
        text("Só “Sem efeito” dispensa estes três campos.", small=True, spacing="None"),
        *_lessons(typed, problems),
        submit=RecordResult.button(
            "Registrar resultado", style="positive", case=case.code, v=case.version
        ),
    )


def _when(now: datetime, typed: Typed, problems: Problems) -> list[Json]:
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
    return [*checked(date, problems), *checked(time, problems)]


def _lessons(typed: Typed, problems: Problems) -> list[Json]:
    return [
        *checked(
            choice_input(
                "feedback_channel",
                FIELDS["feedback_channel"],
                FEEDBACK_CHANNELS,
                error="Escolha por onde você tentou.",
                placeholder="Por onde você perguntou?",
                value=typed.get("feedback_channel", ""),
            ),
            problems,
        ),
        *checked(
            text_input(
                "feedback_result",
                FIELDS["feedback_result"],
                error="Escreva a resposta ou “não respondeu”.",
                placeholder="Ex.: “agora alguém me ouviu”",
                value=typed.get("feedback_result", ""),
                max_length=600,
                multiline=True,
            ),
            problems,
        ),
        *checked(
            text_input(
                "lesson",
                FIELDS["lesson"],
                error="Escreva uma frase que ajude no próximo caso.",
                placeholder="O que faríamos diferente?",
                value=typed.get("lesson", ""),
                max_length=600,
                multiline=True,
            ),
            problems,
        ),
    ]


def _form(case: Case, title: str, *body: Json | None, submit: Json) -> Json:
    facts = case.facts
    return card(
        quote_band(facts),
        container(heading(title), spacing="Medium"),
        *body,
        action_set(submit, ViewCase.button("Voltar", case=case.code, v=case.version)),
        fallback_text=f"{facts.customer}, Caso {facts.crm_case_number}: {decapitalised(title)}.",
    )
