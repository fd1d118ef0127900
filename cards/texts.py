"""The one-line replies in a case's thread: what happened, and whom it calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cards.elements import one_line, plain
from cards.formats import at_moment
from cards.history import event_words
from cards.labels import BY_CHANNEL, OUTCOME_WORDS, PATHS, PRIORITY, decapitalised, reason_words
from retention.domain.cancellation import CancellationPath
from retention.domain.case import Case
from retention.domain.events import (
    CaseClaimed,
    CaseOpened,
    CaseReverted,
    Event,
    NoteAdded,
    OutcomeRecorded,
    RequestRepeated,
    ReversalFailed,
)
from retention.domain.people import Person

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
    called = "".join(f"{mention_tag(person)} " for person in mentions)
    text = "\n\n".join(part for part in (f"{called}{plain(headline)}", detail) if part)
    return Announcement(text, headline, tuple(mentions))


def _words(case: Case, event: Event) -> tuple[str, str]:
    """Give the headline, unescaped, and what else to say, in Markdown."""
    customer, who = case.facts.customer, event.by.name
    number = case.facts.crm_case_number
    headline, detail = f"{event_words(event)}.", ""
    match event:
        case CaseOpened(path=CancellationPath.TECHNICAL_OPEN):
            headline = (
                f"Adm/Fin, só para conhecimento: {customer}, Caso {number}, em tratativa no RC "
                f"com {who}, "
                "sem ação sua agora."
            )
        case CaseOpened():
            headline, detail = _wants_out(case), _problem(case)
        case ReversalFailed():
            headline = _wants_out(case)
            detail = f"O RC tentou, e o cliente ainda quer sair. {_problem(case)}"
            if event.customer_said:
                quote = plain(one_line(event.customer_said, at_most=_LONGEST_QUOTE))
                detail = f"{detail}\n\nO cliente disse: “{quote}”"
        case CaseReverted():
            confirmed = plain(one_line(event.confirmed_by, at_most=_LONGEST_NAME))
            when = at_moment(event.confirmed_at, event.at)
            headline = f"{PRIORITY} · {customer}: revertido pelo RC · Caso {number}"
            detail = f"{confirmed} confirmou {when}, {BY_CHANNEL[event.channel]}."
        case CaseClaimed():
            headline = f"{who} assumiu o caso."
        case NoteAdded():
            headline, detail = f"📝 {who} anotou:", _paragraphs(event.text)
        case RequestRepeated():
            quote = one_line(event.verbatim, at_most=_LONGEST_QUOTE)
            headline = f"O cliente pediu de novo; {who} juntou aqui: “{quote}”"
        case OutcomeRecorded():
            headline = f"{who} registrou o resultado: {OUTCOME_WORDS[event.kind]}."
    return headline, detail


def _wants_out(case: Case) -> str:
    facts = case.facts
    return f"{PRIORITY} · {facts.customer} pede cancelamento · Caso {facts.crm_case_number}"


def _problem(case: Case) -> str:
    said = case.judgement
    reason = decapitalised(reason_words(said.reason, said.reason_text))
    return f"{PATHS[said.path]}: {plain(one_line(reason, at_most=_LONGEST_QUOTE))}."


def _paragraphs(words: str) -> str:
    return "\n\n".join(plain(line) for line in words.splitlines() if line.strip())
