"""Forms on any open case: a note, a corrected classification."""

from __future__ import annotations

from cards.actions import AddNote, Reclassify
from cards.elements import Json, choice_input, text, text_input
from cards.forms import (
    NO_PROBLEMS,
    NOTHING_TYPED,
    Problems,
    Typed,
    case_form,
    checked,
    problems_band,
    reason_fields,
)
from cards.labels import FIELDS, PATHS
from retention.domain.case import Case


def note_card(
    case: Case, k: str, *, problems: Problems = NO_PROBLEMS, typed: Typed = NOTHING_TYPED
) -> Json:
    """Ask for an update of the case; `k` names this form, so that a repeat adds nothing."""
    return case_form(
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


def reclassify_card(
    case: Case, *, typed: Typed = NOTHING_TYPED, problems: Problems = NO_PROBLEMS
) -> Json:
    """Ask for the right path and reason, preset to the present ones, and for why they change."""
    said = case.judgement
    typed = {"path": said.path, "reason": said.reason, "reason_text": said.reason_text, **typed}
    return case_form(
        case,
        "Corrigir classificação",
        text("O tópico e o relógio do caso continuam os mesmos.", spacing="None"),
        problems_band(problems, purpose="salvar"),
        *checked(
            choice_input(
                "path",
                FIELDS["path"],
                PATHS,
                error="Escolha um dos três caminhos.",
                value=typed["path"],
                required=True,
                expanded=True,
            ),
            problems,
        ),
        *reason_fields("reason", typed["reason"], typed, problems),
        *checked(
            text_input(
                "why",
                FIELDS["why"],
                error="Diga em uma frase por que a classificação muda.",
                placeholder="Ex.: na ligação ele pediu só o setor responsável",
                value=typed.get("why", ""),
                max_length=600,
                required=True,
                multiline=True,
            ),
            problems,
        ),
        submit=Reclassify.on(case, "Salvar classificação", style="positive"),
    )
