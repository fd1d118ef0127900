"""The living card of a case: the same order of blocks for everybody, edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cards.actions.case import (
    ClaimCase,
    OpenNoteForm,
    OpenReclassifyForm,
    OpenSnoozeForm,
    TakeBackMove,
)
from cards.actions.closing import OpenDocumentsForm, OpenResultForm
from cards.closed_part import closed_sections, reason
from cards.documents_part import documents_of, documents_section
from cards.elements import (
    Json,
    action_set,
    band,
    card,
    container,
    facts,
    heading,
    one_line,
    plain,
    rich,
    run,
    text,
    toggle,
)
from cards.formats import at_moment, brl, day, moment, short_moment
from cards.handover_part import handover_steps
from cards.history import history_lines
from cards.labels import (
    BY_CHANNEL,
    OVERDUE,
    PATHS,
    PRIORITY,
    STATUSES,
    UNFINISHED,
    decapitalised,
)
from cards.next_step import next_section
from cards.notice import Notice, notice_band
from cards.playbook_part import guidance
from cards.quote import quote_band
from cards.treatment_part import (
    calls,
    folded_parts,
    plan_section,
    treatment_buttons,
    treatment_steps,
)
from retention.domain.case import Case
from retention.domain.events import CaseStatus, Event
from retention.domain.people import Person
from retention.domain.playbook import Playbook

_LATEST = 3
_LONGEST_HISTORY = 10
_LONGEST_WORDS = 120
_LONGEST_NAME = 40
_TIPS = (
    "Siga o “Agora faça”, na ordem.",
    "Marque cada passo feito e salve: assim ninguém repete.",
    "Na dúvida, pergunte aqui no tópico antes de seguir.",
)
"""For whoever registers a case for the first time."""


def case_card(
    case: Case,
    *,
    called: Sequence[Person],
    now: datetime,
    notice: Notice | None = None,
    playbook: Playbook | None = None,
    claim_by: datetime | None = None,
) -> Json:
    """Show the case as it stands, offering only what its status allows.

    Args:
        case: the case with its whole history.
        called: who answers for Adm/Fin and RC now.
        now: the present moment; a moment of the same day is written as a mere hour.
        notice: what to say on top, to the one who pressed.
        playbook: what to say and do for its reason, and which documents that needs.
        claim_by: until when somebody should have claimed it.
    """
    blocks = (
        _open_blocks(case, called, now, playbook)
        if case.outcome is None
        else _closed_blocks(case, called, now, playbook)
    )
    return card(
        notice_band(notice),
        quote_band(case.facts),
        status_band(case, now, claim_by),
        _asleep(case, now),
        _unfinished(case),
        *blocks,
        fallback_text=_fallback_text(case),
    )


def status_band(case: Case, now: datetime | None = None, claim_by: datetime | None = None) -> Json:
    """Say status, who has the ball and since when; without `now`, the day is always written."""
    label = OVERDUE if case.escalations else STATUSES[case.status]
    urgent = case.status is CaseStatus.AWAITING_ADMFIN
    lines = (
        heading(f"{label.words} · {PRIORITY}" if urgent else label.words),
        *_status_lines(case, now, claim_by),
    )
    if label.band is None:
        return container(*lines, id="status", spacing="Medium")
    return band(*lines, id="status", style=label.band)


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
    case: Case, called: Sequence[Person], now: datetime, playbook: Playbook | None
) -> list[Json | None]:
    documents = playbook.documents if playbook else ()
    if case.status is CaseStatus.IN_TREATMENT:
        return _treated_blocks(case, called, now, playbook)
    return [
        _moved_by_words(case),
        next_section(case, called, documents),
        _buttons(case, documents),
        calls(case, now),
        first_case(case),
        *(guidance(case, playbook) if playbook else []),
        container(case_facts(case, now)),
        plan_section(case, now),
        handover_steps(case, called, now),
        documents_section(case, documents, now),
        _latest(case, now),
    ]


def _treated_blocks(
    case: Case, called: Sequence[Person], now: datetime, playbook: Playbook | None
) -> list[Json | None]:
    """Show the workbench of path 1: what is to be done stands open, what is known folds."""
    folded = ("facts", *folded_parts(case), "history")
    return [
        next_section(case, called),
        treatment_buttons(case),
        calls(case, now),
        first_case(case),
        *(
            guidance(case, playbook, *folded)
            if playbook
            else [action_set(toggle("Detalhes", *folded))]
        ),
        container(case_facts(case, now), id="facts", visible=False),
        treatment_steps(case, now),
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
    case: Case, called: Sequence[Person], now: datetime, playbook: Playbook | None
) -> list[Json | None]:
    outcome = case.outcome
    is_void = case.status is CaseStatus.VOID
    needed = playbook.documents if playbook and case.status is CaseStatus.LOST else ()
    return [
        *(closed_sections(case, outcome, now) if outcome else []),
        None if is_void else handover_steps(case, called, now),
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
    if case.companion is None or case.status is CaseStatus.WITH_ADMFIN:
        return None
    author = plain(one_line(case.opened_by.first_name, at_most=_LONGEST_NAME))
    companion = plain(one_line(case.companion.name, at_most=_LONGEST_NAME))
    return container(
        text(f"🌟 **Primeiro caso de {author}.** {companion} acompanha."),
        *(rich(run(f"{number}. {tip}", small=True)) for number, tip in enumerate(_TIPS, start=1)),
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


def _buttons(case: Case, documents: Sequence[str]) -> Json:
    is_awaiting = case.status is CaseStatus.AWAITING_ADMFIN
    main = (
        ClaimCase.on(case, "Assumir", style="positive")
        if is_awaiting
        else OpenResultForm.on(case, "Registrar resultado", style="positive")
    )
    return action_set(
        main,
        OpenNoteForm.on(case, "Anotar"),
        OpenDocumentsForm.on(case, "Documentos", secondary=is_awaiting)
        if documents_of(case, documents)
        else None,
        OpenReclassifyForm.on(case, "Corrigir classificação", secondary=True),
        OpenSnoozeForm.on(case, "Adiar lembrete", secondary=True)
        if case.holder or case.documents_asked
        else None,
        spacing="Small",
    )


def _status_lines(case: Case, now: datetime | None, claim_by: datetime | None) -> list[Json]:
    match case.status:
        case CaseStatus.IN_TREATMENT:
            return [
                text(f"Com **{plain(case.opened_by.name)}** desde {moment(case.opened_at, now)}"),
                text("Adm/Fin já sabe. Nada a fazer por lá agora.", small=True),
            ]
        case CaseStatus.AWAITING_ADMFIN:
            return [text(_unclaimed(case, now, claim_by)), *_answer_line(case)]
        case CaseStatus.WITH_ADMFIN:
            return [text(_owned(case, now)), *_answer_line(case)]
        case _:
            return [text(_ended(case))]


def _unclaimed(case: Case, now: datetime | None, claim_by: datetime | None) -> str:
    """Say a fixed hour, never what is left: an open card goes stale."""
    if claim_by is not None and not case.escalations:
        return f"Sem dono ainda · assumir até **{moment(claim_by, now)}**"
    since = case.handed_over_at or case.opened_at
    return f"Sem dono ainda · desde **{moment(since, now)}**"


def _asleep(case: Case, now: datetime) -> Json | None:
    """Say until when reminders wait, and why."""
    asleep = case.snoozed
    if asleep is None or not case.status.is_open or asleep.until <= now:
        return None
    until, why = moment(asleep.until, now), one_line(asleep.why, at_most=_LONGEST_WORDS)
    return container(
        rich(run(f"💤 Lembretes adiados até {until}: “{why}”", small=True)),
        id="asleep",
        spacing="Small",
    )


def _owned(case: Case, now: datetime | None) -> str:
    owner = plain(case.owner.name) if case.owner else "Adm/Fin"
    since = f" desde {moment(case.claimed.at, now)}" if case.claimed else ""
    return f"Com **{owner}**{since} · {PRIORITY}"


def _ended(case: Case) -> str:
    """Say when it ended and what that means for the monthly value."""
    on = f"Em {day(case.outcome.at)}" if case.outcome else ""
    value = case.facts.monthly_value
    if case.status is CaseStatus.VOID:
        return f"{on} · não era pedido de cancelamento"
    verb = "ficam" if case.status is CaseStatus.RETAINED else "saem"
    return f"{on} · {verb} **{brl(value)}** por mês" if value is not None else on


def _answer_line(case: Case) -> list[Json]:
    """Say how path 1 ended, on the band of a case that came from there."""
    reverted = case.reversal
    if reverted is not None:
        when = at_moment(reverted.confirmed_at, reverted.at)
        how = f"{when}, {BY_CHANNEL[reverted.channel]}"
        who = one_line(reverted.confirmed_by, at_most=_LONGEST_WORDS)
        return [rich(run("Revertido pelo RC", bold=True), run(f" · {who} confirmou {how}"))]
    if case.failed_reversal is not None:
        return [text("O RC tentou reverter, e o cliente ainda quer sair.")]
    return []


def _first_name(event: Event) -> str:
    return one_line(event.by.first_name, at_most=_LONGEST_NAME)


def _newest(history: Sequence[Event], count: int) -> list[Event]:
    return list(reversed(history))[:count]


def _fallback_text(case: Case) -> str:
    facts_ = case.facts
    title = STATUSES[case.status].title
    owner = f" com {case.owner.name}" if case.owner and case.status.is_open else ""
    return f"{facts_.customer}, Caso {facts_.crm_case_number}: {decapitalised(title)}{owner}."
