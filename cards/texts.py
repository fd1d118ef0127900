"""The one-line replies in a case's thread: what happened, and whom it calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cards.crm_words import crm_reply, former_caso_words
from cards.desk_words import DeskEvent, desk_reply, is_taken
from cards.formats import at_moment, calendar_day
from cards.history import change_words, event_words
from cards.labels import (
    BY_CHANNEL,
    HELPERS,
    OUTCOME_WORDS,
    PATHS,
    PRIORITY,
    decapitalised,
    reason_words,
)
from cards.plain_text import one_line, paragraphs, plain
from cards.reminder_words import clock_reply
from cards.triangulation_part import triangulation_reply
from retention.domain.cancellation import CancellationPath
from retention.domain.case import Case
from retention.domain.desk_events import CaseAssigned, TriangulationEnded, TriangulationStarted
from retention.domain.events import (
    CaseClaimed,
    CaseNumberCorrected,
    CaseOpened,
    CaseReclassified,
    CaseReverted,
    CaseStatus,
    ClaimEscalated,
    CrmHeard,
    Event,
    HandoverRefused,
    HelpAnswered,
    HelpCalled,
    MovedBy,
    NoteAdded,
    OutcomeRecorded,
    OwnerReminded,
    PlanMade,
    ReminderSnoozed,
    RequestRepeated,
    ReversalFailed,
    StepDrifted,
    StepsConfirmed,
)
from retention.domain.people import Person, PersonRef

_LONGEST_QUOTE = 280
_LONGEST_NAME = 120
_TAG_MARKS = re.compile(r"[<>&]")


@dataclass(frozen=True, slots=True)
class Announcement:
    """A reply: its Markdown `text`, the notification's plain `summary`, whom it mentions.

    The text holds `mention_tag(person)` once for each of `mentioned`, and no other tag.
    """

    text: str
    summary: str
    mentioned: tuple[Person, ...] = ()


def mention_tag(person: Person) -> str:
    """Write the tag a mention's entity refers to; a name cannot break out of it."""
    return f"<at>{_TAG_MARKS.sub('', person.name)}</at>"


def announcement(case: Case, event: Event, mentions: Sequence[Person] = ()) -> Announcement:
    """Say one event of a case in its thread, in front the people it calls."""
    headline, detail = _words(case, event)
    called, guide = tuple(mentions), ""
    if isinstance(event, CaseOpened) and event.companion is not None:
        called, guide = _first_case(event, called)
    tags = [mention_tag(person) for person in called]
    if addressee := _addressee(event):
        front = f"{', '.join(tags) or plain(addressee.name)}, "
    else:
        front = "".join(f"{tag} " for tag in tags)
    text = "\n\n".join(part for part in (f"{front}{plain(headline)}", detail, guide) if part)
    return Announcement(text, headline, tuple(mentions))


def _addressee(event: Event) -> PersonRef | None:
    """Tell to whom a reply says "você"."""
    match event:
        case HelpCalled():
            return event.person
        case CaseAssigned() if not is_taken(event):
            return event.person
        case _:
            return None


def _first_case(event: CaseOpened, mentions: tuple[Person, ...]) -> tuple[tuple[Person, ...], str]:
    """Name the companion of a first case: called in the sentence itself where that is all."""
    in_front, name = mentions, plain(event.companion.name if event.companion else "")
    if event.path is CancellationPath.TECHNICAL_OPEN and mentions:
        in_front, name = (), " ".join(mention_tag(person) for person in mentions)
    author = plain(event.by.first_name)
    return in_front, f"🌟 É o primeiro caso de {author}: {name} acompanha."


def _words(case: Case, event: Event) -> tuple[str, str]:
    """Give the headline, unescaped, and what else to say, in Markdown."""
    if isinstance(event, DeskEvent):
        return desk_reply(case, event)
    match event:
        case CaseOpened() | ReversalFailed() | CaseReverted() | CaseReclassified():
            return _handover_words(case, event)
        case HelpCalled() | HelpAnswered() | PlanMade() | CaseNumberCorrected():
            return _treatment_words(case, event)
        case StepsConfirmed() | HandoverRefused() | StepDrifted() | CrmHeard():
            return crm_reply(case, event)
        case ClaimEscalated() | OwnerReminded() | ReminderSnoozed():
            return clock_reply(case, event)
        case _:
            return _small_words(case, event)


