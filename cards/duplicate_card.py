"""The screen of a Caso that is open already, and what the form says of other cases of it."""

from __future__ import annotations

from collections.abc import Sequence

from cards.actions.intake import FixCaseNumber, JoinOpenCase
from cards.elements import Json, action_set, card, container, heading, open_url, rich, run, text
from cards.formats import full_day, moment
from cards.labels import STATUSES
from retention.domain.case import Case, case_code
from retention.domain.case_line import CaseLine
from retention.domain.draft import Draft
from retention.domain.events import CaseStatus


def duplicate_card(
    draft: Draft,
    open_case: Case,
    *,
    thread_url: str | None = None,
    earlier: Sequence[CaseLine] = (),
) -> Json:
    """Offer to join the open case of the same Caso instead of opening a second one."""
    facts = open_case.facts
    return card(
        heading("Este Caso já está aberto"),
        *standing(open_case),
        text(
            "Para o cliente não contar tudo de novo, junte as palavras dele ao caso aberto. "
            "O rascunho continua guardado.",
            spacing="Medium",
        ),
        action_set(
            JoinOpenCase.button(
                "Juntar ao caso aberto", style="positive", draft=draft.id, v=draft.version
            ),
            open_url("Abrir o tópico", thread_url) if thread_url else None,
            FixCaseNumber.button("Corrigir o número", draft=draft.id, v=draft.version),
        ),
        earlier_cases(earlier),
        fallback_text=f"O Caso {facts.crm_case_number} já está aberto: {open_case.code}.",
    )


def standing(open_case: Case) -> list[Json]:
    """Say whose the open case is, and where it stands."""
    facts, status = open_case.facts, STATUSES[open_case.status]
    return [
        rich(
            run(facts.customer, bold=True),
            run(f" · Caso {facts.crm_case_number} · {open_case.code}"),
        ),
        rich(run(f"{status.words} · {_with_whom(open_case)}")),
        rich(run(f"Aberto por {open_case.opened_by.name} em {moment(open_case.opened_at)}.")),
    ]


def earlier_cases(lines: Sequence[CaseLine]) -> Json | None:
    """List the ended cases of the same Caso; none there: None."""
    if not lines:
        return None
    return container(
        heading("Antes disso", section=True, spacing="None"),
        *(
            rich(
                run(case_code(line.number), bold=True),
                run(f" · {STATUSES[line.status].words} · pedido de {full_day(line.opened_at)}"),
                run(f" · com {line.owner.name}" if line.owner else ""),
            )
            for line in lines
        ),
    )


def _with_whom(case: Case) -> str:
    if case.owner is not None:
        return f"com {case.owner.name}"
    in_treatment = case.status is CaseStatus.IN_TREATMENT
    return f"com {case.opened_by.name}" if in_treatment else "sem dono ainda"
