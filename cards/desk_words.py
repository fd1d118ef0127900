"""What is said of the lead's desk: in the thread, in the history, in the CRM."""

from __future__ import annotations

from cards.formats import counted, listed, moment
from cards.labels import WAYS
from cards.plain_text import one_line, paragraphs, plain
from retention.domain.case import Case
from retention.domain.desk_events import (
    AttemptsEnded,
    CaseAssigned,
    CaseReturned,
    CustomerDecided,
    InfoAnswered,
    InfoAsked,
    InfoWithdrawn,
)

QuestionEvent = InfoAsked | InfoAnswered | InfoWithdrawn
DeskEvent = CaseAssigned | CaseReturned | QuestionEvent | CustomerDecided | AttemptsEnded
_LONGEST_NAME = 40
_LONGEST_WORDS = 280
_LONGEST_LINE = 140


def attempts_words(event: AttemptsEnded) -> str:
    """Say how it was tried to reach the customer: ``3 tentativas, por telefone; a última em …``."""
    ways = listed([WAYS[way] for way in event.channels])
    tries = counted(event.tries, "tentativa", "tentativas")
    return f"{tries}, {ways}; a última em {moment(event.last_at)}"


def is_taken(event: CaseAssigned) -> bool:
    """Tell whether somebody gave the case to themselves."""
    return event.person.id == event.by.id


def desk_reply(case: Case, event: DeskEvent) -> tuple[str, str]:
    """Say it in the thread: the headline, unescaped, and more, in Markdown."""
    about = f"{case.facts.customer} · Caso {case.facts.crm_case_number}"
    match event:
        case CaseAssigned():
            to_whom = "ficou com o caso" if is_taken(event) else "passou o caso para você"
            return f"{event.by.name} {to_whom}: {about}", ""
        case CaseReturned():
            return (
                f"↩️ {event.by.name} devolveu o caso à fila: {about}",
                f"Por quê: {_quoted(event.why)}\n\nQuem puder, toque em Assumir.",
            )
        case InfoAsked():
            until = moment(event.until, event.at)
            return (
                f"💬 {event.by.name} pergunta, para responder até {until}: {about}",
                f"{paragraphs(event.what)}\n\nNo caso, toque em Responder.",
            )
        case InfoAnswered():
            return f"💬 {event.by.name} respondeu: {about}", paragraphs(event.text)
        case CustomerDecided():
            return (
                f"🚪 O cliente decidiu sair: {about}",
                f"{_quoted(event.said)}\n\nAgora, só documentos e confirmação.",
            )
        case InfoWithdrawn() | AttemptsEnded():
            return f"{event.by.name} {desk_done(event)}.", ""


def desk_done(event: DeskEvent) -> str:
    """Say it after the name of who did it, unescaped."""
    match event:
        case CaseAssigned():
            to_whom = f"passou o caso para {_name(event.person.name)}"
            return "ficou com o caso" if is_taken(event) else to_whom
        case CaseReturned():
            return f"devolveu o caso à fila: {_line(event.why)}"
        case InfoAsked() | InfoAnswered() | InfoWithdrawn():
            return _asked_done(event)
        case CustomerDecided():
            return f"registrou que o cliente decidiu sair: {_line(event.said)}"
        case AttemptsEnded():
            return f"encerrou as tentativas de contato: {attempts_words(event)}"


def desk_comment(event: DeskEvent) -> str:
    """Write it into the CRM, whole, for people who read the Caso and not the thread."""
    match event:
        case CaseAssigned():
            return f"Quem cuida agora: {event.person.name}."
        case CaseReturned():
            return f"De volta à fila do Adm/Fin, sem dono. Por quê: {event.why}"
        case InfoAsked() | InfoAnswered() | InfoWithdrawn():
            return _asked_comment(event)
        case CustomerDecided():
            return f"O cliente decidiu sair: “{event.said}”\nAgora, só documentos e confirmação."
        case AttemptsEnded():
            return f"Tentativas de contato encerradas: {attempts_words(event)}."


def _asked_done(event: QuestionEvent) -> str:
    match event:
        case InfoAsked():
            return f"perguntou a {_name(event.person.first_name)}: {_line(event.what)}"
        case InfoAnswered():
            return f"respondeu: {_line(event.text)}"
        case InfoWithdrawn():
            return f"dispensou a pergunta a {_name(event.person.first_name)}"


def _asked_comment(event: QuestionEvent) -> str:
    match event:
        case InfoAsked():
            return f"Pergunta a {event.person.name}, até {moment(event.until)}: {event.what}"
        case InfoAnswered():
            return f"Resposta a {event.asker.name}: {event.text}"
        case InfoWithdrawn():
            return f"A pergunta a {event.person.name} não precisa mais de resposta."


def _quoted(words: str) -> str:
    return f"“{plain(one_line(words, at_most=_LONGEST_WORDS))}”"


def _line(words: str) -> str:
    return f"“{one_line(words, at_most=_LONGEST_LINE)}”"


def _name(name: str) -> str:
    return one_line(name, at_most=_LONGEST_NAME)
