"""Forms on any open case: a note, a corrected classification, reminders that wait."""

from __future__ import annotations

from cards.actions.case import AddNote, Reclassify, SnoozeReminders
from cards.elements import Json, choice_input, rich, run, text_input
from cards.forms import NO_PROBLEMS, NOTHING_TYPED, Problems, Typed, case_form, reason_fields
from cards.labels import FIELDS, PATHS, SNOOZES, decapitalised, reason_words
from cards.notice import Notice
from retention.domain.case import Case


def note_card(
    case: Case,
    k: str,
    *,
    problems: Problems = NO_PROBLEMS,
    typed: Typed = NOTHING_TYPED,
    notice: Notice | None = None,
) -> Json:
    """Ask for an update of the case; `k` names this form, so that a repeat adds nothing."""
    return case_form(
        case,
        "Anotar no caso",
        "Aparece no caso e no tópico, com o seu nome.",
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
        submit=AddNote.button(
            "Salvar anotação", style="positive", case=case.code, v=case.version, k=k
        ),
        purpose="anotar",
        problems=problems,
        notice=notice,
    )


def reclassify_card(
    case: Case,
    *,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
    notice: Notice | None = None,
) -> Json:
    """Ask for the right path and reason, preset to the present ones, and for why they change."""
    said = case.judgement
    now = f"{PATHS[said.path]} · {decapitalised(reason_words(said.reason, said.reason_text))}"
    typed = {"path": said.path, "reason": said.reason, "reason_text": said.reason_text, **typed}
    return case_form(
        case,
        "Corrigir classificação",
        "O tópico e o relógio do caso continuam os mesmos.",
        rich(run("Agora: ", small=True, bold=True), run(now, small=True)),
        choice_input(
            "path",
            FIELDS["path"],
            PATHS,
            error="Escolha um dos três caminhos.",
            value=typed["path"],
            required=True,
            expanded=True,
        ),
        *reason_fields("reason", typed["reason"], typed, problems),
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
        submit=Reclassify.on(case, "Salvar classificação", style="positive"),
        problems=problems,
        notice=notice,
    )


def snooze_card(
    case: Case, *, typed: Typed = NOTHING_TYPED, problems: Problems = NO_PROBLEMS
) -> Json:
    """Ask for how long reminders may wait, in business time, and why."""
    return case_form(
        case,
        "Adiar lembrete",
        "O motivo aparece no caso e no tópico, com o seu nome.",
        choice_input(
            "snooze_for",
            FIELDS["snooze_for"],
            SNOOZES,
            error="Escolha por quanto tempo.",
            value=typed.get("snooze_for", ""),
            required=True,
            expanded=True,
        ),
        text_input(
            "snooze_why",
            FIELDS["snooze_why"],
            error="Diga em uma frase por que o caso pode esperar.",
            placeholder="Ex.: o dono volta de viagem na quinta",
            value=typed.get("snooze_why", ""),
            max_length=300,
            required=True,
            multiline=True,
        ),
        submit=SnoozeReminders.on(case, "Adiar lembrete", style="positive"),
        purpose="adiar",
        problems=problems,
    )
