"""The form that puts a mistyped Caso number right."""

from __future__ import annotations

from dataclasses import dataclass

from cards.actions.numbers import CorrectNumber
from cards.crm_words import NO_PROFILE
from cards.elements import Json, rich, run
from cards.forms import (
    NO_PROBLEMS,
    NOTHING_TYPED,
    Problems,
    Typed,
    case_form,
    case_number_input,
    problem_line,
)
from cards.labels import STATUSES
from cards.notice import Notice
from cards.plain_text import one_line, plain
from retention.domain.case import Case
from retention.domain.crm_profile import NoProfile

_LONGEST_NAME = 80
_AGAIN = "Se é este mesmo, salve de novo."


@dataclass(frozen=True, slots=True)
class TakenNumber:
    """The open case that has the number already, and the address of its thread."""

    case: Case
    thread_url: str | None = None


@dataclass(frozen=True, slots=True)
class DoubtedNumber:
    """A number of which the CRM tells something unexpected: the `customer` it knows, if any."""

    number: str
    customer: str | None = None


def number_card(
    case: Case,
    *,
    pattern: str,
    typed: Typed = NOTHING_TYPED,
    problems: Problems = NO_PROBLEMS,
    taken: TakenNumber | None = None,
    doubted: DoubtedNumber | None = None,
    notice: Notice | None = None,
) -> Json:
    """Ask for the right number.

    Args:
        case: the case as it is.
        pattern: what a number of a Caso looks like.
        typed: what was typed before.
        problems: what to mend.
        taken: the open case that has what was typed.
        doubted: what to look at once more before it is saved.
        notice: what to know before anything else.
    """
    submit = CorrectNumber.button(
        "Salvar número",
        style="positive",
        case=case.code,
        v=case.version,
        doubted=doubted.number if doubted else "",
    )
    return case_form(
        case,
        "Corrigir nº do Caso",
        "O tópico e o que já foi feito aqui continuam os mesmos.",
        rich(run("Agora: ", small=True, bold=True), run(case.facts.crm_case_number, small=True)),
        case_number_input(pattern, typed),
        *(_taken(taken) if taken else []),
        problem_line("crm_case", _doubt(doubted)) if doubted else None,
        submit=submit,
        problems=problems,
        notice=notice,
    )


def _taken(taken: TakenNumber) -> list[Json]:
    found = taken.case
    who = one_line(found.facts.customer, at_most=_LONGEST_NAME)
    title = STATUSES[found.status].title
    status = f"{title[:1].lower()}{title[1:]}"
    said = f"Este número já é do {found.code}: {plain(who)}, {status}."
    line = problem_line("crm_case", said)
    return [line, rich(run("Abrir o tópico", url=taken.thread_url))] if taken.thread_url else [line]


def _doubt(doubted: DoubtedNumber) -> str:
    if doubted.customer is None:
        known = NO_PROFILE[NoProfile.NOT_FOUND]
        return f"{known[:1].upper()}{known[1:]} {_AGAIN}"
    whose = plain(one_line(doubted.customer, at_most=_LONGEST_NAME))
    return f"No Salesforce, este Caso é de {whose}. {_AGAIN}"
