"""What a CRM adds to the gallery: the form that asks it, and the card as it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from cards.case_card import case_card
from cards.crm_part import crm_profile
from cards.crm_words import NOT_OPENED, known_notice, nothing_known, opened_notice
from cards.elements import Json
from cards.facts_card import facts_card
from cards.judgement_card import judgement_card
from cards.notice import Notice
from retention.domain.case import Case
from retention.domain.crm_profile import CrmCase, CrmCaseId, CrmProfile, NoProfile, PastCase
from retention.domain.events import CrmChangeKind, HandoverStep
from tests.cards.gallery import (
    CALLED,
    HOSTILE_NAME,
    HOSTILE_WORDS,
    NOW,
    PADARIA,
    PATTERN,
    PRINTER_READ,
    a_case,
    a_draft,
    minutes,
)


def in_crm() -> dict[str, Json]:
    """What a CRM adds: to the form, and to the card as it answers."""
    hour_later = minutes(75)
    past = [
        PastCase(f"000123{n:02d}", "Cobrança em duplicidade", "Cobrança", minutes(-1440 * n), NOW)
        for n in range(1, 10)
    ]
    known = CrmProfile(
        CrmCase(
            id=CrmCaseId("500"),
            number="00012345",
            subject="Quer cancelar",
            status="Em Andamento",
            priority="MÉDIA",
            owner="Ana Souza",
            is_closed=False,
            opened_at=NOW,
            customer=PADARIA.customer,
            plan="Pro",
            monthly_value=Decimal("349.90"),
        ),
        [PastCase("00012399", "Queda no almoço", None, minutes(-1440), None), *past],
    )
    hostile = CrmProfile(
        replace(known.case, customer=HOSTILE_NAME, plan=HOSTILE_NAME, owner=HOSTILE_NAME),
        [PastCase("00012399", HOSTILE_WORDS, HOSTILE_NAME, NOW, None)] * 10,
    )

    def form(notice: Notice | None = None) -> Json:
        draft = a_draft({"crm_case": "00012345"})
        return facts_card(draft, case_number_pattern=PATTERN, in_crm=True, notice=notice)

    def judged(profile: CrmProfile | NoProfile) -> Json:
        shown = crm_profile(profile, NOW)
        return judgement_card(a_draft(), PADARIA, PRINTER_READ, called=CALLED, known=shown)

    def shown(case: Case) -> Json:
        return case_card(case, called=CALLED, now=hour_later)

    return {
        "crm-facts": form(),
        "crm-facts-known": form(known_notice(known)),
        "crm-facts-known-hostile": form(known_notice(hostile)),
        "crm-facts-unknown": form(nothing_known("00099999", NoProfile.NOT_FOUND)),
        "crm-facts-away": form(nothing_known("00012345", NoProfile.AWAY)),
        "crm-facts-opened": form(opened_notice("00012400")),
        "crm-facts-not-opened": form(NOT_OPENED),
        "crm-judgement": judged(known),
        "crm-judgement-no-data": judged(NoProfile.AWAY),
        "crm-judgement-hostile": judged(hostile),
        "crm-pending": shown(a_case(in_crm=True)),
        "crm-confirmed": shown(confirmed()),
        "crm-mention-lacking": shown(confirmed(lacking={HandoverStep.MENTION: "no_user"})),
        "crm-drifted": shown(drifted(CrmChangeKind.OWNER)),
        "crm-drifted-twice": shown(drifted_twice()),
        "crm-refused": shown(crm_refused("Preencha o CNPJ antes de mudar o status.")),
        "crm-merged": shown(crm_refused("00012399", code="CASE_GONE")),
        "crm-merged-later": shown(merged_later()),
        "crm-refused-hostile": shown(crm_refused(HOSTILE_WORDS)),
    }


def confirmed(lacking: Mapping[HandoverStep, str] | None = None) -> Case:
    """A case whose steps the CRM holds, but for those it lacks."""
    case, lacking = a_case(in_crm=True), lacking or {}
    held = {
        HandoverStep.MENTION: "Fernanda Lima",
        HandoverStep.QUEUE: "FOOD - ADMINISTRATIVO/FINANCEIRO",
        HandoverStep.STATUS: "Aguardando Informação Externa",
        HandoverStep.PRIORITY: "ALTA",
    }
    found = {step: words for step, words in held.items() if step not in lacking}
    case.confirm_steps(at=minutes(1), found=found, lacking=lacking)
    return case


def drifted(kind: CrmChangeKind) -> Case:
    case = confirmed()
    at = minutes(30)
    case.hear(at=at, kind=kind, who=HOSTILE_NAME, text="João", was="FOOD", happened_at=at)
    return case


def drifted_twice() -> Case:
    case = drifted(CrmChangeKind.PRIORITY)
    case.confirm_steps(at=minutes(31), found={HandoverStep.PRIORITY: "ALTA"}, lacking={})
    at = minutes(40)
    kind = CrmChangeKind.PRIORITY
    case.hear(at=at, kind=kind, who="Bruno Carvalho", text="BAIXA", was="ALTA", happened_at=at)
    return case


def crm_refused(said: str, *, code: str = "FIELD_CUSTOM_VALIDATION_EXCEPTION") -> Case:
    case = a_case(in_crm=True)
    case.refuse_handover(at=minutes(1), code=code, said=said)
    return case


def merged_later() -> Case:
    case = confirmed()
    case.refuse_handover(at=minutes(40), code="CASE_GONE", said="00012399")
    return case
