"""What is said when time has passed: a case without owner, without news, without its documents."""

from __future__ import annotations

from cards.crm_words import refusal_words
from cards.formats import at_moment, listed, moment
from cards.plain_text import one_line, plain
from retention.domain.case import Case
from retention.domain.desk_events import InfoAsked
from retention.domain.events import (
    ClaimEscalated,
    ClaimStep,
    CrmChangeKind,
    CrmHeard,
    HandoverRefused,
    OwnerReminded,
    ReminderKind,
    ReminderSnoozed,
)

ClockEvent = ClaimEscalated | OwnerReminded | ReminderSnoozed
_LONGEST_NAME = 40
_LONGEST_WORDS = 280
_LONGEST_LINE = 140


def clock_reply(case: Case, event: ClockEvent) -> tuple[str, str]:
    """Say it in the thread: the headline, unescaped, and more, in Markdown."""
    about = f"{case.facts.customer} · Caso {case.facts.crm_case_number}"
    match event:
        case ClaimEscalated(step=ClaimStep.AGAIN):
            return (
                f"⏰ Ainda sem dono: {about}",
                f"Espera desde **{moment(event.since, event.at)}**. "
                "Quem puder agora, toque em Assumir.",
            )
        case ClaimEscalated():
            return (
                f"⏰ Continua sem dono: {about}",
                f"Espera desde **{moment(event.since, event.at)}**, e o Adm/Fin ainda não assumiu. "
                "Combinem aqui quem fica com o caso.",
            )
        case OwnerReminded():
            return _asked(case, event, about)
        case ReminderSnoozed():
            until = moment(event.until, event.at)
            why = plain(one_line(event.why, at_most=_LONGEST_WORDS))
            return f"💤 {event.by.name} adiou os lembretes até {until}.", f"Por quê: “{why}”"


def clock_done(event: ClockEvent) -> str:
    """Say it after the name of who did it, unescaped."""
    match event:
        case ClaimEscalated(step=ClaimStep.AGAIN):
            return "chamou de novo: caso sem dono"
        case ClaimEscalated():
            return "chamou RC e liderança: caso sem dono"
        case OwnerReminded():
            return _asked_whom(event)
        case ReminderSnoozed():
            why = one_line(event.why, at_most=_LONGEST_LINE)
            return f"adiou os lembretes até {moment(event.until, event.at)}: “{why}”"


def _asked(case: Case, event: OwnerReminded, about: str) -> tuple[str, str]:
    match event.kind:
        case ReminderKind.NEWS:
            return (
                f"🔔 Como está? {about}",
                f"A última notícia aqui é de **{moment(event.since, event.at)}**. "
                "Anote o que mudou ou, se já está combinado, adie o lembrete e diga por quê.",
            )
        case ReminderKind.ANSWER:
            return f"🔔 Resposta atrasada: {about}", _late_answer(case, event)
        case ReminderKind.CRM:
            return f"🔔 Veja no Salesforce: {about}", _told_by_crm(case, event)
        case ReminderKind.DOCUMENTS:
            papers = plain(one_line(listed(event.documents), at_most=_LONGEST_WORDS))
            return (
                f"🔔 Documentos que ainda não chegaram: {about}",
                f"{papers}. Vale lembrar o cliente. Quando chegarem, marque em Documentos.",
            )


def _asked_whom(event: OwnerReminded) -> str:
    match event.kind:
        case ReminderKind.NEWS:
            return f"perguntou a {_first_name(event)} como está o caso"
        case ReminderKind.ANSWER:
            return f"lembrou {_first_name(event)} da resposta atrasada"
        case ReminderKind.CRM:
            return "chamou o Adm/Fin: o Salesforce avisou fora do expediente"
        case ReminderKind.DOCUMENTS:
            papers = one_line(listed(event.documents), at_most=_LONGEST_LINE)
            return f"lembrou {_first_name(event)} dos documentos: {papers}"


def _late_answer(case: Case, event: OwnerReminded) -> str:
    asked = next(
        (
            earlier.what
            for earlier in reversed(case.history)
            if isinstance(earlier, InfoAsked) and earlier.version < event.version
        ),
        "",
    )
    return (
        f"Era para **{moment(event.since, event.at)}**: "
        f"“{plain(one_line(asked, at_most=_LONGEST_WORDS))}” "
        "Responda no caso ou, se não precisa mais, dispense a pergunta."
    )


def _told_by_crm(case: Case, event: OwnerReminded) -> str:
    """Say what the CRM told while nobody was called."""
    told = next(
        earlier
        for earlier in reversed(case.history)
        if earlier.version < event.version
        and (
            isinstance(earlier, HandoverRefused)
            or (isinstance(earlier, CrmHeard) and earlier.kind is CrmChangeKind.CLOSED)
        )
    )
    if isinstance(told, HandoverRefused):
        return f"{plain(refusal_words(case, told))} Façam os passos à mão e marquem no caso."
    return (
        f"O Caso foi encerrado lá {at_moment(told.at, event.at)}, e o {case.code} continua aberto: "
        "registre aqui o resultado para encerrar."
    )


def _first_name(event: OwnerReminded) -> str:
    return one_line(event.person.first_name, at_most=_LONGEST_NAME)