def _small_words(case: Case, event: Event) -> tuple[str, str]:
    match event:
        case TriangulationStarted() | TriangulationEnded():
            return triangulation_reply(case, event)
        case CaseClaimed():
            return f"{event.by.name} assumiu o caso.", ""
        case NoteAdded():
            return f"📝 {event.by.name} anotou:", paragraphs(event.text)
        case RequestRepeated():
            quote = one_line(event.verbatim, at_most=_LONGEST_QUOTE)
            return f"O cliente pediu de novo; {event.by.name} juntou aqui: “{quote}”", ""
        case OutcomeRecorded():
            headline = f"{event.by.name} registrou o resultado: {OUTCOME_WORDS[event.kind]}."
            return headline, _exception(event)
        case _:
            return f"{event_words(event)}.", ""


def _handover_words(
    case: Case, event: CaseOpened | ReversalFailed | CaseReverted | CaseReclassified
) -> tuple[str, str]:
    customer, number = case.facts.customer, case.facts.crm_case_number
    match event:
        case CaseOpened(path=CancellationPath.TECHNICAL_OPEN):
            return (
                f"Adm/Fin, só para conhecimento: {customer}, Caso {number}, em tratativa no RC "
                f"com {event.by.name}, "
                "sem ação sua agora.",
                "",
            )
        case CaseOpened():
            return _wants_out(case), _problem(case)
        case ReversalFailed():
            detail = f"O RC tentou, e o cliente ainda quer sair. {_problem(case)}"
            if event.customer_said:
                detail = f"{detail}\n\nO cliente disse: {_quoted(event.customer_said)}"
            return _wants_out(case), detail
        case CaseReverted():
            confirmed = plain(one_line(event.confirmed_by, at_most=_LONGEST_NAME))
            when = at_moment(event.confirmed_at, event.at)
            return (
                f"{PRIORITY} · {customer}: revertido pelo RC · Caso {number}",
                f"Confirmado por {confirmed}, {when}, {BY_CHANNEL[event.channel]}.",
            )
        case CaseReclassified():
            is_handover = event.before is not event.after is CaseStatus.AWAITING_ADMFIN
            changed = _reclassified(case, event)
            return (_wants_out(case), changed) if is_handover else (_moved(case), changed)


def _treatment_words(
    case: Case, event: HelpCalled | HelpAnswered | PlanMade | CaseNumberCorrected
) -> tuple[str, str]:
    match event:
        case CaseNumberCorrected():
            return f"{event_words(event)}.", former_caso_words(case, event)
        case HelpCalled():
            facts = case.facts
            who = f"{event.by.name} chama você ({HELPERS[event.role]})"
            return f"{who}: {facts.customer}, Caso {facts.crm_case_number}.", _problem(case)
        case HelpAnswered():
            stays = plain(case.treated_by.first_name)
            return f"{event.by.name} atende o chamado.", f"O caso segue com {stays}."
        case PlanMade():
            due = f"{plain(event.who.name)}, até {calendar_day(event.due)}"
            told = f"\n\nCombinado com o cliente: {_quoted(event.told)}" if event.told else ""
            return f"📝 {event.by.name} fez o plano:", f"{paragraphs(event.what)}\n\n{due}{told}"


def _reclassified(case: Case, event: CaseReclassified) -> str:
    changed = plain(change_words(event))
    who = plain(event.by.first_name)
    match event.moved_by:
        case MovedBy.PERSON:
            return f"{who} corrigiu a classificação: {changed}. Por quê: {_quoted(event.why)}"
        case MovedBy.WORDS:
            return (
                f"O caso {changed}. {who} escreveu {_quoted(event.why)}: se não for isso, desfaça "
                "no caso."
            )
        case MovedBy.UNDO:
            author = plain(case.treated_by.first_name)
            returned = event.after is CaseStatus.IN_TREATMENT
            now_with = f" Adm/Fin, nada a fazer agora: o caso voltou para {author}."
            return f"{who} desfez a mudança: {changed}.{now_with if returned else ''}"


def _moved(case: Case) -> str:
    return f"Classificação corrigida: {case.facts.customer}, Caso {case.facts.crm_case_number}"


def _exception(event: OutcomeRecorded) -> str:
    return f"⚠️ Encerrado por exceção: {_quoted(event.override)}" if event.override else ""


def _quoted(words: str) -> str:
    return f"“{plain(one_line(words, at_most=_LONGEST_QUOTE))}”"


def _wants_out(case: Case) -> str:
    facts = case.facts
    return f"{PRIORITY} · {facts.customer} pede cancelamento · Caso {facts.crm_case_number}"


def _problem(case: Case) -> str:
    said = case.judgement
    reason = decapitalised(reason_words(said.reason, said.reason_text))
    return f"{PATHS[said.path]}: {plain(one_line(reason, at_most=_LONGEST_QUOTE))}."
