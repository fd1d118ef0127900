"""What an ended case shows for ever: how it ended, what was learnt, what was missing."""

from __future__ import annotations

from datetime import datetime

from cards.elements import Json, band, container, facts, heading, rich, run, text
from cards.formats import listed, short_moment
from cards.labels import FEEDBACK_CHANNELS, REQUIREMENTS, reason_words
from cards.plain_text import one_line, plain
from retention.domain.cancellation import CancellationReason
from retention.domain.case import Case
from retention.domain.events import OutcomeRecorded, Requirement

_LONGEST_WORDS = 120


def closed_sections(case: Case, outcome: OutcomeRecorded, now: datetime) -> list[Json | None]:
    """Show how a case ended; the exception, if it was one, comes first."""
    said = case.judgement
    channel = outcome.feedback_channel
    answered = "💬 O que o cliente respondeu" if case.attempts is None else "💬 Retorno do cliente"
    return [
        exception_band(outcome),
        container(
            facts(
                (title, words)
                for title, words in (
                    ("Fechou", f"{plain(outcome.by.name)}, {short_moment(outcome.at, now)}"),
                    ("Motivo\u00a0dito", reason(said.reason, said.reason_text)),
                    ("Motivo\u00a0real", reason(outcome.real_reason, outcome.real_reason_text)),
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
        _told(answered, outcome.feedback_result),
        _told("💡 Lição", outcome.lesson),
    ]


def exception_band(outcome: OutcomeRecorded) -> Json | None:
    """Say that the case was closed by way of exception, without what, and why."""
    if not outcome.override:
        return None
    missing = [REQUIREMENTS[each] for each in outcome.lacking if each is not Requirement.DOCUMENTS]
    papers = outcome.lacking_documents
    lacking = (("Sem: ", missing), ("Documentos não conferidos: ", papers))
    return band(
        text("⚠️ Encerrado por exceção", bold=True),
        *(
            rich(run(title, bold=True), run(f"{listed(names)}."))
            for title, names in lacking
            if names
        ),
        rich(run(f"{outcome.by.first_name}: “{outcome.override}”")),
        id="exception",
        style="warning",
        spacing="Medium",
    )


def reason(reason_: CancellationReason, other: str) -> str:
    """Name a reason in a table, escaped."""
    return plain(one_line(reason_words(reason_, other), at_most=_LONGEST_WORDS))


def _told(title: str, words: str) -> Json | None:
    if not words.strip():
        return None
    return container(heading(title, section=True, spacing="None"), rich(run(words)))
