"""The living card of a case: the same order of blocks for everybody, edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cards.actions import ClaimCase, OpenAnswerForm, OpenNoteForm, OpenResultForm, TickSteps
from cards.elements import (
    Json,
    action_set,
    band,
    card,
    choice_input,
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
from cards.history import history_lines
from cards.labels import (
    BY_CHANNEL,
    CRM_STATUS,
    FEEDBACK_CHANNELS,
    PATHS,
    PRIORITY,
    QUEUE,
    STATUSES,
    STEPS,
    UNFINISHED,
    decapitalised,
    reason_words,
)
from cards.next_step import next_section, person_with
from cards.notice import Notice, notice_band
from cards.quote import quote_band
from retention.domain.cancellation import CancellationReason
from retention.domain.case import Case
from retention.domain.events import CaseStatus, Event, HandoverStep, OutcomeRecorded
from retention.domain.people import Person, Role

_LATEST = 3
_LONGEST_HISTORY = 10
_LONGEST_WORDS = 120
_LONGEST_NAME = 40


def case_card(
    case: Case, *, called: Sequence[Person], now: datetime, notice: Notice | None = None
) -> Json:
    """Show the case as it stands, offering only what its status allows.

    Args:
        case: the case with its whole history.
        called: who answers for Adm/Fin and RC now.
        now: the present moment; a moment of the same day is written as a mere hour.
        notice: what to say on top, to the one who pressed.
    """
    outcome = case.outcome
    blocks = (
        _open_blocks(case, called, now) if outcome is None else _closed(case, outcome, called, now)
    )
    return card(
        notice_band(notice),
        quote_band(case.facts),
        status_band(case, now),
        _unfinished(case),
        *blocks,
        fallback_text=_fallback_text(case),
    )


def status_band(case: Case, now: datetime | None = None) -> Json:
    """Say status, who has the ball and since when; without `now`, the day is always written."""
    label = STATUSES[case.status]
    urgent = case.status is CaseStatus.AWAITING_ADMFIN
    lines = (
        heading(f"{label.words} · {PRIORITY}" if urgent else label.words),
        *_status_lines(case, now),
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
        ("Motivo", _reason(said.reason, said.reason_text)),
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


def _open_blocks(case: Case, called: Sequence[Person], now: datetime) -> list[Json | None]:
    return [
        next_section(case, called),
        action_set(
            _main_button(case),
            OpenNoteForm.button("Anotar", case=case.code, v=case.version),
            spacing="Small",
        ),
        container(case_facts(case, now)),
        _ticks(case, called, now),
        container(
            heading("🕑 Últimas mudanças", section=True, spacing="None"),
            *history_lines(_newest(case.history, _LATEST), now),
            id="history",
        ),
    ]


def _main_button(case: Case) -> Json:
    button, title = {
        CaseStatus.IN_TREATMENT: (OpenAnswerForm, "Registrar resposta"),
        CaseStatus.AWAITING_ADMFIN: (ClaimCase, "Assumir"),
        CaseStatus.WITH_ADMFIN: (OpenResultForm, "Registrar resultado"),
    }[case.status]
    return button.button(title, style="positive", case=case.code, v=case.version)


def _ticks(case: Case, called: Sequence[Person], now: datetime) -> Json | None:
    """List the steps in Salesforce: done ones as lines, the others to tick.

    Process document: on path 1 they begin with the customer's answer.
    """
    if case.handed_over_at is None:
        return None
    done = case.ticks
    todo = {step: _todo(step, called) for step in HandoverStep if step not in done}
    return container(
        heading(
            f"☑️ Passos no Salesforce · {len(done)} de {len(HandoverStep)}",
            section=True,
            spacing="None",
        ),
        *(
            rich(
                run("✅ "),
                run(STEPS[step], bold=True),
                run(f" · {_first_name(done[step])}, {moment(done[step].at, now)}"),
            )
            for step in HandoverStep
            if step in done
        ),
        choice_input(
            "crm_steps",
            f"{one_line(case.opened_by.first_name, at_most=_LONGEST_NAME)}, "
            "marque o que já fez no Caso:",
            todo,
            error="Marque pelo menos um passo.",
            expanded=True,
            several=True,
        )
        if todo
        else None,
        action_set(
            TickSteps.button("Salvar passos", case=case.code, v=case.version), spacing="Small"
        )
        if todo
        else None,
        id="crm",
    )


def _todo(step: HandoverStep, called: Sequence[Person]) -> str:
    lead = person_with(Role.ADMFIN_LEAD, called)
    match step:
        case HandoverStep.MENTION:
            whom = plain(lead.name) if lead else "o líder do Adm/Fin"
            return f"Marcar {whom} com @ no feed do Caso"
        case HandoverStep.QUEUE:
            return f"{STEPS[step]}: {QUEUE}"
        case HandoverStep.STATUS:
            return f"{STEPS[step]}: {CRM_STATUS}"
        case HandoverStep.PRIORITY:
            return f"{STEPS[step]}: {PRIORITY}"


def _closed(
    case: Case, outcome: OutcomeRecorded, called: Sequence[Person], now: datetime
) -> list[Json | None]:
    said = case.judgement
    channel = outcome.feedback_channel
    return [
        container(
            facts(
                (title, words)
                for title, words in (
                    ("Fechou", f"{plain(outcome.by.name)}, {short_moment(outcome.at, now)}"),
                    ("Motivo\u00a0dito", _reason(said.reason, said.reason_text)),
                    ("Motivo\u00a0real", _reason(outcome.real_reason, outcome.real_reason_text)),
                    ("Feedback", FEEDBACK_CHANNELS[channel] if channel else ""),
                    (
                        "Registro",
                        f"{plain(case.opened_by.name)}, {short_moment(case.opened_at, now)}",
                    ),
                    ("Caso", f"{plain(case.facts.crm_case_number)} · {case.code}"),
                )
                if words
            ),
            spacing="Large",
        ),
        _told("💬 O que o cliente respondeu", outcome.feedback_result),
        _told("💡 Lição", outcome.lesson),
        None if case.status is CaseStatus.VOID else _ticks(case, called, now),
        action_set(toggle("Histórico", "history")),
        container(
            *history_lines(_newest(case.history, _LONGEST_HISTORY), now),
            id="history",
            visible=False,
            spacing="Small",
        ),
    ]


def _told(title: str, words: str) -> Json | None:
    if not words.strip():
        return None
    return container(heading(title, section=True, spacing="None"), rich(run(words)))


def _status_lines(case: Case, now: datetime | None) -> list[Json]:
    match case.status:
        case CaseStatus.IN_TREATMENT:
            return [
                text(f"Com **{plain(case.opened_by.name)}** desde {moment(case.opened_at, now)}"),
                text("Adm/Fin já sabe. Nada a fazer por lá agora.", small=True),
            ]
        case CaseStatus.AWAITING_ADMFIN:
            since = case.reversal.at if case.reversal else case.opened_at
            return [
                text(f"Sem dono ainda · desde **{moment(since, now)}**"),
                *_answer_line(case),
            ]
        case CaseStatus.WITH_ADMFIN:
            return [text(_owned(case, now)), *_answer_line(case)]
        case _:
            return [text(_ended(case))]


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
    if case.answer is not None:
        return [text("O RC tentou reverter, e o cliente ainda quer sair.")]
    return []


def _first_name(event: Event) -> str:
    return one_line(event.by.first_name, at_most=_LONGEST_NAME)


def _newest(history: Sequence[Event], count: int) -> list[Event]:
    return list(reversed(history))[:count]


def _reason(reason: CancellationReason, other: str) -> str:
    return plain(one_line(reason_words(reason, other), at_most=_LONGEST_WORDS))


def _fallback_text(case: Case) -> str:
    facts_ = case.facts
    title = STATUSES[case.status].title
    owner = f" com {case.owner.name}" if case.owner and case.status.is_open else ""
    return f"{facts_.customer}, Caso {facts_.crm_case_number}: {decapitalised(title)}{owner}."
