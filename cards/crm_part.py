"""What Salesforce knows of a customer, beside the form."""

from __future__ import annotations

from datetime import datetime

from cards.crm_words import NO_PROFILE, plan_words
from cards.elements import Json, action_set, container, heading, rich, run, text, toggle
from cards.formats import brl
from cards.plain_text import one_line
from retention.domain.crm_profile import CrmProfile, NoProfile, PastCase

_SHOWN = 3
_LONGEST = 35
_MORE = "crm_more"
_FROM_SALESFORCE = "☁️ Do Salesforce"


def crm_profile(profile: CrmProfile | NoProfile, now: datetime) -> Json:
    """Show the Caso, plan and value, and the last Casos; or that nothing is known."""
    if isinstance(profile, NoProfile):
        return container(
            heading(_FROM_SALESFORCE, section=True, spacing="None"),
            text(f"Sem dado: {NO_PROFILE[profile]}"),
            id="crm_profile",
        )
    lines = [_past_line(past, now) for past in profile.past]
    return container(
        heading(_FROM_SALESFORCE, section=True, spacing="None"),
        rich(run(_about(profile))),
        *(
            rich(run(f"🔁 {one_line(cause, at_most=_LONGEST)}: {times} vezes"))
            for cause, times in profile.recurring
        ),
        text("Últimos Casos" if lines else "Nenhum outro Caso deste cliente.", bold=bool(lines)),
        *lines[:_SHOWN],
        container(*lines[_SHOWN:], id=_MORE, visible=False) if lines[_SHOWN:] else None,
        action_set(toggle(f"Ver os outros {len(lines) - _SHOWN}", _MORE), spacing="Small")
        if lines[_SHOWN:]
        else None,
        id="crm_profile",
    )


def _about(profile: CrmProfile) -> str:
    case = profile.case
    known = (
        case.customer,
        plan_words(case.plan) if case.plan else None,
        f"{brl(case.monthly_value)} por mês" if case.monthly_value is not None else None,
        f"Caso com {case.owner}",
        case.status,
    )
    return " · ".join(one_line(words, at_most=_LONGEST) for words in known if words)


def _past_line(past: PastCase, now: datetime) -> Json:
    cause = f" · {one_line(past.cause, at_most=_LONGEST)}" if past.cause else ""
    return rich(
        run(past.number, bold=True),
        run(f" · {one_line(past.subject, at_most=_LONGEST)}{cause} · {_age(past, now)}"),
    )


def _age(past: PastCase, now: datetime) -> str:
    days = past.days_open(now)
    if not days:
        return "fechado no mesmo dia" if past.closed_at else "aberto hoje"
    how_long = "1 dia" if days == 1 else f"{days} dias"
    return f"fechado em {how_long}" if past.closed_at else f"aberto há {how_long}"
