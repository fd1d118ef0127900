"""Path 1 on a case card: the four steps, calls for help, the plan, what the customer was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cards.actions.case import OpenNoteForm, OpenReclassifyForm, OpenSnoozeForm
from cards.actions.numbers import OpenNumberForm
from cards.actions.treatment import (
    AnswerCall,
    CallLead,
    CallN2,
    OpenAnswerForm,
    OpenPlanForm,
    TickTreatment,
)
from cards.elements import Json, action_set, choice_input, container, heading, rich, run
from cards.formats import calendar_day, moment
from cards.forms import NO_PROBLEMS, Problems, checked
from cards.labels import HELPERS, TREATMENT_STEPS
from cards.plain_text import one_line
from cards.private_part import private_buttons
from retention.domain.case import Case
from retention.domain.events import CaseStatus, TreatmentStep
from retention.domain.people import Person, Role
from retention.domain.treatment import HELPERS as CALLABLE
from retention.domain.treatment import Call

_TICKED, _TOLD = "steps-done", "plan-told"
_LONGEST_NAME = 40
_LONGEST_WORDS = 140
_CALL_BUTTONS = {Role.N2: (CallN2, "Acionar N2"), Role.RC_LEAD: (CallLead, "Acionar líder RC")}


def treatment_buttons(case: Case, called: Sequence[Person]) -> Json:
    """Offer what path 1 allows: first the plan, and once there is one, the customer's answer.

    `called` are those on duty: an RC lead who has the case is not called to it.
    """
    plan = (OpenPlanForm, "Mudar plano" if case.plan else "Montar plano")
    answer = (OpenAnswerForm, "Registrar resposta")
    (first, first_title), (second, second_title) = (answer, plan) if case.plan else (plan, answer)
    pending = case.pending_calls
    is_with_lead = case.treated_by.id in (p.id for p in called if Role.RC_LEAD in p.roles)
    spared = {*pending, *([Role.RC_LEAD] if is_with_lead else [])}
    return action_set(
        first.on(case, first_title, style="positive"),
        AnswerCall.on(case, "Atendo o chamado") if pending else None,
        *(
            button.on(case, title, secondary=role in case.calls)
            for role, (button, title) in _CALL_BUTTONS.items()
            if role not in spared
        ),
        second.on(case, second_title, secondary=True),
        OpenNoteForm.on(case, "Anotar", secondary=True),
        OpenReclassifyForm.on(case, "Corrigir classificação", secondary=True),
        OpenNumberForm.on(case, "Corrigir nº do Caso", secondary=True),
        OpenSnoozeForm.on(case, "Adiar lembrete", secondary=True),
        *private_buttons(case),
        spacing="Small",
    )


def folded_parts(case: Case) -> list[str]:
    """Name what of path 1 folds while the RC treats the case."""
    return [*([_TICKED] if case.treatment else []), *([_TOLD] if case.told else [])]


def calls(case: Case, now: datetime) -> Json | None:
    """Say who was called, and whether they are coming; None when nobody was."""
    if case.status is not CaseStatus.IN_TREATMENT or not case.calls:
        return None
    lines = [_call(role, case.calls[role], now) for role in CALLABLE if role in case.calls]
    return container(*lines, id="calls", spacing="Small")


def treatment_steps(case: Case, now: datetime, problems: Problems = NO_PROBLEMS) -> Json:
    """List the four steps of path 1: done ones as folded lines, the others to tick."""
    done = case.treatment
    todo = {step: words for step, words in TREATMENT_STEPS.items() if step not in done}
    return container(
        heading(
            f"☑️ Passos do RC · {len(done)} de {len(TreatmentStep)}", section=True, spacing="None"
        ),
        container(
            *(
                rich(
                    run("✅ "),
                    run(TREATMENT_STEPS[step], bold=True),
                    run(f" · {_short(done[step].by.first_name)}, {moment(done[step].at, now)}"),
                )
                for step in TreatmentStep
                if step in done
            ),
            id=_TICKED,
            visible=False,
            spacing="Small",
        )
        if done
        else None,
        *_to_tick(case, todo, problems),
        id="steps",
    )


def _to_tick(case: Case, todo: Mapping[TreatmentStep, str], problems: Problems) -> Sequence[Json]:
    if not todo:
        return ()
    steps = choice_input(
        "rc_steps",
        f"{_short(case.treated_by.first_name)}, marque o que já fez:",
        todo,
        error="Marque pelo menos um passo.",
        expanded=True,
        several=True,
    )
    save = action_set(TickTreatment.on(case, "Salvar passos"), spacing="Small")
    return (*checked(steps, problems), save)


def plan_section(case: Case, now: datetime) -> Json | None:
    """Show the plan and what the customer was told; None while there is neither.

    While the RC treats the case, its author knows what they told: it folds.
    """
    plan, told = case.plan, case.told
    if plan is None and told is None:
        return None
    return container(
        heading(
            "📝 Plano tentado no RC" if case.failed_reversal else "📝 Plano",
            section=True,
            spacing="None",
        ),
        rich(run(one_line(plan.what, at_most=_LONGEST_WORDS))) if plan else None,
        rich(
            run("Quem: ", bold=True),
            run(f"{one_line(plan.who.name, at_most=_LONGEST_NAME)} · "),
            run("até: ", bold=True),
            run(calendar_day(plan.due, now)),
        )
        if plan
        else None,
        container(
            rich(
                run("Combinado com o cliente: ", bold=True),
                run(f"“{one_line(told.told, at_most=_LONGEST_WORDS)}” "),
                run(f"({_short(told.by.first_name)}, {moment(told.at, now)})"),
            ),
            id=_TOLD,
            visible=case.status is not CaseStatus.IN_TREATMENT,
            spacing="Small",
        )
        if told
        else None,
        id="plan",
    )


def _call(role: Role, call: Call, now: datetime) -> Json:
    who = f"{one_line(call.called.person.name, at_most=_LONGEST_NAME)} ({HELPERS[role]})"
    if call.answered is None:
        return rich(
            run("📣 "),
            run(who, bold=True),
            run(f" · chamado por {_short(call.called.by.first_name)}, "),
            run(moment(call.called.at, now)),
        )
    coming = one_line(call.answered.by.name, at_most=_LONGEST_NAME)
    return rich(
        run("🙋 "), run(coming, bold=True), run(f" · atende desde {moment(call.answered.at, now)}")
    )


def _short(name: str) -> str:
    return one_line(name, at_most=_LONGEST_NAME)
