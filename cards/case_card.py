"""The living card of a case: the same order of blocks for everybody, edited in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cards.actions.case import TakeBackMove
from cards.closed_part import closed_sections, reason
from cards.desk_part import desk_buttons, farewell_section, question_section
from cards.documents_part import documents_section
from cards.elements import (
    Json,
    action_set,
    card,
    container,
    facts,
    heading,
    rich,
    run,
    text,
    toggle,
)
from cards.formats import brl, short_moment
from cards.forms import NO_PROBLEMS, Problems
from cards.handover_part import handover_steps
from cards.history import history_lines
from cards.labels import HANDOVER_VALUES, PATHS, STATUSES, UNFINISHED, decapitalised
from cards.next_step import next_section
from cards.notice import Notice, notice_band
from cards.plain_text import one_line, plain
from cards.playbook_part import guidance
from cards.quote import quote_band
from cards.status_part import asleep, status_band
from cards.treatment_part import (
    calls,
    folded_parts,
    plan_section,
    treatment_buttons,
    treatment_steps,
)
from cards.triangulation_part import triangulation_section
from retention.domain.case import Case
from retention.domain.events import CaseStatus, Event, HandoverStep
from retention.domain.people import Person
from retention.domain.playbook import Playbook

_LATEST = 3
_LONGEST_HISTORY = 10
_LONGEST_WORDS = 120
_LONGEST_NAME = 40
_FIRST_TIP = "Siga o “Agora faça”, na ordem."
_TICK_TIP = "Marque cada passo feito e salve: assim ninguém repete."
_CRM_TIP = "Os passos no Salesforce eu mesmo faço e confiro: você só acompanha aqui."
_LAST_TIP = "Na dúvida, pergunte aqui no tópico antes de seguir."


def case_card(
    case: Case,
    *,
    called: Sequence[Person],
    now: datetime,
    notice: Notice | None = None,
    playbook: Playbook | None = None,
    claim_by: datetime | None = None,
    problems: Problems = NO_PROBLEMS,
    crm_values: Mapping[HandoverStep, str] = HANDOVER_VALUES,
) -> Json:
    """Show the case as it stands, offering only what its status allows.

    Args:
        case: the case with its whole history.
        called: who answers for Adm/Fin and RC now.
        now: the present moment; a moment of the same day is written as a mere hour.
        notice: what to say on top, to the one who pressed.
        playbook: what to say and do for its reason, and which documents that needs.
        claim_by: until when somebody should have claimed it.
        problems: what to mend in its own fields, by input id.
        crm_values: queue, status and priority that the handover sets in the CRM.
    """
    steps = handover_steps(case, called, now, crm_values, problems)
    blocks = (
        _open_blocks(case, called, now, playbook, problems=problems, steps=steps)
        if case.outcome is None
        else _closed_blocks(case, now, playbook, steps)
    )
    return card(
        notice_band(notice),
        quote_band(case.facts),
        status_band(case, now, claim_by),
        asleep(case, now),
        _unfinished(case),
        *blocks,
        fallback_text=_fallback_text(case),
    )


def case_facts(case: Case, now: datetime | None = None) -> Json:
    """Give the facts of the request as a table."""
    said = case.judgement
    value = case.facts.monthly_value
    contact, tax_id = case.facts.contact, case.facts.tax_id
    who = f"{plain(case.opened_by.name)}, {short_moment(case.opened_at, now)} · {case.code}"
    rows = (
        ("Caminho", PATHS[said.path]),
        ("Motivo", reason(said.reason, said.reason_text)),
        ("Valor", f"{brl(value)} por mês" if value is not None else ""),
        ("Contato", plain(contact) if contact else ""),
        ("CNPJ" if tax_id and "/" in tax_id else "CPF", plain(tax_id) if tax_id else ""),
        ("Registro", who),
    )
    return facts((title, words) for title, words in rows if words)


def _unfinished(case: Case) -> Json | None:
    """Say what people cannot rely on until an operator has it sent again."""
    lines = [words for name, words in UNFINISHED.items() if name in case.unfinished]
    return container(*(text(line) for line in lines), id="unfinished") if lines else None


def _open_blocks(
    case: Case,
    called: Sequence[Person],
    now: datetime,
    playbook: Playbook | None,
    *,
    problems: Problems,
    steps: Json | None,
) -> list[Json | None]:
    documents = playbook.documents if playbook else ()
    if case.status is CaseStatus.IN_TREATMENT:
        return _treated_blocks(case, called, now, playbook, problems)
    has_decided = case.status is CaseStatus.LEAVING
    return [
        _moved_by_words(case),
        next_section(case, called, documents, now),
        desk_buttons(case, documents),
        question_section(case, now),
        triangulation_section(case, now),
        farewell_section(case, now),
        first_case(case),
        *(guidance(case, playbook) if playbook and not has_decided else []),
        container(case_facts(case, now)),
        plan_section(case, now),
        steps,
        documents_section(case, documents, now),
        _latest(case, now),
    ]


def _treated_blocks(
    case: Case,
    called: Sequence[Person],
    now: datetime,
    playbook: Playbook | None,
    problems: Problems,
) -> list[Json | None]:
    """Show the workbench of path 1: what is to be done stands open, what is known folds."""
    folded = ("facts", *folded_parts(case), "history")
    return [
        next_section(case, called),
        treatment_buttons(case, called),
        calls(case, now),
        first_case(case),
        *(
            guidance(case, playbook, *folded)
            if playbook
            else [action_set(toggle("Detalhes", *folded))]
        ),
        container(case_facts(case, now), id="facts", visible=False),
        treatment_steps(case, now, problems),
        plan_section(case, now),
        _latest(case, now, visible=False),
    ]


def _latest(case: Case, now: datetime, *, visible: bool = True) -> Json:
    return container(
        heading("🕑 Últimas mudanças", section=True, spacing="None"),
        *history_lines(_newest(case.history, _LATEST), now),
        id="history",
        visible=visible,
    )


def _closed_blocks(
    case: Case,
    now: datetime,
    playbook: Playbook | None,
    steps: Json | None,
) -> list[Json | None]:
    outcome = case.outcome
    is_void = case.status is CaseStatus.VOID
    needed = playbook.documents if playbook and case.status is CaseStatus.LOST else ()
    return [
        *(closed_sections(case, outcome, now) if outcome else []),
        None if is_void else steps,
        None if is_void else documents_section(case, needed, now),
        action_set(toggle("Histórico", "history")),
        container(
            *history_lines(_newest(case.history, _LONGEST_HISTORY), now),
            id="history",
            visible=False,
            spacing="Small",
        ),
    ]


def first_case(case: Case) -> Json | None:
    """Guide an author whose first case it is; process document: the Adm/Fin accompanies them."""
    if case.companion is None or case.status.is_owned:
        return None
    author = plain(one_line(case.opened_by.first_name, at_most=_LONGEST_NAME))
    companion = plain(one_line(case.companion.name, at_most=_LONGEST_NAME))
    is_done_for_them = case.in_crm and case.status is not CaseStatus.IN_TREATMENT
    tips = (_FIRST_TIP, _CRM_TIP if is_done_for_them else _TICK_TIP, _LAST_TIP)
    return container(
        text(f"🌟 **Primeiro caso de {author}.** {companion} acompanha."),
        *(rich(run(f"{number}. {tip}", small=True)) for number, tip in enumerate(tips, start=1)),
        id="first-case",
        spacing="Medium",
    )


def _moved_by_words(case: Case) -> Json | None:
    """Say why the case moved on by itself, and offer to take it back."""
    move = case.moved_by_words
    if move is None:
        return None
    return container(
        text("🔁 **Passei para não técnico: o cliente já contratou outro sistema.**"),
        rich(run("As palavras: "), run(f"“{one_line(move.why, at_most=_LONGEST_WORDS)}”.")),
        action_set(TakeBackMove.on(case, "Não é isso, desfazer"), spacing="Small")
        if case.status is CaseStatus.AWAITING_ADMFIN
        else None,
        id="moved",
        spacing="Medium",
    )


def _newest(history: Sequence[Event], count: int) -> list[Event]:
    return list(reversed(history))[:count]


def _fallback_text(case: Case) -> str:
    facts_ = case.facts
    title = STATUSES[case.status].title
    owner = f" com {case.owner.name}" if case.owner and case.status.is_open else ""
    return f"{facts_.customer}, Caso {facts_.crm_case_number}: {decapitalised(title)}{owner}."
