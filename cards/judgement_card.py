"""Screen 2 of the form: what the bot makes of the customer's words, and what the agent does."""

from __future__ import annotations

from collections.abc import Sequence

from cards.actions.intake import BackToFacts, DiscardForm, RegisterCase
from cards.duplicate_card import earlier_cases
from cards.elements import Json, action_set, card, choice_input, container, heading, text
from cards.formats import listed
from cards.forms import NO_PROBLEMS, Problems, all_checked, checked, problems_band, reason_fields
from cards.labels import FIELDS, PATHS, PRIORITY
from cards.plain_text import plain
from cards.proposal import (
    marked_signals,
    proposal_section,
    proposal_step,
    proposal_title,
    proposed_path,
)
from cards.quote import quote_band
from retention.domain.cancellation import Intent
from retention.domain.case import CaseFacts
from retention.domain.case_line import CaseLine
from retention.domain.classification import Classification
from retention.domain.draft import Draft
from retention.domain.people import Person, Role


def judgement_card(
    draft: Draft,
    facts: CaseFacts,
    classification: Classification,
    *,
    called: Sequence[Person],
    earlier: Sequence[CaseLine] = (),
    known: Json | None = None,
    problems: Problems = NO_PROBLEMS,
) -> Json:
    """Screen 2: the proposal, the words that led to it, and the agent's own judgement.

    Args:
        draft: the request; a path or reason chosen before wins over the proposal.
        facts: screen 1, checked.
        classification: what the bot makes of the customer's words.
        called: who answers for Adm/Fin and RC now.
        earlier: ended cases of the same Caso, newest first.
        known: what the CRM knows of the customer, where there is one.
        problems: what to mend, by input id.
    """
    title = proposal_title(classification)
    return card(
        quote_band(facts, marked=marked_signals(classification)),
        container(
            heading(title),
            text(proposal_step(classification), spacing="None"),
            spacing="Medium",
        ),
        problems_band(problems, purpose="registrar"),
        proposal_section(classification),
        *_choices(draft, classification, problems),
        _what_follows(draft, called),
        known,
        earlier_cases(earlier),
        action_set(
            RegisterCase.button(
                "Registrar caso", style="positive", draft=draft.id, v=draft.version
            ),
            BackToFacts.button("Voltar", draft=draft.id, v=draft.version),
            DiscardForm.button("Descartar", draft=draft.id, v=draft.version)
            if classification.intent is Intent.NOT_CANCELLATION
            else None,
        ),
        fallback_text=f"{facts.customer}, Caso {facts.crm_case_number}: {title}. "
        "Confirme ou corrija.",
    )


def _choices(draft: Draft, classification: Classification, problems: Problems) -> list[Json]:
    typed = draft.answers
    path = proposed_path(classification)
    reason = classification.reason if path else None
    return [
        *checked(
            choice_input(
                "path",
                FIELDS["path"],
                PATHS,
                error="Escolha um dos três caminhos.",
                value=typed.get("path", path or ""),
                required=True,
                expanded=True,
            ),
            problems,
        ),
        *all_checked(
            reason_fields("reason", typed.get("reason", reason or ""), typed, problems), problems
        ),
    ]


def _what_follows(draft: Draft, called: Sequence[Person]) -> Json:
    """Say what registering will do, on each path."""
    where = "aqui no tópico" if draft.place.is_channel else "no canal"
    names = [f"{plain(person.name)} ({_desk(person)})" for person in called]
    whom = listed(names) if names else "o Adm/Fin e o líder do RC"
    return container(
        heading("Ao registrar", section=True, spacing="None"),
        text(
            f"**Sem abertura ou não técnico:** chamo {whom} {where}, com prioridade **{PRIORITY}**."
        ),
        text("**Com abertura:** o caso fica com você, e eu só aviso o Adm/Fin."),
    )


def _desk(person: Person) -> str:
    return "Adm/Fin" if Role.ADMFIN_LEAD in person.roles else "líder do RC"
