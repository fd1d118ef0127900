"""The four steps of the handover in Salesforce, on a case card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cards.actions.case import TickSteps
from cards.crm_words import change_words, is_gone, refusal_words
from cards.elements import (
    Json,
    action_set,
    choice_input,
    container,
    heading,
    rich,
    run,
    text,
    toggle,
)
from cards.formats import moment
from cards.forms import NO_PROBLEMS, Problems, checked
from cards.labels import HANDOVER_VALUES, MENTION_GAPS, STEPS
from cards.next_step import person_with
from cards.plain_text import one_line, plain
from retention.domain.case import Case
from retention.domain.events import HandoverStep, StepsConfirmed, StepsTicked
from retention.domain.people import Person, Role

_LONGEST_NAME = 40
_BY_HAND = "crm_by_hand"
_PENDING = "CRM pendente: o bot faz estes passos assim que o Salesforce responder."
_LACKING = "O Salesforce não confirmou o que falta: façam à mão e marquem aqui."


def handover_steps(
    case: Case,
    called: Sequence[Person],
    now: datetime,
    values: Mapping[HandoverStep, str],
    problems: Problems = NO_PROBLEMS,
) -> Json | None:
    """List the steps in Salesforce: done ones as lines, the others to wait for or to tick.

    `values` are what the steps set there, as configured.

    Process document: on path 1 they begin with the customer's answer.
    """
    if case.handed_over_at is None:
        return None
    done = case.ticks
    left = [step for step in HandoverStep if step not in done]
    todo = {step: _todo(step, called, values) for step in left}
    is_stuck = case.in_crm and ((bool(left) and _is_by_hand(case)) or _has_gone(case))
    return container(
        heading(
            f"☑️ Passos no Salesforce · {len(done)} de {len(HandoverStep)}",
            section=True,
            spacing="None",
        ),
        *(_done(case, step, done[step], now) for step in HandoverStep if step in done),
        _trouble(case) if is_stuck else None,
        *_left(case, todo, problems),
        id="crm",
    )


def _is_by_hand(case: Case) -> bool:
    """Tell whether people do what is left: always without a CRM, else when it takes no more."""
    confirmed = case.last_reading
    is_lacking = confirmed is not None and bool(confirmed.lacking)
    refused = case.handover_refusal is not None or "crm" in case.unfinished
    return not case.in_crm or is_lacking or refused


def _has_gone(case: Case) -> bool:
    return case.handover_refusal is not None and is_gone(case.handover_refusal)


def _done(
    case: Case, step: HandoverStep, tick: StepsTicked | StepsConfirmed, now: datetime
) -> Json:
    held, changed = "", case.changed_since.get(step)
    if isinstance(tick, StepsConfirmed):
        held = f" · {one_line(tick.found[tick.steps.index(step)], at_most=_LONGEST_NAME)}"
    since = f" · depois: {change_words(changed)}" if changed else ""
    return rich(
        run("☑️ " if changed else "✅ "),
        run(STEPS[step], bold=True),
        run(f"{held} · {one_line(tick.by.first_name, at_most=_LONGEST_NAME)}, "),
        run(f"{moment(tick.at, now)}{since}"),
    )


def _trouble(case: Case) -> Json:
    refusal, confirmed = case.handover_refusal, case.last_reading
    if refusal is not None:
        return text(f"⚠️ {plain(refusal_words(case, refusal))}")
    why = confirmed.why if confirmed else ()
    known = next((MENTION_GAPS[code] for code in why if code in MENTION_GAPS), "")
    return text(f"⚠️ {known} {_LACKING}" if known else f"⚠️ {_LACKING}")


def _left(case: Case, todo: Mapping[HandoverStep, str], problems: Problems) -> Sequence[Json]:
    """List what is not done: to tick, to wait for, or of an ended case to take note of."""
    if not todo:
        return ()
    if not _is_by_hand(case):
        waiting = [rich(run(f"⏳ {STEPS[step]}")) for step in todo]
        return (*waiting, text(_PENDING), *_folded("Já fiz à mão", case, todo, problems))
    if case.outcome is not None:
        unmarked = [
            rich(run("⬜ "), run(STEPS[step], bold=True), run(" · sem registro")) for step in todo
        ]
        return (*unmarked, *_folded("Marcar agora", case, todo, problems))
    return _checklist(case, todo, problems)


def _folded(
    name: str, case: Case, todo: Mapping[HandoverStep, str], problems: Problems
) -> Sequence[Json]:
    return (
        action_set(toggle(name, _BY_HAND), spacing="Small"),
        container(
            *_checklist(case, todo, problems),
            id=_BY_HAND,
            visible=bool(problems),
            spacing="Small",
        ),
    )


def _checklist(case: Case, todo: Mapping[HandoverStep, str], problems: Problems) -> Sequence[Json]:
    steps = choice_input(
        "crm_steps",
        f"{one_line(case.opened_by.first_name, at_most=_LONGEST_NAME)}, "
        "marque o que já fez no Caso:",
        todo,
        error="Marque pelo menos um passo.",
        expanded=True,
        several=True,
    )
    save = action_set(TickSteps.on(case, "Salvar passos"), spacing="Small")
    return (*checked(steps, problems), save)


def _todo(step: HandoverStep, called: Sequence[Person], values: Mapping[HandoverStep, str]) -> str:
    if step is HandoverStep.MENTION:
        lead = person_with(Role.ADMFIN_LEAD, called)
        whom = plain(lead.name) if lead else "o líder do Adm/Fin"
        return f"Marcar {whom} com @ no feed do Caso"
    return f"{STEPS[step]}: {values.get(step) or HANDOVER_VALUES[step]}"
