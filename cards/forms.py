"""Fields that several forms share, and the sentence beside a field that needs mending."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cards.actions.case import ViewCase
from cards.elements import (
    Json,
    action_set,
    card,
    choice_input,
    container,
    heading,
    text,
    text_input,
)
from cards.errors import errors_notice, problem_text
from cards.labels import FIELDS, REASONS, decapitalised
from cards.notice import Notice, notice_band
from cards.quote import quote_band
from retention.domain.case import Case
from retention.domain.errors import Problem

Problems = Mapping[str, Problem]
Typed = Mapping[str, str]

NO_PROBLEMS: Problems = {}
NOTHING_TYPED: Typed = {}
LONGEST_REASON = 120
_DIGITS_ONLY = re.compile(r"\^(?:\\d|\[0-9\])\{(\d+)\}\$")


def checked(field: Json, problems: Problems) -> list[Json]:
    """Give a field, and below it what to mend."""
    name = field.get("id", "")
    problem = problems.get(name)
    if problem is None:
        return [field]
    return [field, problem_line(name, problem_text(name, problem))]


def all_checked(fields: Iterable[Json | None], problems: Problems) -> list[Json]:
    """Give fields, and what stands between them, each with what to mend below it."""
    return [element for field in fields if field for element in checked(field, problems)]


def problem_line(field: str, words: str) -> Json:
    """Say what to mend in one field."""
    return text(f"⚠️ {words}", bold=True, id=f"error-{field}")


def problems_band(problems: Problems, *, purpose: str) -> Json | None:
    """Name the fields to mend on top of the form; `purpose` ends "to …"."""
    if not problems:
        return None
    band = notice_band(errors_notice(problems, purpose=purpose))
    return band and {**band, "id": "errors", "spacing": "Medium"}


def case_number_input(pattern: str, typed: Typed) -> Json:
    """Ask for the Caso's number, which is of such a pattern; its error says the pattern."""
    digits = _DIGITS_ONLY.fullmatch(pattern)
    return text_input(
        "crm_case",
        FIELDS["crm_case"],
        error=f"O número do Caso tem {digits[1]} algarismos, como no Salesforce."
        if digits
        else "Informe o número do Caso, como aparece no Salesforce.",
        placeholder="Ex.: 00012345",
        value=typed.get("crm_case", ""),
        max_length=20,
        required=True,
        regex=pattern,
    )


def reason_fields(field: str, value: str, typed: Typed, problems: Problems) -> list[Json]:
    """Ask for a reason; what stands behind "Outros" is asked once that was chosen."""
    other = f"{field}_text"
    fields = [
        choice_input(
            field,
            FIELDS[field],
            REASONS,
            error="Escolha o motivo.",
            placeholder="Qual foi o motivo?",
            value=value,
            required=True,
        )
    ]
    if other in problems or typed.get(other):
        fields.append(
            text_input(
                other,
                FIELDS[other],
                error="Diga o motivo em poucas palavras.",
                placeholder="Em poucas palavras",
                value=typed.get(other, ""),
                max_length=LONGEST_REASON,
            )
        )
    return fields


def case_form(
    case: Case,
    title: str,
    hint: str,
    *body: Json | None,
    submit: Json,
    purpose: str = "salvar",
    problems: Problems = NO_PROBLEMS,
    notice: Notice | None = None,
) -> Json:
    """Make a form on a case, with the customer's words on top and the way back at its end.

    Args:
        case: the case.
        title: what the form is for.
        hint: one sentence below the title.
        body: the fields and what stands between them.
        submit: the button that sends it.
        purpose: what mending the problems is for; it ends "to …".
        problems: what to mend, by input: said on top and below each field.
        notice: what to know before anything else.
    """
    facts = case.facts
    return card(
        notice_band(notice),
        quote_band(facts),
        container(heading(title), spacing="Medium"),
        text(hint, spacing="None"),
        problems_band(problems, purpose=purpose),
        *all_checked(body, problems),
        action_set(submit, ViewCase.on(case, "Voltar")),
        fallback_text=f"{facts.customer}, Caso {facts.crm_case_number}: {decapitalised(title)}.",
    )
