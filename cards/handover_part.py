"""The four steps of the handover in Salesforce, on a case card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cards.actions import TickSteps
from cards.elements import (
    Json,
    action_set,
    choice_input,
    container,
    heading,
    one_line,
    plain,
    rich,
    run,
)
from cards.formats import moment
from cards.labels import CRM_STATUS, PRIORITY, QUEUE, STEPS
from cards.next_step import person_with
from retention.domain.case import Case
from retention.domain.events import HandoverStep
from retention.domain.people import Person, Role

_LONGEST_NAME = 40


def handover_steps(case: Case, called: Sequence[Person], now: datetime) -> Json | None:
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
                run(f" · {one_line(done[step].by.first_name, at_most=_LONGEST_NAME)}, "),
                run(moment(done[step].at, now)),
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
        action_set(TickSteps.on(case, "Salvar passos"), spacing="Small") if todo else None,
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
